package config

import (
	"context"
	"errors"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/serverfile"
)

type configGetOptions struct {
	all bool
}

func configGetCommand() *command.Command {
	return &command.Command{
		Name:    "config_get",
		Plugin:  command.PluginConfig,
		Reads:   true,
		Summary: "show one value of a server's config.ini",
		Usage:   "<file|HOST:PORT> <section> <key> | --all <section> <key>",
		Notes: byName + "\n\n`--all` shows the value of every meta server of the connected cluster that plugins.toml describes so, a line each: " +
			"HOST:PORT, a colon, the value.",
		Examples: []string{"config_get /etc/pegasus/config.ini zookeeper hosts_list", "config_get /etc/pegasus/config.ini meta_server recover_from_replica_server",
			"config_get --all zookeeper hosts_list"},
		Args: []complete.Kind{complete.ConfigWord(0), complete.ConfigWord(1), complete.ConfigWord(2)},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o configGetOptions
			flags.BoolVar(&o.all, "all", false, "of all meta servers of the connected cluster that plugins.toml describes")
			return func(ctx context.Context, env command.Env, args []string) error {
				return configGetRun(ctx, env, o, args)
			}
		},
	}
}

// byName explains the first word of the commands of this family.
const byName = "Instead of a file you can name a meta server, HOST:PORT, if plugins.toml says in `[clusters.NAME.servers.\"HOST:PORT\"]` " +
	"where its configuration is: a file, or programs that read and write it."

func configGetRun(ctx context.Context, env Env, o configGetOptions, args []string) error {
	if o.all {
		return configGetAll(ctx, env, args)
	}
	if len(args) != 3 {
		return outcome.WrongArguments("config_get", message.New("a file, a section and a key"), len(args))
	}
	c, err := directory(env).Find(args[0])
	if err != nil {
		return err
	}
	value, err := valueOf(ctx, c, args[1], args[2])
	if err != nil {
		return err
	}
	fmt.Fprintln(env.Out(), value)
	return nil
}

func valueOf(ctx context.Context, c *serverfile.Configuration, section, key string) (string, error) {
	file, err := c.Load(ctx)
	if err != nil {
		return "", err
	}
	value, ok := file.Lookup(section, key)
	if !ok {
		return "", missingKey(file, c.File(), section, key)
	}
	return value, nil
}

// configGetAll shows what can be read, and then says what could not.
func configGetAll(ctx context.Context, env Env, args []string) error {
	if len(args) != 2 {
		return outcome.WrongArguments("config_get --all", message.New("a section and a key"), len(args))
	}
	all, byHand, err := described(env)
	if err != nil {
		return err
	}
	width := 0
	for _, c := range all {
		width = max(width, len(c.Name))
	}
	var failures []error
	for _, got := range each(ctx, all, func(ctx context.Context, c *serverfile.Configuration) (string, error) {
		return valueOf(ctx, c, args[0], args[1])
	}) {
		if got.err != nil {
			failures = append(failures, got.err)
			continue
		}
		fmt.Fprintf(env.Out(), "%-*s : %s\n", width, got.of.Name, got.value)
	}
	warnOfUndescribed(env, byHand)
	if err := ctx.Err(); err != nil {
		return err
	}
	return unreadable(failures, len(all))
}

// unreadable joins what kept configurations from being read; nil for nothing.
func unreadable(failures []error, all int) error {
	if len(failures) == 0 {
		return nil
	}
	return message.Errorf("%d of %d values could not be read:\n%w", len(failures), all, errors.Join(failures...))
}

// described are the configurations of the connected cluster's meta servers, and the servers of
// which plugins.toml has none.
func described(env Env) (all []*serverfile.Configuration, byHand []string, err error) {
	d := directory(env)
	all, byHand = d.All()
	switch {
	case len(all) > 0:
		return all, byHand, nil
	case len(byHand) == 0:
		return nil, nil, message.Errorf("no cluster is connected: start with --cluster HOST:PORT,HOST:PORT or -n NAME")
	}
	return nil, nil, message.Errorf("plugins.toml does not say where the configuration of any meta server of the connected cluster is (%s): "+
		"it needs a table such as %s with config, or read_config and write_config; or name the files one by one", list(byHand), d.Heading(byHand[0]))
}

// warnOfUndescribed names the servers that are looked after by hand.
func warnOfUndescribed(env Env, byHand []string) {
	if len(byHand) > 0 {
		env.Warn("plugins.toml does not say where the configuration of %s is: look there by hand", list(byHand))
	}
}
