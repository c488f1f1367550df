package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
)

const targetUsage = "[-t all|meta-server|replica-server] [-l ip:port,ip:port...] [-r|--resolve_ip]"

const targetNotes = "The answers go to standard error, as in the original."

// prepareRemote prepares a command that sends its words to servers. ask makes a question of them.
func prepareRemote(ask func(words []string) askServer) func(*command.FlagSet) command.Run {
	return func(flags *command.FlagSet) command.Run {
		var o targetOptions
		o.declare(flags)
		return func(ctx context.Context, env command.Env, words []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if len(words) == 0 {
				return outcome.OriginalUse("command not specified")
			}
			return remoteRun(ctx, env, &o, words, ask(words))
		}
	}
}

// askServer asks one server and returns its answer as text.
type askServer func(ctx context.Context, env Env, admin *metaadmin.Client, server string) (string, error)

func askCommand(words []string) askServer {
	return func(ctx context.Context, _ Env, admin *metaadmin.Client, server string) (string, error) {
		return admin.RemoteCommand(ctx, server, words[0], words[1:])
	}
}

// remoteRun asks the servers of the options and prints their answers as the original does.
func remoteRun(ctx context.Context, env Env, o *targetOptions, words []string, ask askServer) error {
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	targets, err := o.targets(ctx, env, admin)
	if err != nil {
		return err
	}
	env.Begin()
	env.Evidence("servers", len(targets))
	fmt.Fprintf(env.Err(), "COMMAND: %s\n\n", strings.Join(words, " "))
	servers := make([]string, len(targets))
	for i, t := range targets {
		servers[i] = t.server
	}
	answers, errs := askEach(ctx, servers, func(ctx context.Context, server string) (string, error) { return ask(ctx, env, admin, server) })
	if ctx.Err() != nil {
		return cutOff(ctx.Err(), words[0], servers)
	}
	name := resolver(ctx, env, o.resolve)
	failed := 0
	for i, t := range targets {
		result := "succeed: " + answers[i]
		if errs[i] != nil {
			failed++
			result = "failed: " + string(metaadmin.Code(errs[i]))
		}
		fmt.Fprintf(env.Err(), "CALL [%s] [%s] %s\n", t.kind, name(t.server), result)
	}
	env.Evidence("succeeded", len(targets)-failed)
	fmt.Fprintf(env.Err(), "\nSucceed count: %d\nFailed count: %d\n", len(targets)-failed, failed)
	if failed > 0 {
		return outcome.Told(fmt.Errorf("%d of %d servers failed", failed, len(targets)))
	}
	return nil
}

// looking are the remote commands that change nothing.
var looking = []string{"help", "server-info", serverStat, "config-dump", "perf-counters", "perf-counters-by-substr", "perf-counters-by-prefix", "perf-counters-by-postfix"}

// changes says that words make servers carry out a remote command that may change something. Words
// in front of the appended one are such a command.
func changes(words []string) bool { return len(words) > 0 && !slices.Contains(looking, words[0]) }

// cutOff words the end of a command whose answers were not waited for.
func cutOff(err error, command string, servers []string) error {
	switch {
	case slices.Contains(looking, command):
		return err
	case len(servers) == 1:
		return outcome.Worded(message.New("%s was asked to %s and may have carried it out", servers[0], command), err)
	}
	return outcome.Worded(message.New("%d servers were asked to %s and may have carried it out", len(servers), command), err)
}

// serverStat is the remote command of servers up to 2.5.
const serverStat = "server-stat"
