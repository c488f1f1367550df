package config

import (
	"context"
	"errors"
	"slices"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/serverfile"
	"pegashell/metaadmin"
)

type configCheckOptions struct {
	all    bool
	output command.OutputOptions
}

func configCheckCommand() *command.Command {
	return &command.Command{
		Name:    "config_check",
		Plugin:  command.PluginConfig,
		Reads:   true,
		Summary: "compare and check the configurations of meta servers",
		Usage:   "[file|HOST:PORT ...] [--all] [-o|--output file_name] [-j|--json]",
		Notes: "Three questions. Do all configurations name the same ZooKeeper, root, lock root, recovery flag and list of meta servers? " +
			"Lists of servers can be in any order. Would a meta server start with each of them, and use every value as it is meant: no line that it does not understand, " +
			"no key missing that it needs, values of the right types; keys that occur twice, and placeholders that no tool has filled in? " +
			"Does a restart change something: the running servers are asked for the configuration that they have read at their start (remote command config-dump).\n\n" +
			"Without names it looks at every meta server of the connected cluster for which plugins.toml names a configuration; `--all` adds these to the names. " +
			byName + " A file is compared with the running server whose port it has, if there is one only.\n\n" +
			"What a restart changes, and warnings, do not change the exit state.\n\n" + checkJSONNotes,
		Examples: []string{"config_check", "config_check meta1.ini meta2.ini meta3.ini", "config_check meta3.ini --all -j"},
		RestArgs: complete.Configuration,
		Exits: []command.Exit{
			{Code: 0, When: "all configurations were read, are the same in what they share, and usable"},
			{Code: 1, When: "one differs, has an error or could not be read, or the command was used wrongly"},
		},
		Interrupted: "the check is not complete",
		Prepare: func(flags *command.FlagSet) command.Run {
			var o configCheckOptions
			flags.BoolVar(&o.all, "all", false, "all meta servers of the connected cluster that plugins.toml describes, besides those that are named")
			o.output.Declare(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return configCheckRun(ctx, env, o, args)
			}
		},
	}
}

func configCheckRun(ctx context.Context, env Env, o configCheckOptions, args []string) error {
	chosen, byHand, err := chosenConfigurations(env, o.all || len(args) == 0, args)
	if err != nil {
		return err
	}
	all := make([]*checked, len(chosen))
	for i, got := range each(ctx, chosen, check) {
		all[i] = got.value
	}
	attribute(all, directory(env))
	var admin *metaadmin.Client
	if cluster := env.Cluster(); cluster != nil {
		admin = cluster.Admin
	}
	compareRunning(ctx, admin, all)
	if err := ctx.Err(); err != nil {
		return err
	}
	differ, equal := differing(all)
	r := checkReport{all: all, differ: differ, equal: equal, byHand: byHand, env: env}
	if err := r.print(o.output); err != nil {
		return err
	}
	r.explain()
	if !r.same() || !r.usable() {
		return outcome.WithCode(outcome.Failed, outcome.Told(errors.New("the configurations are not the same or not usable")), true)
	}
	return nil
}

// chosenConfigurations are those that are named, and all that the manifest has for the connected
// cluster; each once.
func chosenConfigurations(env Env, all bool, args []string) (chosen []*serverfile.Configuration, byHand []string, err error) {
	d := directory(env)
	for _, name := range args {
		c, err := d.Find(name)
		if err != nil {
			return nil, nil, err
		}
		chosen = append(chosen, c)
	}
	if all {
		described, rest, err := described(env)
		if err != nil {
			return nil, nil, err
		}
		chosen, byHand = append(chosen, described...), rest
	}
	var once []*serverfile.Configuration
	for _, c := range chosen {
		if !slices.ContainsFunc(once, func(o *serverfile.Configuration) bool {
			return o.Name == c.Name || o.Path != "" && c.Path != "" && sameFile(o.Path, c.Path)
		}) {
			once = append(once, c)
		}
	}
	return once, byHand, nil
}

// explain says on the side what the result cannot: why something was not compared, and what was not
// looked at.
func (r *checkReport) explain() {
	for _, c := range r.all {
		switch {
		case c.err != nil:
			r.env.Warn("%w", c.err)
		case !c.doubt.IsZero():
			r.env.Note("%s was not compared with a running server: %s", c.of.Label(), c.doubt)
		}
	}
	warnOfUndescribed(r.env, r.byHand)
}

// summary is the result in a sentence.
func (r *checkReport) summary() message.Text {
	var differ, unusable, unread []string
	for _, k := range r.differ {
		differ = append(differ, k.Key)
	}
	for _, c := range r.all {
		switch {
		case c.err != nil:
			unread = append(unread, c.of.Name)
		case !c.usable():
			unusable = append(unusable, c.of.Name)
		}
	}
	var parts []message.Text
	if len(differ) > 0 {
		parts = append(parts, message.New("NOT the same: %s", list(differ)))
	}
	if len(unusable) > 0 {
		parts = append(parts, message.New("NOT usable: %s", list(unusable)))
	}
	if len(unread) > 0 {
		parts = append(parts, message.New("NOT read: %s", list(unread)))
	}
	switch {
	case len(parts) > 0:
		return message.Join("; ", parts...)
	case len(r.all) == 1:
		return message.New("usable")
	}
	return message.New("all %d are the same and usable", len(r.all))
}
