// Command pegashell is a shell for Apache Pegasus clusters: it looks and behaves like Pegasus's own and also
// moves a cluster's metadata from one ZooKeeper to another.
package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"pegashell/commands"
	"pegashell/internal/homefile"
	"pegashell/internal/manifest"
	"pegashell/internal/suggestion"
	"pegashell/repl"
	"pegashell/repl/lineedit"
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
	case opt.completion != "":
		err = writeCompletion(os.Stdout, flags, opt.completion)
	case opt.clusterNames:
		err = writeClusterNames(os.Stdout, opt.config)
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
	registry, err := commands.LoadRegistry(m)
	if err != nil {
		return repl.ExitUsage, err
	}
	cluster, err := connect(opt, m)
	if err != nil {
		return repl.ExitUsage, err
	}
	var prompter *commands.Prompter // of a person
	source, err := repl.Open(os.Stdin, os.Stdout, os.Stderr, repl.Options{
		Prompt: func() lineedit.Prompt { return repl.NewPrompt(prompter.Prompt()) },
		Complete: func(patience context.Context, text string) suggestion.Completion {
			return prompter.Complete(patience, text)
		},
		Color:   os.Getenv("NO_COLOR") == "",
		History: cmp.Or(m.Shell.History, repl.DefaultHistoryFile()),
	})
	if err != nil {
		return repl.ExitFailed, err
	}
	defer source.Close()

	ctx := context.Background()
	if !source.Interactive() { // a person does not wait for the network
		named, cancel := context.WithTimeout(ctx, nameTimeout)
		_ = cluster.QueryName(named) // the commands will tell what is wrong
		cancel()
	}
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
		prompter = commands.NewPrompter(registry, env, source.Refresh, source.Notice)
		defer prompter.Close()
		shell.Typing = prompter.Typing
	}
	return shell.Run(ctx), nil
}

// connect finds out which cluster is meant.
func connect(opt options, m *manifest.Manifest) (*commands.Cluster, error) {
	metas, name := opt.cluster, cmp.Or(opt.name, m.DefaultCluster)
	if name == "" {
		metas = cmp.Or(metas, defaultMetas)
	}
	return commands.OpenCluster(metas, name, m)
}

func environment(m *manifest.Manifest, cluster *commands.Cluster, source repl.Source) *commands.Env {
	return &commands.Env{
		Out:         commands.NewScreen(os.Stdout, os.Getenv),
		Err:         commands.NewScreen(os.Stderr, os.Getenv),
		Interactive: source.Interactive(),
		Ask:         source.Ask,
		Cluster:     cluster,
		Manifest:    m,
		State:       homefile.State(),
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
