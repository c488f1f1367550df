package rpc

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/release"
)

// Command is a remote command: its names, its short and long help, and what it does. A command
// without Run is listed but not simulated.
type Command struct {
	Names    []string
	Help     string
	LongHelp string
	Run      func(args []string) string
}

// Commands are the remote commands of one server.
type Commands struct {
	release release.Release

	mu     sync.Mutex
	byName map[string]*Command
}

// NewCommands returns the commands that every server of a release has. started is when the server
// was started, configuration the text of what it read then.
func NewCommands(started time.Time, r release.Release, configuration string) *Commands {
	c := &Commands{release: r, byName: make(map[string]*Command)}
	c.Add(
		Command{Names: []string{"help", "h", "H", "Help"}, Help: "help|Help|h|H [command] - display help information", Run: c.help},
		Command{
			Names:    []string{"repeat", "r", "R", "Repeat"},
			Help:     "repeat|Repeat|r|R interval_seconds max_count command - execute command periodically",
			LongHelp: "repeat|Repeat|r|R interval_seconds max_count command - execute command every interval seconds, to the max count as max_count (0 for infinite)",
		},
		Command{
			Names: []string{"config-dump"}, Help: "config-dump - dump configuration", LongHelp: "config-dump [to-this-config-file]",
			Run: func(args []string) string { return dumpConfig(configuration, args) },
		},
		Command{Names: []string{"engine"}, Help: "engine - get engine internal information"},
		Command{
			Names: []string{"flush-log"}, Help: "flush-log - flush log to stderr or log file",
			Run: func([]string) string { return "Flush done." },
		},
		Command{Names: []string{"reset-log-start-level"}, Help: "reset-log-start-level - reset the log start level"},
		Command{
			Names: []string{"server-info"}, Help: "server-info - query server information",
			Run: func([]string) string { return c.version(started) },
		},
		Command{Names: []string{"system.queue"}, Help: "system.queue - get queue internal information"},
		Command{Names: []string{"task-code"}, Help: "task-code - query task code containing any given keywords"},
		Command{Names: []string{"task.queue_max_length"}, Help: "task.queue_max_length <pool_code> [queue_max_length]"},
	)
	return c
}

// Add registers commands; one of the same name is replaced.
func (c *Commands) Add(commands ...Command) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, command := range commands {
		if c.release == release.Main {
			command = command.ofMain()
		}
		for _, name := range command.Names {
			c.byName[name] = &command
		}
	}
}

// Answer executes a remote command.
func (c *Commands) Answer(_ context.Context, q *wire.RemoteCommandRequest) (wire.Message, error) {
	c.mu.Lock()
	command := c.byName[q.Command]
	c.mu.Unlock()
	switch {
	case command == nil:
		return &wire.StringResult{Text: fmt.Sprintf("unknown command '%s'", q.Command)}, nil
	case command.Run == nil:
		return &wire.StringResult{Text: fmt.Sprintf("command '%s' is not simulated", q.Command)}, nil
	}
	return &wire.StringResult{Text: command.Run(q.Arguments)}, nil
}

// help lists a line for each name, in the order of the names, or describes one command. The main
// branch lists a command once.
func (c *Commands) help(args []string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(args) == 0 {
		var text strings.Builder
		listed := make(map[*Command]bool)
		for _, name := range slices.Sorted(maps.Keys(c.byName)) {
			command := c.byName[name]
			if !listed[command] {
				text.WriteString(command.Help + "\n")
				listed[command] = c.release == release.Main
			}
		}
		return text.String()
	}
	command := c.byName[args[0]]
	if command == nil {
		return fmt.Sprintf("cannot find command '%s'", args[0])
	}
	if c.release == release.Main {
		return command.Help + "\n" + command.LongHelp + "\n"
	}
	return fmt.Sprintf("%-6s: %s\n%s\n", args[0], command.Help, command.LongHelp)
}

// dumpConfig answers config-dump. With an argument a real server writes the text to the file of
// that name, for everyone who can reach its port, and replaces any file that it may write to. A
// simulated one runs as a developer on their own machine and writes nothing.
func dumpConfig(configuration string, args []string) string {
	if len(args) > 0 {
		return fmt.Sprintf("config dump to file %s is not simulated: nothing was written", args[0])
	}
	return configuration
}
