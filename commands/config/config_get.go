package config

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/ini"
	"pegashell/internal/nearmiss"
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
		return outcome.WrongArguments("config_get", "a file, a section and a key", len(args))
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

// missingKey says what is missing and which section has the key instead: the documented place of
// hosts_list, for one, is not where servers read it.
func missingKey(file *ini.File, name, section, key string) error {
	var elsewhere []string
	for _, s := range file.Sections() {
		if _, ok := file.Lookup(s, key); ok {
			elsewhere = append(elsewhere, "["+s+"]")
		}
	}
	problem := fmt.Sprintf("section [%s] has no key %s", section, key)
	if !slices.Contains(file.Sections(), section) {
		problem = fmt.Sprintf("there is no section [%s]", section)
	}
	if len(elsewhere) > 0 {
		problem += fmt.Sprintf("; %s has %s", strings.Join(elsewhere, ", "), key)
	} else if question := nearKey(file, section, key); question != "" {
		problem += ": " + question
	}
	return fmt.Errorf("%s: %s", name, problem)
}

// nearKey asks whether a near section of the file was meant, or a near key of the section.
func nearKey(file *ini.File, section, key string) string {
	if slices.Contains(file.Sections(), section) {
		return nearmiss.Question(key, file.Keys(section))
	}
	return nearmiss.Question(section, file.Sections())
}
