package cluster

import (
	"context"
	"fmt"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

const envsNotes = "It works on the table chosen by `use`."

// ruler is the line that the original puts around texts of the server.
const ruler = "============================="

func removeEnvs(ctx context.Context, env Env, request *wire.UpdateAppEnvRequest, done, failed string) error {
	env.Evidence("table", request.AppName)
	if len(request.Keys) > 0 {
		env.Evidence("keys", request.Keys)
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	hint, err := admin.UpdateAppEnvs(ctx, request)
	if err != nil {
		return failErr(env, err, failed, metaadmin.Code(err))
	}
	fmt.Fprintln(env.Out(), done)
	if hint != "" {
		fmt.Fprintf(env.Out(), "%s\n%s\n%s\n", ruler, hint, ruler)
	}
	return nil
}
