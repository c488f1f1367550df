// Package cli is the onebox's command line.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"strconv"

	"github.com/spf13/pflag"

	"pegashell/onebox/cluster"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the request failed, in full or in part
	exitUsage  = 2 // the program was used wrongly
)

// RunServer runs a simulated server with the configuration file until ctx ends, which is not an
// error.
type RunServer func(ctx context.Context, configFile string, logger *log.Logger) error

// App is what a call of the program uses.
type App struct {
	Stdout, Stderr io.Writer
	// Program is the path of this program, which runs the servers.
	Program string
	// Meta and Replica run the simulated servers.
	Meta, Replica RunServer
}

// command is one subcommand. define declares its flags and returns what runs once they are parsed.
type command struct {
	name, usage, summary string
	define               func(app *App, flags *pflag.FlagSet) func(ctx context.Context) error
}

var commands = []command{startCommand, stopCommand, restartCommand, listCommand, clearCommand, clientCommand, metaCommand, replicaCommand}

// usageError is a wrong use of the program.
type usageError struct{ error }

// Run executes one call, with its arguments without the program's name, and returns the exit code.
func (app *App) Run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		app.printHelp(app.Stderr)
		return exitUsage
	}
	name := args[0]
	if name == "help" || name == "-h" || name == "--help" {
		app.printHelp(app.Stdout)
		return exitOK
	}
	for _, c := range commands {
		if c.name == name {
			return app.runCommand(ctx, c, args[1:])
		}
	}
	fmt.Fprintf(app.Stderr, "onebox: unknown command %q; `onebox help` lists the commands\n", name)
	return exitUsage
}

func (app *App) runCommand(ctx context.Context, c command, args []string) int {
	flags := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.SortFlags = false
	run := c.define(app, flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		fmt.Fprintf(app.Stdout, "%s\n\nusage: onebox %s\n\n%s", c.summary, c.usage, flags.FlagUsages())
		return exitOK
	case err != nil:
		err = usageError{valueError(err)}
	case flags.NArg() > 0:
		err = usageError{fmt.Errorf("unexpected argument %q", flags.Arg(0))}
	default:
		err = run(ctx)
	}
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(app.Stderr, "onebox %s: %v\n", c.name, err)
	if errors.As(err, &usageError{}) {
		fmt.Fprintf(app.Stderr, "usage: onebox %s\n", c.usage)
		return exitUsage
	}
	return exitFailed
}

// valueError returns the error for a value that could not be parsed: pflag itself uses the texts of
// strconv.
func valueError(err error) error {
	var invalid *pflag.InvalidValueError
	var parse *strconv.NumError
	if !errors.As(err, &invalid) || !errors.As(err, &parse) {
		return err
	}
	flag := invalid.GetFlag()
	name := "--" + flag.Name
	if flag.Shorthand != "" {
		name = "-" + flag.Shorthand + ", " + name
	}
	if errors.Is(parse, strconv.ErrRange) {
		return fmt.Errorf("%s: %q is too large", name, invalid.GetValue())
	}
	kind := map[string]string{"int": "a whole number", "intSlice": "a number or a list such as 1,3", "bool": "true or false"}[flag.Value.Type()]
	return fmt.Errorf("%s: invalid value %q: expected %s", name, invalid.GetValue(), kind)
}

func (app *App) printHelp(w io.Writer) {
	fmt.Fprint(w, "onebox runs a Pegasus cluster on this machine: real ZooKeeper servers, simulated meta\n"+
		"and replica servers. Its processes keep running after the call; all state is in one folder.\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  onebox %s\n      %s\n", c.usage, c.summary)
	}
	fmt.Fprint(w, "\n`onebox COMMAND --help` lists a command's options.\n"+
		"Exit codes: 0 success, 1 failure, 2 wrong arguments.\n")
}

// Defaults that several commands share.
const (
	defaultDir         = "./onebox.d"
	defaultWaitSeconds = 60
)

func dirFlag(flags *pflag.FlagSet) *string {
	return flags.String("dir", defaultDir, "the onebox's folder")
}

func waitFlag(flags *pflag.FlagSet) *int {
	return flags.Int("wait", defaultWaitSeconds, "stop waiting after this many `seconds`")
}

// selection are the flags that name instances.
type selection struct {
	numbers map[cluster.Kind]*[]int
}

func selectionFlags(flags *pflag.FlagSet) selection {
	return selection{map[cluster.Kind]*[]int{
		cluster.Meta:      flags.IntSliceP("meta", "m", nil, "only the meta server with this `number`; may be repeated"),
		cluster.Replica:   flags.IntSliceP("replica", "r", nil, "only the replica server with this `number`; may be repeated"),
		cluster.ZooKeeper: flags.IntSliceP("zookeeper", "z", nil, "only the ZooKeeper with this `number`; may be repeated"),
	}}
}

// ids returns the instances that the flags name; none means all.
func (s selection) ids() []cluster.ID {
	var ids []cluster.ID
	for _, kind := range []cluster.Kind{cluster.Meta, cluster.Replica, cluster.ZooKeeper} {
		for _, n := range *s.numbers[kind] {
			ids = append(ids, cluster.ID{Kind: kind, Number: n})
		}
	}
	return ids
}

// open opens the cluster in dir for this call.
func (app *App) open(ctx context.Context, dir string) (*cluster.Cluster, error) {
	c, err := cluster.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	app.attach(c)
	return c, nil
}

func (app *App) attach(c *cluster.Cluster) {
	c.Program = app.Program
	c.Report = func(line string) { fmt.Fprintln(app.Stdout, line) }
}
