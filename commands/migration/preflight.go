package migration

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/migration"
	"pegashell/migration/look"
)

// Exit codes of migrate preflight besides 0: the worst result of the checks.
const (
	exitPreflightFail = 3
	exitPreflightWarn = 4
)

// defaultDeadline bounds a preflight, in seconds.
const defaultDeadline = 60

type preflightOptions struct {
	surveyFlags
	deadline int
	json     bool
}

func preflightCommand() *command.Command {
	return &command.Command{
		Name:    "migrate preflight",
		Plugin:  command.PluginMigration,
		Reads:   true,
		Summary: "check everything that decides whether a migration can begin",
		Usage:   "<copy|recovery> --target HOSTS[/PATH] [--from HOSTS[/PATH]] [--config FILE...] [--deadline seconds] " + ensemble.Usage + " [-j|--json]",
		Notes: "Before anything is touched: every server of the new ZooKeeper, the path of the new tree, the old tree, the cluster and its configurations are looked at, " +
			"and the times of the copy and of the freeze are estimated from what was read and measured. Each check is `pass`, `warn` or `fail`, with what was seen and what to do.\n\n" +
			"Nothing is changed: no znode is created and no server gets a command that changes it. Whether the new servers accept the largest znode and the ACLs is found out by " +
			"requests that cannot succeed; they and the sessions that are opened advance the transaction id of the new ZooKeeper. No more sessions are opened than a copy opens.\n\n" +
			"What servers do not say (four-letter words that their configuration does not allow) is `unknown`, which is a warning at most. With a large tree, only as much is read as " +
			"fits into a third of `--deadline`.\n\n" +
			"In JSON, `checks` is a list of `name`, `result`, `seen` and `do`; `result` is the worst of all; `estimate` has `copy_seconds` and `freeze_seconds`, null if unknown.",
		Examples: []string{"migrate preflight copy --target 10.0.0.2:2181,10.0.0.3:2181,10.0.0.4:2181", "migrate preflight recovery --target 10.0.0.2:2181 -j"},
		Exits: []command.Exit{
			{Code: 0, When: "every check passes"},
			{Code: exitPreflightFail, When: "a check fails: the migration must not begin"},
			{Code: exitPreflightWarn, When: "no check fails, but some warn"},
		},
		Args:     []complete.Kind{complete.Procedure.Complete},
		RestArgs: complete.File,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o preflightOptions
			o.declare(flags)
			flags.IntVar(&o.deadline, "deadline", defaultDeadline, "seconds for everything; at least 10")
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return preflightRun(ctx, env, &o, args)
			}
		},
	}
}

func preflightRun(ctx context.Context, env Env, o *preflightOptions, args []string) error {
	const name = "migrate preflight"
	if len(args) == 0 {
		return outcome.WrongUse("%s: copy or recovery is missing", name)
	}
	by := migration.Procedure(args[0])
	o.recall(env, nil)
	switch {
	case by != migration.ByCopy && by != migration.ByRecovery:
		return outcome.WrongUse("%s: %q is not a procedure: copy or recovery", name, args[0])
	case o.target == "":
		return outcome.WrongUse("%s: --target HOSTS[/PATH] is missing", name)
	case o.deadline < 10 || o.deadline > 3600:
		return outcome.WrongUse("%s: --deadline: %d is not between 10 and 3600 seconds", name, o.deadline)
	}
	if err := o.words(name, args[1:]); err != nil {
		return err
	}
	looked, err := o.options(ctx, env, name)
	if err != nil {
		return err
	}
	if o.target == "" {
		return outcome.WrongUse("%s: --target HOSTS[/PATH] is missing", name)
	}
	o.remember(env, "")
	looked.Progress = env.Progress(name)
	facts, err := look.Preflight(ctx, look.PreflightOptions{
		Options: looked, By: by, Deadline: time.Duration(o.deadline) * time.Second,
	})
	if err != nil {
		return err
	}
	checks := migration.Checks(facts)
	worst := migration.Worst(checks)
	switch {
	case o.json:
		err = writePreflightJSON(env.Out(), facts, checks)
	case !env.Format().IsPlain():
		err = command.Print(env, preflightReport(env.Language(), checks), command.OutputOptions{})
	default:
		err = writePreflight(env.Out(), env.Language(), checks, o.target)
	}
	switch {
	case err != nil:
		return err
	case worst == migration.Failed:
		return outcome.WithCode(exitPreflightFail, outcome.Told(message.Errorf("a check fails")), true)
	case worst == migration.Warned:
		return outcome.WithCode(exitPreflightWarn, outcome.Told(message.Errorf("a check warns")), true)
	}
	return nil
}

