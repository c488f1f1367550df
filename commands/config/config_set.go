package config

import (
	"context"
	"errors"
	"io"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

type configSetOptions struct {
	add, empty, all, json bool
}

func configSetCommand() *command.Command {
	return &command.Command{
		Name:    "config_set",
		Plugin:  command.PluginConfig,
		Summary: "change one value in a server's config.ini",
		Usage:   "<file|HOST:PORT> <section> <key> <value> [--add] [--empty] [-j|--json] | --all <section> <key> <value> [--add] [--empty] [-j|--json]",
		Notes: "Every other byte of the file stays as it is. The change is shown as a diff, the old file is kept in " +
			"the same folder as FILE.bak-DATE_TIME; of a symbolic link, beside the file that it points to. The 10 newest of these copies stay, " +
			"and `config_revert` goes back to them. A server reads its configuration only when it starts.\n\n" +
			byName + " What a program wrote is read back and compared. The copies of a configuration without a file are in the shell's state folder.\n\n" +
			"`--all` changes every meta server of the connected cluster that plugins.toml describes so: all of them are checked before the first is written. " +
			"After a failure it stops, and reports which were changed and which were not; the same line continues. " +
			"It names the servers where the change has to be made by hand.\n\n" +
			"The values of Pegasus's own keys are checked: true or false, whole numbers, levels, HOST:PORT,..., paths of znodes. Values that a server " +
			"cannot use are refused. Other keys, and values with a placeholder such as `%{name}`, are not checked.\n\n" +
			"`hosts_list` of section `[zookeeper]` must be HOST:PORT,HOST:PORT,..., where a chroot can follow the last server: HOST:PORT,HOST:PORT/PATH. " +
			"If you write the name of a ZooKeeper in plugins.toml, its servers and its chroot are written.",
		Fields: []command.Field{
			{Path: "changes[].configuration", Type: command.Text, Meaning: "the file, or HOST:PORT"},
			{Path: "changes[].section", Type: command.Text, Meaning: "the section"},
			{Path: "changes[].key", Type: command.Text, Meaning: "the key"},
			{Path: "changes[].before", Type: command.MaybeText, Meaning: "the value before; null where there was none"},
			{Path: "changes[].after", Type: command.Text, Meaning: "the value that is to be there"},
			{Path: "changes[].written", Type: command.Truth, Meaning: "whether it was written; false where it was there already, where that is work by hand, and after a failure"},
			{Path: "changes[].backup", Type: command.MaybeText, Meaning: "the copy of what was there before; null where nothing was written"},
			{Path: "changes[].notes", Type: command.Texts, Meaning: "what there is to know about the value, in English"},
		},
		Examples: []string{"config_set /etc/pegasus/config.ini zookeeper hosts_list 10.0.0.2:2181,10.0.0.3:2181", "config_set /etc/pegasus/config.ini meta_server recover_from_replica_server true --add",
			"config_set --all zookeeper hosts_list 10.0.0.2:2181,10.0.0.3:2181"},
		Args: []complete.Kind{complete.ConfigWord(0), complete.ConfigWord(1), complete.ConfigWord(2), complete.ConfigWord(3)},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o configSetOptions
			flags.BoolVar(&o.add, "add", false, "add the key, and the section, when they are missing")
			flags.BoolVar(&o.empty, "empty", false, "accept an empty value, which is otherwise refused")
			flags.BoolVar(&o.all, "all", false, "on all meta servers of the connected cluster that plugins.toml describes")
			flags.BoolVarP(&o.json, "json", "j", false, "print what was changed as JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return configSetRun(ctx, env, &o, args)
			}
		},
	}
}

func configSetRun(ctx context.Context, env Env, o *configSetOptions, args []string) error {
	what := edit{add: o.add}
	switch {
	case o.all && len(args) != 3:
		return outcome.WrongArguments("config_set --all", message.New("a section, a key and a value"), len(args))
	case o.all:
		what.section, what.key, what.value = args[0], args[1], args[2]
	case len(args) != 4:
		return outcome.WrongArguments("config_set", message.New("a file, a section, a key and a value"), len(args))
	default:
		what.section, what.key, what.value = args[1], args[2], args[3]
	}
	switch {
	case what.section == "" || what.key == "":
		return outcome.WrongUse("config_set: the name of the section or of the key is empty")
	case strings.TrimSpace(what.value) == "" && !o.empty:
		return outcome.WrongUse("config_set: the value is empty; use --empty to write an empty value")
	}
	shown := env
	if o.json {
		shown = jsonAlone{env}
	}
	var plans []*plan
	var err error
	if o.all {
		plans, err = configSetAll(ctx, shown, what)
	} else {
		plans, err = what.one(ctx, shown, args[0])
	}
	if o.json && len(plans) > 0 {
		err = errors.Join(err, changesReport(env, plans))
	}
	return err
}

// jsonAlone leaves the lines for people out.
type jsonAlone struct{ Env }

func (jsonAlone) Out() io.Writer { return io.Discard }

// changesReport prints what was planned, and whether it was written.
func changesReport(env Env, plans []*plan) error {
	list := command.NewListing(env, true, "changes")
	for _, p := range plans {
		before := render.Cell{}
		if p.had {
			before = render.Cell{Value: shownValue(p.key, p.old)}
		}
		notes := make([]string, len(p.notes))
		for i, note := range p.notes {
			notes[i] = note.String()
		}
		if err := list.Add("", "configuration", p.config.Label(), "section", p.section, "key", p.key, "before", before,
			"after", shownValue(p.key, p.value), "written", p.backup != "", "backup", render.OrDash(p.backup), "notes", notes); err != nil {
			return err
		}
	}
	return list.End(nil)
}

// one makes the edit in one configuration. It returns what was planned, also beside an error.
func (e edit) one(ctx context.Context, env Env, name string) ([]*plan, error) {
	c, err := directory(env).Find(name)
	if err != nil {
		return nil, err
	}
	p, err := e.plan(ctx, env, c)
	var unusable *unusableError
	switch {
	case errors.As(err, &unusable):
		return nil, message.Errorf("%w\nNothing was written", err)
	case err != nil:
		return nil, err
	}
	plans := []*plan{p}
	said{}.say(env, p)
	if !p.changes() {
		p.evidence(env)
		return plans, p.report(env)
	}
	if err := p.write(ctx, env); err != nil {
		return plans, err
	}
	env.Evidence("changed", c.Name)
	e.next(env, false)
	return plans, nil
}

// next says how a migration continues after an edit that belongs to one, of one configuration or of all.
func (e edit) next(env Env, all bool) {
	moves := e.section == "zookeeper" && e.key == "hosts_list" || e.section == "meta_server" && e.key == "recover_from_replica_server"
	if !moves || !env.ForPerson() {
		return
	}
	if all {
		env.Note("Next: meta servers read this when they start. migrate status shows what is left to do.")
		return
	}
	env.Note("Next: the same for every other meta server, also for those that are stopped; they read it when they start. migrate status shows what is left to do.")
}

// report says that there is nothing to change.
func (p *plan) report(env Env) error {
	return printLine(env, "%s: [%s] %s is %s already, nothing was written", p.config.Label(), p.section, p.key, shownValue(p.key, p.value))
}
