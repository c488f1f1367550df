// Command pegashell is a shell for Apache Pegasus clusters: it looks and behaves like Pegasus's own and also
// moves a cluster's metadata from one ZooKeeper to another.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"pegashell/commands"
	"pegashell/internal/manifest"
	"pegashell/metaadmin"
	"pegashell/repl"
	"pegashell/zkcopy"
)

// nameTimeout bounds asking the cluster for its name before the banner, as in the original.
const nameTimeout = time.Second

func main() {
	opt, flags, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERROR: %v\nThe options are shown by: pegashell --help\n", err)
		os.Exit(repl.ExitUsage)
	}
	code := repl.ExitOK
	switch {
	case opt.help:
		_, err = fmt.Printf(usage, flags.FlagUsages())
	case opt.about:
		_, err = fmt.Println("pegashell", programVersion())
	default:
		code, err = run(opt)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERROR: %v\n", err)
		code = max(code, repl.ExitFailed)
	}
	os.Exit(code)
}

// run connects the rooms and holds the conversation. An error is why there was none.
func run(opt options) (code int, err error) {
	m, err := manifest.Load(opt.config)
	if err != nil {
		return repl.ExitUsage, err
	}
	cluster, err := connect(opt, m)
	if err != nil {
		return repl.ExitUsage, err
	}
	registry, err := commands.LoadRegistry(m)
	if err != nil {
		return repl.ExitUsage, err
	}
	source, err := repl.Open(os.Stdin, os.Stdout, os.Stderr, repl.Options{
		Prompt:   func() repl.Prompt { return repl.Prompt{Text: ">>> "} },
		Complete: func(text string) repl.Completion { return complete(registry, text) },
		Color:    os.Getenv("NO_COLOR") == "",
		History:  orElse(m.Shell.History, repl.DefaultHistoryFile()),
	})
	if err != nil {
		return repl.ExitFailed, err
	}
	defer source.Close()

	ctx := context.Background()
	named, cancel := context.WithTimeout(ctx, nameTimeout)
	_ = cluster.QueryName(named) // the commands will tell what is wrong
	cancel()
	if err := (repl.Banner{
		Program: "pegashell " + programVersion(),
		Config:  m.File,
		Cluster: cluster.Name,
		Metas:   cluster.Metas,
	}).Write(os.Stdout); err != nil {
		return repl.ExitFailed, fmt.Errorf("write the banner: %w", err)
	}
	env := environment(m, cluster, source)
	defer func() { env.Cluster.Admin.Close() }() // cc may have put another cluster in place
	shell := repl.Shell{Source: source, Out: os.Stdout, Err: os.Stderr, ErrExit: commands.ErrExit, StopAtFailure: opt.stopAtFailure}
	shell.Execute = func(ctx context.Context, words []string) error { return registry.Execute(ctx, env, words) }
	shell.Redirect = env.Redirect
	env.Line, env.HandOver = shell.Line, shell.HandOver
	if source.Interactive() {
		shell.Terminal, env.Terminal = os.Stdin, os.Stdin
	}
	return shell.Run(ctx), nil
}

// connect finds out which cluster is meant. Nothing is sent to it yet.
func connect(opt options, m *manifest.Manifest) (*commands.Cluster, error) {
	metas := strings.Split(orElse(opt.cluster, defaultMetas), ",")
	if name := orElse(opt.name, m.DefaultCluster); opt.cluster == "" && name != "" {
		c, err := m.Cluster(name)
		if err != nil {
			return nil, err
		}
		metas = c.MetaServers
	}
	admin, err := metaadmin.New(metas, metaadmin.Options{})
	if err != nil {
		return nil, fmt.Errorf("%w (such as --cluster %s)", err, defaultMetas)
	}
	return &commands.Cluster{Name: opt.name, Metas: metas, Admin: admin}, nil
}

func environment(m *manifest.Manifest, cluster *commands.Cluster, source repl.Source) *commands.Env {
	return &commands.Env{
		Out:         os.Stdout,
		Err:         os.Stderr,
		Interactive: source.Interactive(),
		Ask:         source.Ask,
		Cluster:     cluster,
		Manifest:    m,
		Progress:    func(title string) zkcopy.Progress { return progress{repl.NewProgress(os.Stderr, title, "znodes")} },
		Location:    time.Local,
		Now:         time.Now,
		Resolver:    net.DefaultResolver,
		Version:     programVersion(),
	}
}

// progress shows the phases of zkcopy, which repl does not know.
type progress struct{ *repl.Progress }

func (p progress) Start(phase zkcopy.Phase) { p.Progress.Start(string(phase)) }

// complete completes the name of a command, whatever its case.
func complete(registry *commands.Registry, text string) repl.Completion {
	var found repl.Completion
	for _, c := range registry.Commands() {
		if text != "" && len(c.Name) >= len(text) && strings.EqualFold(c.Name[:len(text)], text) {
			found.Suggestions = append(found.Suggestions, repl.Suggestion{Text: c.Name, Description: c.Summary})
		}
	}
	return found
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
