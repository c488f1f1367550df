package zookeeper

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy/session"
)

// wordTimeout bounds what one server may take to describe itself.
const wordTimeout = 5 * time.Second

// wordNotes say whom the commands on servers ask, and how.
const wordNotes = "Asks each server that HOSTS names, or the connected cluster's, by the four-letter word or, where its configuration does not allow that " +
	"(`4lw.commands.whitelist`), its admin server (`admin.enableServer`, from ZooKeeper 3.5 on)."

// wordExits are the exit states of the commands on servers.
var wordExits = []command.Exit{{Code: 0, When: "every server has answered"}, {Code: exitDifferent, When: "a server has not answered"},
	{Code: exitTrouble, When: "no server could be asked, or the command was used wrongly"}}

// errSilentServers is the failure of a command that got no answer from a server.
var errSilentServers = errors.New("not every server has answered")

// wordOptions are those of every command on servers.
type wordOptions struct {
	port    int
	json    bool
	connect ensemble.Flags
}

const wordUsage = "[HOSTS] [--admin_port num] " + ensemble.Usage + " [-j|--json]"

func (o *wordOptions) declare(flags *command.FlagSet) {
	flags.IntVar(&o.port, "admin_port", session.DefaultAdminPort, "the port of the admin servers (admin.serverPort)")
	declareConnection(flags, &o.connect)
	flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
}

var wordArgs = []complete.Kind{complete.OwnTree}

// word is a four-letter word, and the admin server's command with the same meaning.
type word struct{ letters, command string }

// serverAnswer is what one server has answered: as text to the word, or as an object.
type serverAnswer struct {
	server string
	text   string
	object map[string]any
	err    error
}

// ask asks all servers at once.
func (o *wordOptions) ask(ctx context.Context, env Env, name string, w word, args []string) ([]serverAnswer, error) {
	switch {
	case len(args) > 1:
		return nil, outcome.WrongArguments(name, message.New("at most one HOSTS"), len(args))
	case o.port < 1 || o.port > 65535:
		return nil, outcome.WrongUse("%s: --admin_port: %d is no port", name, o.port)
	}
	zk, err := env.ZooKeepers(ctx, &o.connect)
	if err != nil {
		return nil, err
	}
	text := strings.Join(args, "")
	if path := pathIn(zk, text); path != "" {
		return nil, outcome.WrongUse("%s asks servers, not znodes: use HOSTS without %s, or no argument", name, path)
	}
	at, err := treeOrHosts(ctx, env, zk, name, text)
	if err != nil {
		return nil, err
	}
	options, err := zk.OptionsFor(at)
	if err != nil {
		return nil, err
	}
	answers := make([]serverAnswer, len(at.Servers))
	var asking sync.WaitGroup
	for i, server := range at.Servers {
		answers[i].server = server
		asking.Go(func() { o.askOne(ctx, &answers[i], w, options) })
	}
	asking.Wait()
	return answers, ctx.Err()
}

// pathIn returns the path in a word that is to name servers, "" for none. A slash at the end comes from completion.
func pathIn(zk *ensemble.Directory, text string) string {
	i := strings.IndexByte(text, '/')
	switch {
	case i == 0 || zk.IsRelative(text):
		return text
	case i < 0 || i == len(text)-1:
		return ""
	}
	return text[i:]
}

// noneAnswered reports whether there is nothing to show.
func noneAnswered(answers []serverAnswer) bool {
	return !slices.ContainsFunc(answers, func(a serverAnswer) bool { return a.err == nil })
}

// askOne asks one server by the word and, where that is refused, its admin server.
func (o *wordOptions) askOne(ctx context.Context, a *serverAnswer, w word, options session.Options) {
	ctx, cancel := context.WithTimeout(ctx, wordTimeout)
	defer cancel()
	a.text, a.err = session.FourLetterWord(ctx, a.server, w.letters, options)
	if !errors.Is(a.err, session.ErrWordRefused) {
		return
	}
	var err error
	if a.object, err = session.AdminCommand(ctx, a.server, o.port, w.command); err == nil {
		a.err = nil
		return
	}
	a.err = message.Errorf("it does not answer the word %[1]s, and its admin server (port %[2]d) does not either: set 4lw.commands.whitelist=%[1]s, or *, "+
		"in its zoo.cfg, or admin.enableServer=true, and name the port with --admin_port (%[3]v)", w.letters, o.port, err)
}

// print prints what was answered, nil for nothing, and reports the servers that have not answered. It is the command's
// outcome.
func (o *wordOptions) print(env Env, r *render.Report, answers []serverAnswer) error {
	if r != nil {
		if err := command.Print(env, r, command.OutputOptions{JSON: o.json}); err != nil {
			return err
		}
	}
	silent := 0
	for _, a := range answers {
		if a.err != nil {
			silent++
			env.Warn("%s: %v", a.server, a.err)
		}
	}
	if silent > 0 {
		return outcome.WithCode(exitDifferent, outcome.Told(errSilentServers), true)
	}
	return nil
}