// worstLast returns the checks as they are shown: the worst come last, where a person looks.
func worstLast(checks []migration.Check) []migration.Check {
	order := []migration.Result{migration.Passed, migration.Warned, migration.Failed}
	return slices.SortedStableFunc(slices.Values(joinUnreachable(checks)), func(a, b migration.Check) int {
		return cmp.Compare(slices.Index(order, a.Result), slices.Index(order, b.Result))
	})
}

// preflightReport has the checks for formats that are not plain.
func preflightReport(l message.Language, checks []migration.Check) *render.Report {
	r := &render.Report{}
	grid := r.Add(render.NewGrid("", "result", "check", "seen", "do"))
	for _, c := range worstLast(checks) {
		do := ""
		if !c.Do.IsZero() {
			do = c.Do.In(l)
		}
		grid.Row(string(c.Result), c.Name, c.Seen.In(l), do)
	}
	return r
}

// writePreflight prints the checks as a grid, and what to do below what was seen.
func writePreflight(w io.Writer, l message.Language, checks []migration.Check, target string) error {
	grid := &render.Wrapped{Columns: []string{"result", "check", "seen"}}
	counts := map[migration.Result]int{}
	for _, c := range checks {
		counts[c.Result]++
	}
	for _, c := range worstLast(checks) {
		seen := c.Seen.In(l)
		if !c.Do.IsZero() {
			seen += "\n" + message.New("Do: %s", c.Do).In(l)
		}
		grid.Row(string(c.Result), c.Name, seen)
	}
	if err := grid.WriteText(w); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "\n%s\n", message.New("%d checks pass, %d warn, %d fail",
		counts[migration.Passed], counts[migration.Warned], counts[migration.Failed]).In(l)); err != nil {
		return err
	}
	if counts[migration.Failed] > 0 || render.ScreenOf(w) == nil {
		return nil
	}
	_, err := fmt.Fprintln(w, message.New("Next: migrate status --target %s", target).In(l))
	return err
}

// joinUnreachable has one line for all warnings that say no more than that the new ZooKeeper does not
// answer.
func joinUnreachable(checks []migration.Check) []migration.Check {
	waits := func(c migration.Check) bool { return c.Result == migration.Warned && c.WaitsForTarget() }
	var names []string
	var last migration.Check
	for _, c := range checks {
		if waits(c) {
			names, last = append(names, c.Name), c
		}
	}
	if len(names) < 2 {
		return checks
	}
	rest := slices.DeleteFunc(slices.Clone(checks), waits)
	return append(rest, migration.Check{Name: "…", Result: migration.Warned, Do: last.Do,
		Seen: message.New("unknown, because the new ZooKeeper does not answer: %s", strings.Join(names, ", "))})
}

type preflightJSON struct {
	By       migration.Procedure `json:"by"`
	Target   string              `json:"target"`
	Source   string              `json:"source"`
	Result   migration.Result    `json:"result"`
	Checks   []checkJSON         `json:"checks"`
	Estimate estimateJSON        `json:"estimate"`
}

type checkJSON struct {
	Name   string           `json:"name"`
	Result migration.Result `json:"result"`
	Seen   message.Text     `json:"seen"`
	Do     message.Text     `json:"do"`
}

type estimateJSON struct {
	Copy   *float64 `json:"copy_seconds"`
	Freeze *float64 `json:"freeze_seconds"`
	Znodes int64    `json:"znodes"`
}

func writePreflightJSON(w io.Writer, f *migration.PreflightFacts, checks []migration.Check) error {
	out := preflightJSON{By: f.By, Target: f.Target, Source: f.Survey.Source.Name, Result: migration.Worst(checks)}
	for _, c := range checks {
		out.Checks = append(out.Checks, checkJSON(c))
	}
	if e, known := migration.EstimateOf(f); known {
		copying, freeze := e.Copy.Seconds(), e.Freeze.Seconds()
		out.Estimate.Freeze, out.Estimate.Znodes = &freeze, e.Znodes
		if f.By == migration.ByCopy {
			out.Estimate.Copy = &copying
		}
	}
	return render.WriteIndented(w, out, "  ")
}
