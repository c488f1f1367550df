package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"pegashell/internal/manifest"
	"pegashell/metaadmin"
)

func useCommand() *Command {
	return &Command{
		Name:     "use",
		Plugin:   PluginCluster,
		Summary:  "choose the table that the commands on environment variables work on",
		Usage:    "[app_name]",
		Notes:    "Without a name the current table is shown. Whether there is such a table is not asked.",
		Examples: []string{"use temp"},
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return useRun },
	}
}

func useRun(_ context.Context, env *Env, args []string) error {
	switch {
	case len(args) > 1:
		return &UsageError{}
	case len(args) == 1:
		env.Session.App = args[0]
		fmt.Fprintln(env.Err, "OK")
	case env.Session.App == "":
		return usagef("Current app not specified.")
	default:
		fmt.Fprintf(env.Err, "Current app: %s\n", env.Session.App)
	}
	return nil
}

// errNoTable says that a command needs a current table.
var errNoTable = errors.New("no table is in use")

// table is the current table's name. Without one that is told, in the original's words.
func (e *Env) table() (string, error) {
	if e.Session.App == "" {
		fmt.Fprintln(e.Err, "No app is using now\nUSAGE: use [app_name]")
		return "", reported(errNoTable)
	}
	return e.Session.App, nil
}

func timeoutCommand() *Command {
	return &Command{
		Name:    "timeout",
		Plugin:  PluginCluster,
		Summary: "show or set the timeout of reads and writes of data",
		Usage:   "[time_in_ms]",
		Notes: "Kept for scripts: as in the original it does not bound the commands on clusters, which have 10 s for a call and " +
			"5 s for a remote command, and this shell neither reads nor writes data.",
		Examples: []string{"timeout 2000"},
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return timeoutRun },
	}
}

// defaultTimeout is the original's.
const defaultTimeout = 5 * time.Second

func timeoutRun(_ context.Context, env *Env, args []string) error {
	if len(args) > 1 {
		return &UsageError{}
	}
	if len(args) == 0 {
		current := env.Session.Timeout
		if current == 0 {
			current = defaultTimeout
		}
		fmt.Fprintf(env.Err, "Current timeout: %d ms.\n", current.Milliseconds())
		return nil
	}
	ms, ok := parseNumber(args[0])
	if !ok {
		return usagef("ERROR: parse %s as timeout failed", args[0])
	}
	if ms <= 0 {
		return usagef("ERROR: invalid timeout %s", args[0])
	}
	env.Session.Timeout = time.Duration(ms) * time.Millisecond
	fmt.Fprintln(env.Err, "OK")
	return nil
}

func ccCommand() *Command {
	return &Command{
		Name:     "cc",
		Plugin:   PluginCluster,
		Summary:  "connect to another cluster of plugins.toml",
		Usage:    "[cluster_name]",
		Examples: []string{"cc onebox"},
		Plain:    true,
		Prepare:  func(*pflag.FlagSet) Run { return ccRun },
	}
}

// nameTimeout bounds the question for a cluster's name, as in the original.
const nameTimeout = time.Second

func ccRun(ctx context.Context, env *Env, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return &UsageError{}
	}
	names := env.Manifest
	if names == nil {
		names = manifest.Default()
	}
	found, err := names.Cluster(args[0])
	if err != nil {
		return err
	}
	connect := env.Connect
	if connect == nil {
		connect = func(metas []string) (*metaadmin.Client, error) { return metaadmin.New(metas, metaadmin.Options{}) }
	}
	admin, err := connect(found.MetaServers)
	if err != nil {
		return fmt.Errorf("cluster %q: %w", args[0], err)
	}
	if env.Cluster != nil && env.Cluster.Admin != nil {
		env.Cluster.Admin.Close()
	}
	env.Cluster = &Cluster{Name: args[0], Metas: found.MetaServers, Admin: admin}
	ctx, cancel := context.WithTimeout(ctx, nameTimeout)
	defer cancel()
	// As in the original the name stays the one that was typed when nobody answers: the next command will
	// tell why.
	_ = env.Cluster.QueryName(ctx)
	fmt.Fprintf(env.Out, "The cluster name is: %s\n", env.Cluster.Name)
	fmt.Fprintf(env.Out, "The cluster meta list is: %s\n", strings.Join(env.Cluster.Metas, ","))
	return nil
}

// ask puts a question and gives the answer, a person's or a script's next line; io.EOF when there is none.
func (e *Env) ask(ctx context.Context, question string) (string, error) {
	if e.Ask == nil {
		return "", io.EOF
	}
	answer, err := e.Ask(ctx, question)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return answer, err
}

// errNotConfirmed says that a command was not carried out because nobody said yes.
var errNotConfirmed = errors.New("not confirmed")

// confirmAttempts is how often the original asks.
const confirmAttempts = 5

// confirmUnsafe asks whether an action is to be carried out, in the original's words, until y or n is the answer. It
// gives nil for yes.
func (e *Env) confirmUnsafe(ctx context.Context, action string) error {
	for range confirmAttempts {
		answer, err := e.ask(ctx, fmt.Sprintf("PLEASE be CAUTIOUS with this operation ! Are you sure to %s ? [y/n]: ", action))
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		switch answer {
		case "y":
			fmt.Fprintln(e.Out, "you've chosen YES, we will continue ...")
			return nil
		case "n":
			fmt.Fprintln(e.Out, "you've chosen NO, we will stop !")
			return reported(errNotConfirmed)
		}
	}
	fmt.Fprintln(e.Out, "too many failed attempts, we will stop !")
	return reported(errNotConfirmed)
}
