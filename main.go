// Command pegashell is a shell for Apache Pegasus clusters: it looks and behaves like Pegasus's own
// and also moves a cluster's metadata from one ZooKeeper to another.
package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/commands/prompt"
	"pegashell/commands/render"
	"pegashell/internal/commandline"
	"pegashell/internal/coredump"
	"pegashell/internal/homefile"
	"pegashell/internal/journal"
	"pegashell/internal/manifest"
	"pegashell/internal/suggestion"
	"pegashell/repl"
	"pegashell/repl/lineedit"
	"pegashell/zkcopy"
)

func main() {
	if err := coredump.Off(); err != nil {
		fmt.Fprintf(os.Stderr, "WARNING: %v\n", err)
	}
	opt, flags, err := commandline.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERROR: %v\nRun \"pegashell --help\" to see the options.\n", err)
		os.Exit(repl.ExitUsage)
	}
	code := repl.ExitOK
	switch {
	case opt.Help:
		_, err = fmt.Printf(commandline.Usage, flags.FlagUsages())
	case opt.Version:
		_, err = fmt.Println("pegashell", programVersion())
	case opt.Completion != "":
		err = commandline.WriteCompletion(os.Stdout, flags, opt.Completion)
	case opt.ClusterNames:
		err = commandline.WriteClusterNames(os.Stdout, opt.Config)
	default:
		code, err = run(opt)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "ERROR: %v\n", err)
		code = max(code, repl.ExitFailed)
	}
	os.Exit(code)
}

// run connects the rooms and runs the shell. It returns an error only if the shell could not start.
func run(opt commandline.Options) (code int, err error) {
	m, err := manifest.Load(opt.Config)
	if err != nil {
		return repl.ExitUsage, err
	}
	registry, err := commands.LoadRegistry(m)
	if err != nil {
		return repl.ExitUsage, err
	}
	metas, name := opt.Target(m.DefaultCluster)
	cluster, err := command.OpenCluster(metas, name, m)
	if err != nil {
		return repl.ExitUsage, err
	}
	env := environment(m, cluster)
	var prompter *prompt.Prompter // of a person
	env.Brief, env.Session.Format = opt.Quiet || len(opt.Lines) > 0, cmp.Or(opt.Format, m.Shell.Format)
	source, err := repl.Open(os.Stdin, os.Stdout, os.Stderr, repl.Options{
		Lines: opt.Lines, Prompt: func() lineedit.Prompt { return repl.NewPrompt(prompter.Prompt()) },
		Complete: func(patience context.Context, text string) suggestion.Completion {
			return prompter.Complete(patience, text)
		},
		Color:    os.Getenv("NO_COLOR") == "",
		Language: env.LanguageOf(env.Err),
		History:  cmp.Or(m.Shell.History, repl.DefaultHistoryFile()),
	})
	if err != nil {
		return repl.ExitFailed, err
	}
	defer source.Close()
	ctx := context.Background()
	if !source.Interactive() && !env.Brief { // the banner waits for the name as long as the original's
		named, cancel := context.WithTimeout(ctx, time.Second)
		_ = cluster.QueryName(named) // the commands report what is wrong
		cancel()
	}
	if !env.Brief || source.Interactive() {
		banner := repl.Banner{Program: "pegashell " + programVersion(), Config: m.File, Cluster: cluster.Name, Metas: cluster.Metas,
			Interactive: source.Interactive(), Completes: repl.Completes(source), Language: env.LanguageOf(env.Out)}
		if err := banner.Write(os.Stdout); err != nil {
			return repl.ExitFailed, fmt.Errorf("write the banner: %w", err)
		}
	}
	env.Interactive, env.LinesFromInput, env.Ask = source.Interactive(), len(opt.Lines) == 0, source.Ask
	defer func() { env.Cluster.Admin.Close() }() // cc may have put another cluster in place

	shell := repl.Shell{Source: source, Out: os.Stdout, Err: os.Stderr, Language: env.LanguageOf(env.Err), StopAtFailure: opt.StopAtFailure,
		Execute:  func(ctx context.Context, words []string) error { return registry.Execute(ctx, env, words) },
		Redirect: env.Redirect}
	env.Line, env.HandOver = shell.Line, shell.HandOver
	if source.Interactive() {
		shell.Terminal, env.Terminal = os.Stdin, os.Stdin
		env.AskHidden = repl.HiddenFrom(source, os.Stdin, os.Stderr)
		prompter = prompt.NewPrompter(registry, env, source.Refresh, source.Notice)
		defer prompter.Close()
		shell.Typing = prompter.Typing
		if pager := shell.Page(m.Shell.Pager, registry.Pages, render.Below(env.Out), render.Below(env.Err), &env.Ask, &env.AskHidden); pager != nil {
			env.Progress = func(title string) zkcopy.Progress {
				return progress{repl.NewProgress(os.Stderr, title, "znodes").On(pager.Live())}
			}
		}
	}
	code = shell.Run(ctx)
	prompt.Leaving(ctx, env, prompter)
	return code, nil
}

func environment(m *manifest.Manifest, cluster *command.Cluster) *command.World {
	language, named := command.ChooseLanguage(m, os.Stdin, os.Stdout, os.Getenv)
	return &command.World{
		Out:           render.NewScreen(os.Stdout, os.Getenv),
		Err:           render.NewScreen(os.Stderr, os.Getenv),
		Language:      language,
		LanguageNamed: named,
		Cluster:       cluster,
		Manifest:      m,
		State:         homefile.State(),
		Journal:       journal.Open(cmp.Or(m.Shell.Journal, journal.DefaultFile())),
		Progress:      func(title string) zkcopy.Progress { return progress{repl.NewProgress(os.Stderr, title, "znodes")} },
		Location:      time.Local,
		Now:           time.Now,
		Resolver:      net.DefaultResolver,
		Version:       programVersion(),
	}
}

// progress shows the phases of zkcopy, which repl does not know.
type progress struct{ *repl.Progress }

func (p progress) Start(phase zkcopy.Phase) { p.Progress.Start(string(phase)) }
