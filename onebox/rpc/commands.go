package rpc

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pegashell/metaadmin/wire"
)

// Command is a remote command: its names, what help says of it in a line and at length, and what it does. A
// command without Run is listed but not simulated.
type Command struct {
	Names    []string
	Help     string
	LongHelp string
	Run      func(args []string) string
}

// Commands are the remote commands of one server.
type Commands struct {
	mu     sync.Mutex
	byName map[string]*Command
}

// version is what the simulated servers say they are: the release whose behaviour they have.
const version = "Pegasus Server 2.5.0 (0ca31b70eac7321bb17fb034105695597245d47b) Release"

// NewCommands gives the commands that every Pegasus server has. started is when the server was started.
func NewCommands(started time.Time) *Commands {
	c := &Commands{byName: make(map[string]*Command)}
	c.Add(
		Command{Names: []string{"help", "h", "H", "Help"}, Help: "help|Help|h|H [command] - display help information", Run: c.help},
		Command{
			Names:    []string{"repeat", "r", "R", "Repeat"},
			Help:     "repeat|Repeat|r|R interval_seconds max_count command - execute command periodically",
			LongHelp: "repeat|Repeat|r|R interval_seconds max_count command - execute command every interval seconds, to the max count as max_count (0 for infinite)",
		},
		Command{Names: []string{"config-dump"}, Help: "config-dump - dump configuration"},
		Command{Names: []string{"engine"}, Help: "engine - get engine internal information"},
		Command{
			Names: []string{"flush-log"}, Help: "flush-log - flush log to stderr or log file",
			Run: func([]string) string { return "Flush done." },
		},
		Command{Names: []string{"perf-counters"}, Help: "perf-counters - query perf counters, filtered by OR of POSIX basic regular expressions"},
		Command{Names: []string{"perf-counters-by-postfix"}, Help: "perf-counters-by-postfix - query perf counters, filtered by OR of postfix strings"},
		Command{Names: []string{"perf-counters-by-prefix"}, Help: "perf-counters-by-prefix - query perf counters, filtered by OR of prefix strings"},
		Command{Names: []string{"perf-counters-by-substr"}, Help: "perf-counters-by-substr - query perf counters, filtered by OR of substrs"},
		Command{Names: []string{"reset-log-start-level"}, Help: "reset-log-start-level - reset the log start level"},
		Command{
			Names: []string{"server-info"}, Help: "server-info - query server information",
			Run: func([]string) string { return version + ", Started at " + started.Format("2006-01-02 15:04:05") },
		},
		Command{Names: []string{"server-stat"}, Help: "server-stat - query selected perf counters"},
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
		for _, name := range command.Names {
			c.byName[name] = &command
		}
	}
}

// Answer carries out a remote command.
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

// help lists a line for each name, in the order of the names, or tells of one command.
func (c *Commands) help(args []string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(args) == 0 {
		var text strings.Builder
		for _, name := range slices.Sorted(maps.Keys(c.byName)) {
			text.WriteString(c.byName[name].Help + "\n")
		}
		return text.String()
	}
	command := c.byName[args[0]]
	if command == nil {
		return fmt.Sprintf("cannot find command '%s'", args[0])
	}
	return fmt.Sprintf("%-6s: %s\n%s\n", args[0], command.Help, command.LongHelp)
}

// Number makes the Run of a command that shows a number without an argument and sets it with one; DEFAULT
// brings the value of the start back. Numbers below least are refused.
func Number(least, fallback int64, get func() int64, set func(int64)) func(args []string) string {
	return func(args []string) string {
		if len(args) == 0 {
			return strconv.FormatInt(get(), 10)
		}
		if args[0] == "DEFAULT" {
			set(fallback)
			return "OK"
		}
		n, err := strconv.ParseInt(args[0], 10, 32)
		if err != nil || n < least {
			return "ERR: invalid arguments"
		}
		set(n)
		return "OK"
	}
}
