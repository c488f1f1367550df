package config

import (
	"context"
	"fmt"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

func configGetCommand() *command.Command {
	return &command.Command{
		Name:     "config_get",
		Plugin:   command.PluginConfig,
		Reads:    true,
		Summary:  "show one value of a server's config.ini",
		Usage:    "<file> <section> <key>",
		Examples: []string{"config_get /etc/pegasus/config.ini zookeeper hosts_list", "config_get /etc/pegasus/config.ini meta_server recover_from_replica_server"},
		Args:     []complete.Kind{complete.File, complete.IniSection, complete.IniKey},
		Prepare: func(*command.FlagSet) command.Run {
			return func(_ context.Context, env command.Env, args []string) error { return configGetRun(env, args) }
		},
	}
}

func configGetRun(env Env, args []string) error {
	if len(args) != 3 {
		return outcome.WrongArguments("config_get", message.New("a file, a section and a key"), len(args))
	}
	name, section, key := args[0], args[1], args[2]
	file, err := ini.Load(name)
	if err != nil {
		return err
	}
	value, ok := file.Lookup(section, key)
	if !ok {
		return missingKey(file, name, section, key)
	}
	fmt.Fprintln(env.Out(), value)
	return nil
}
