package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/atomicfile"
	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/pegasusconf"
)

type configSetOptions struct {
	add, empty bool
}

func configSetCommand() *command.Command {
	return &command.Command{
		Name:    "config_set",
		Plugin:  command.PluginConfig,
		Summary: "change one value in a server's config.ini",
		Usage:   "<file> <section> <key> <value> [--add] [--empty]",
		Notes: "Every other byte of the file stays as it is. The change is shown as a diff, the old file is kept in " +
			"the same folder as FILE.bak-DATE_TIME. A server reads its configuration only when it starts.\n\n" +
			"The values of Pegasus's own keys are checked: true or false, whole numbers, levels, HOST:PORT,..., paths of znodes. Values that a server " +
			"cannot use are refused. Other keys, and values with a placeholder such as `%{name}`, are not checked.\n\n" +
			"`hosts_list` of section `[zookeeper]` must be HOST:PORT,HOST:PORT,..., where a chroot can follow the last server: HOST:PORT,HOST:PORT/PATH. " +
			"If you write the name of a ZooKeeper in plugins.toml, its servers and its chroot are written.",
		Examples: []string{"config_set /etc/pegasus/config.ini zookeeper hosts_list 10.0.0.2:2181,10.0.0.3:2181", "config_set /etc/pegasus/config.ini meta_server recover_from_replica_server true --add"},
		Args:     []complete.Kind{complete.File, complete.IniSection, complete.IniKey, complete.IniValue},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o configSetOptions
			flags.BoolVar(&o.add, "add", false, "add the key, and the section, when they are missing")
			flags.BoolVar(&o.empty, "empty", false, "accept an empty value, which is otherwise refused")
			return func(_ context.Context, env command.Env, args []string) error { return configSetRun(env, &o, args) }
		},
	}
}

func configSetRun(env Env, o *configSetOptions, args []string) error {
	if len(args) != 4 {
		return outcome.WrongArguments("config_set", message.New("a file, a section, a key and a value"), len(args))
	}
	name, section, key, value := args[0], args[1], args[2], args[3]
	switch {
	case section == "" || key == "":
		return outcome.WrongUse("config_set: the name of the section or of the key is empty")
	case strings.TrimSpace(value) == "" && !o.empty:
		return outcome.WrongUse("config_set: the value is empty; use --empty to write an empty value")
	}
	file, err := ini.Load(name)
	if err != nil {
		return err
	}
	if value, err = usable(env, file, section, key, value); err != nil {
		return err
	}
	var near message.Text
	if o.add {
		near = nearKey(file, section, key)
	}
	for _, w := range file.Warnings() {
		env.Warn("%s", w)
	}
	before := file.Bytes()
	set := file.Set
	if o.add {
		set = file.Put
	}
	if err := set(section, key, value); err != nil {
		if errors.Is(err, ini.ErrNoKey) {
			return message.Errorf("%w (--add adds it)", missingKey(file, name, section, key))
		}
		return err
	}
	after := file.Bytes()
	if string(before) == string(after) {
		fmt.Fprintf(env.Out(), "%s: [%s] %s is %s already, nothing was written\n", name, section, key, value)
		return nil
	}
	backup, err := keep(fmt.Sprintf("%s.bak-%s", name, env.Now().In(env.Location()).Format("20060102_150405")), before)
	if err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(name, 0o644, after); err != nil {
		return err
	}
	if !near.IsZero() {
		env.Warn("[%s] %s is new: %s", section, key, near)
	}
	writeDifference(env.Out(), name, before, after)
	fmt.Fprintf(env.Out(), "%s was changed, the old file is %s; restart its server for the change to take effect\n", name, backup)
	return nil
}

// usable returns the value to write, or why no server could use it. An empty value was asked for by
// its flag.
func usable(env Env, file *ini.File, section, key, value string) (string, error) {
	if strings.TrimSpace(value) == "" {
		return value, nil
	}
	if pegasusconf.KindOf(section, key) == pegasusconf.HostsList {
		return hostsList(env, file, value)
	}
	if err := pegasusconf.Check(section, key, value); err != nil {
		return "", message.Errorf("%w\nNothing was written", err)
	}
	return value, nil
}

// keep writes a backup and returns its name: the requested one, or with a number if that exists
// already, which holds an older state.
func keep(name string, content []byte) (string, error) {
	backup := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(backup); errors.Is(err, os.ErrNotExist) {
			return backup, atomicfile.WriteBytes(backup, 0o600, content)
		}
		backup = fmt.Sprintf("%s-%d", name, n)
	}
}

// writeDifference shows the one stretch of lines in which two files differ.
func writeDifference(w io.Writer, name string, before, after []byte) {
	old, now := strings.SplitAfter(string(before), "\n"), strings.SplitAfter(string(after), "\n")
	first := 0
	for first < len(old) && first < len(now) && old[first] == now[first] {
		first++
	}
	oldEnd, nowEnd := len(old), len(now)
	for oldEnd > first && nowEnd > first && old[oldEnd-1] == now[nowEnd-1] {
		oldEnd--
		nowEnd--
	}
	fmt.Fprintf(w, "%s, line %d:\n", name, first+1)
	for _, line := range old[first:oldEnd] {
		writeLine(w, "- ", line)
	}
	for _, line := range now[first:nowEnd] {
		writeLine(w, "+ ", line)
	}
}

func writeLine(w io.Writer, mark, line string) {
	if line = strings.TrimRight(line, "\r\n"); line != "" {
		fmt.Fprintf(w, "%s%s\n", mark, line)
	}
}
