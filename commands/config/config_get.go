package config

import (
	"context"
	"errors"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/serverfile"
)

type configGetOptions struct {
	all, json bool
}

func configGetCommand() *command.Command {
	return &command.Command{
		Name:    "config_get",
		Plugin:  command.PluginConfig,
		Reads:   true,
		Summary: "show one value of a server's config.ini",
		Usage:   "<file|HOST:PORT> <section> <key> | --all <section> <key>, with [-j|--json]",
		Notes: byName + "\n\n`--all` shows the value of every meta server of the connected cluster that plugins.toml describes so, a line each: " +
			"HOST:PORT, a colon, the value.",
		Fields: []command.Field{
			{Path: "section", Type: command.Text, Meaning: "the section"},
			{Path: "key", Type: command.Text, Meaning: "the key"},
			{Path: "values[].name", Type: command.Text, Meaning: "the file, or the meta server's HOST:PORT"},
			{Path: "values[].value", Type: command.MaybeText, Meaning: "the value; null if it could not be read"},
			{Path: "values[].doubt", Type: command.Text, Meaning: "why it could not be read; empty if it was"},
			{Path: "not_described", Type: command.Texts, Meaning: "with `--all`: the meta servers that plugins.toml does not describe"},
		},
		Examples: []string{"config_get /etc/pegasus/config.ini zookeeper hosts_list", "config_get /etc/pegasus/config.ini meta_server recover_from_replica_server",
			"config_get --all zookeeper hosts_list"},
		Args: []complete.Kind{complete.ConfigWord(0), complete.ConfigWord(1), complete.ConfigWord(2)},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o configGetOptions
			flags.BoolVar(&o.all, "all", false, "of all meta servers of the connected cluster that plugins.toml describes")
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
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
		return configGetAll(ctx, env, o, args)
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
	if o.json {
		return writeValues(env, args[1], args[2], []gotJSON{{Name: c.Name, Value: &value}}, nil)
	}
	fmt.Fprintln(env.Out(), value)
	return nil
}

// valuesJSON is the JSON of config_get.
type valuesJSON struct {
	Section      string    `json:"section"`
	Key          string    `json:"key"`
	Values       []gotJSON `json:"values"`
	NotDescribed []string  `json:"not_described"`
}

type gotJSON struct {
	Name  string  `json:"name"`
	Value *string `json:"value"`
	Doubt string  `json:"doubt"`
}

func writeValues(env Env, section, key string, values []gotJSON, byHand []string) error {
	return render.WriteIndented(env.Out(), valuesJSON{section, key, values, append([]string{}, byHand...)}, "    ")
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
func configGetAll(ctx context.Context, env Env, o configGetOptions, args []string) error {
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
	values := []gotJSON{}
	for _, got := range each(ctx, all, func(ctx context.Context, c *serverfile.Configuration) (string, error) {
		return valueOf(ctx, c, args[0], args[1])
	}) {
		if got.err != nil {
			failures = append(failures, got.err)
			values = append(values, gotJSON{Name: got.of.Name, Doubt: got.err.Error()})
			continue
		}
		values = append(values, gotJSON{Name: got.of.Name, Value: &got.value})
		if o.json {
			continue
		}
		fmt.Fprintf(env.Out(), "%-*s : %s\n", width, got.of.Name, got.value)
	}
	warnOfUndescribed(env, byHand)
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.json {
		if err := writeValues(env, args[0], args[1], values, byHand); err != nil {
			return err
		}
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
