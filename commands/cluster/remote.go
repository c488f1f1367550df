package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
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
	a := remoteAnswers{targets: targets, command: strings.Join(words, " "), name: resolver(ctx, env, o.resolve)}
	if !*o.json {
		fmt.Fprintf(env.Err(), "COMMAND: %s\n\n", a.command)
	}
	servers := make([]string, len(targets))
	for i, t := range targets {
		servers[i] = t.server
	}
	a.texts, a.errs = askEach(ctx, servers, func(ctx context.Context, server string) (string, error) { return ask(ctx, env, admin, server) })
	if ctx.Err() != nil {
		return cutOff(ctx.Err(), words[0], servers)
	}
	failed := a.failed()
	env.Evidence("succeeded", len(targets)-failed)
	if *o.json {
		err = a.writeJSON(env)
	} else {
		a.print(env)
	}
	if failed > 0 {
		return outcome.Told(fmt.Errorf("%d of %d servers failed", failed, len(targets)))
	}
	return err
}

// remoteAnswers are what servers said, by the order of the targets.
type remoteAnswers struct {
	targets []target
	command string
	texts   []string
	errs    []error
	name    func(server string) string
}

func (a *remoteAnswers) failed() (n int) {
	for _, err := range a.errs {
		if err != nil {
			n++
		}
	}
	return n
}

// print prints the answers as the original does.
func (a *remoteAnswers) print(env Env) {
	for i, t := range a.targets {
		result := "succeed: " + a.texts[i]
		if a.errs[i] != nil {
			result = "failed: " + string(metaadmin.Code(a.errs[i]))
		}
		fmt.Fprintf(env.Err(), "CALL [%s] [%s] %s\n", t.kind, a.name(t.server), result)
	}
	fmt.Fprintf(env.Err(), "\nSucceed count: %d\nFailed count: %d\n", len(a.targets)-a.failed(), a.failed())
}

// remoteFields are those of remoteJSON.
var remoteFields = []command.Field{
	{Path: "command", Type: command.Text, Meaning: "what the servers were asked"},
	{Path: "servers[].kind", Type: command.Text, Meaning: "`meta-server`, `replica-server`, or `user-specified` with `-l`"},
	{Path: "servers[].server", Type: command.Text, Meaning: "HOST:PORT, or its host name with `-r`"},
	{Path: "servers[].answer", Type: command.MaybeText, Meaning: "what it said; null if it failed"},
	{Path: "servers[].error", Type: command.MaybeText, Meaning: "why it failed, such as ERR_TIMEOUT; null if it did not"},
	{Path: "succeeded", Type: command.Count, Meaning: "servers that answered"},
	{Path: "failed", Type: command.Count, Meaning: "servers that did not"},
}

type remoteJSON struct {
	Command   string             `json:"command"`
	Servers   []remoteAnswerJSON `json:"servers"`
	Succeeded int                `json:"succeeded"`
	Failed    int                `json:"failed"`
}

type remoteAnswerJSON struct {
	Kind   string          `json:"kind"`
	Server string          `json:"server"`
	Answer *string         `json:"answer"`
	Error  *wire.ErrorCode `json:"error"`
}

func (a *remoteAnswers) writeJSON(env Env) error {
	out := remoteJSON{Command: a.command, Servers: []remoteAnswerJSON{}, Succeeded: len(a.targets) - a.failed(), Failed: a.failed()}
	for i, t := range a.targets {
		each := remoteAnswerJSON{Kind: t.kind, Server: a.name(t.server), Answer: &a.texts[i]}
		if a.errs[i] != nil {
			code := metaadmin.Code(a.errs[i])
			each.Answer, each.Error = nil, &code
		}
		out.Servers = append(out.Servers, each)
	}
	return render.WriteIndented(env.Out(), out, "    ")
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
