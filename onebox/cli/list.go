package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/pflag"

	"pegashell/onebox/cluster"
)

var listCommand = command{
	name:    "list",
	usage:   "list [--dir DIR] [-j]",
	summary: "Show the instances of the onebox and whether they run.",
	define: func(app *App, flags *pflag.FlagSet) func(context.Context) error {
		dir := dirFlag(flags)
		asJSON := flags.BoolP("json", "j", false, "print JSON")
		return func(context.Context) error {
			status, err := cluster.ReadStatus(*dir)
			if err != nil {
				return err
			}
			if *asJSON {
				encoder := json.NewEncoder(app.Stdout)
				encoder.SetIndent("", "  ")
				return encoder.Encode(status)
			}
			return app.printTable(status)
		}
	},
}

func (app *App) printTable(s *cluster.Status) error {
	w := tabwriter.NewWriter(app.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "kind\tnumber\taddress\tpid\tstate\tfolder")
	for _, i := range s.Instances {
		pid := "-"
		if i.PID != 0 {
			pid = strconv.Itoa(i.PID)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", i.Kind, i.Number, i.Address, pid, i.State, i.Dir)
	}
	return w.Flush()
}
