package config

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
	"pegashell/internal/serverfile"
)

type configRevertOptions struct {
	to                 string
	list, dryRun, json bool
}

func configRevertCommand() *command.Command {
	return &command.Command{
		Name:    "config_revert",
		Plugin:  command.PluginConfig,
		Summary: "go back to an old copy of a server's config.ini",
		Usage:   "<file|HOST:PORT> [--to BACKUP] [--list] [--dry_run] [-j|--json]",
		Notes: "Writes the newest copy that `config_set` or `config_revert` has kept, or the one that `--to` names: by its file, or by the DATE_TIME at the end of that. " +
			"The change is shown as a diff. What is there now is kept as a new copy before, so a second `config_revert` takes the first one back.\n\n" +
			"`--list` lists the copies, the newest first, and in how many lines each differs from what is there now.\n\n" + byName,
		Fields: []command.Field{
			{Path: "copies[].copy", Type: command.Text, Meaning: "the file of the copy"},
			{Path: "copies[].written", Type: command.Instant, Meaning: "when it was kept"},
			{Path: "copies[].bytes", Type: command.Count, Meaning: "its size"},
			{Path: "copies[].differs_in", Type: command.MaybeSum, Meaning: "in how many lines it differs from what is there now; null if one of them cannot be read"},
			{Path: "configuration", Type: command.Text, Meaning: "without `--list`, as the next: the file, or HOST:PORT"},
			{Path: "restored", Type: command.Text, Meaning: "the copy that was gone back to"},
			{Path: "equal", Type: command.Truth, Meaning: "whether it is what was there already"},
			{Path: "written", Type: command.Truth, Meaning: "whether it was written; false with `--dry_run`, and where it is equal"},
			{Path: "backup", Type: command.MaybeText, Meaning: "the copy of what was there before; null where nothing was written"},
		},
		Examples: []string{"config_revert /etc/pegasus/config.ini", "config_revert /etc/pegasus/config.ini --list", "config_revert /etc/pegasus/config.ini --to 20270115_080000 --dry_run"},
		Args:     []complete.Kind{complete.Configuration},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o configRevertOptions
			flags.StringVar(&o.to, "to", "", "go back to this copy, not to the newest")
			flags.Complete("to", complete.ConfigBackup)
			flags.BoolVar(&o.list, "list", false, "list the copies")
			flags.BoolVarP(&o.json, "json", "j", false, "print the list, or what was done, as JSON")
			flags.BoolVar(&o.dryRun, "dry_run", false, "show the difference, write nothing")
			return func(ctx context.Context, env command.Env, args []string) error {
				return configRevertRun(ctx, env, o, args)
			}
		},
	}
}

func configRevertRun(ctx context.Context, env Env, o configRevertOptions, args []string) error {
	switch {
	case len(args) != 1:
		return outcome.WrongArguments("config_revert", message.New("a file or HOST:PORT"), len(args))
	case o.list && (o.to != "" || o.dryRun):
		return outcome.WrongUse("config_revert: --list writes nothing, so --to and --dry_run cannot be used with it")
	}
	c, err := directory(env).Find(args[0])
	if err != nil {
		return err
	}
	backups, err := c.Backups()
	if err != nil {
		return err
	}
	now, err := c.Read(ctx)
	switch {
	case o.list && err != nil && ctx.Err() == nil && len(backups) > 0:
		env.Warn("what is there now is not known: %w", err)
		return listBackups(env, backups, nil, o.json)
	case err != nil && len(backups) > 0 && c.Path != "":
		return message.Errorf("%w\nThe newest copy of it is %s", err, backups[0].Path)
	case err != nil:
		return err
	case len(backups) == 0:
		return message.Errorf("there is no old copy of %s: neither config_set nor config_revert has kept one", c.Label())
	case o.list:
		return listBackups(env, backups, now, o.json)
	}
	chosen, err := choose(backups, o.to)
	if err != nil {
		return err
	}
	old, err := serverfile.ReadBackup(chosen)
	if err != nil {
		return err
	}
	shown := env
	if o.json {
		shown = jsonAlone{env}
	}
	kept, err := revert(ctx, shown, c, chosen, now, old, o.dryRun)
	if err != nil || !o.json {
		return err
	}
	done := revertJSON{Configuration: c.Label(), Restored: chosen.Path, Equal: bytes.Equal(now, old), Written: kept != ""}
	if done.Written {
		done.Backup = &kept
	}
	return render.WriteIndented(env.Out(), done, "    ")
}

type revertJSON struct {
	Configuration string  `json:"configuration"`
	Restored      string  `json:"restored"`
	Equal         bool    `json:"equal"`
	Written       bool    `json:"written"`
	Backup        *string `json:"backup"`
}

// revert writes an old copy over what is there now. It returns the copy of that, "" if nothing was written.
func revert(ctx context.Context, env Env, c *serverfile.Configuration, chosen serverfile.Backup, now, old []byte, dryRun bool) (kept string, err error) {
	if bytes.Equal(now, old) {
		return "", printLine(env, "%s is what %s has already, nothing was written; --list lists older copies, --to goes back to one", c.Label(), chosen.Path)
	}
	if _, err := ini.Parse(chosen.Path, old); err != nil {
		env.Warn("no server starts with this copy: %w", err)
	}
	if dryRun {
		writeDifference(env.Out(), c.Label(), now, old)
		fmt.Fprintf(env.Out(), "nothing was written: without --dry_run, %s becomes %s\n", c.Label(), chosen.Path)
		return "", nil
	}
	env.Evidence("file", c.Label())
	env.Evidence("restored", chosen.Path)
	env.Begin()
	if kept, err = c.Write(ctx, now, old); err != nil {
		return "", err
	}
	env.Evidence("backup", kept)
	env.Evidence("changed", c.Name)
	writeDifference(env.Out(), c.Label(), now, old)
	return kept, printLine(env, "%s is again what %s has, and what it was is %s; restart its server for the change to take effect", c.Label(), chosen.Path, kept)
}

// choose returns the copy that is named by its path, its file's name or the stamp in that, or the
// newest.
func choose(backups []serverfile.Backup, name string) (serverfile.Backup, error) {
	if name == "" {
		return backups[0], nil
	}
	stamps := make([]string, len(backups))
	for i, b := range backups {
		if name == b.Path || name == filepath.Base(b.Path) || name == b.Stamp {
			return b, nil
		}
		stamps[i] = b.Stamp
	}
	if absolute, err := filepath.Abs(name); err == nil {
		for _, b := range backups {
			if path, err := filepath.Abs(b.Path); err == nil && path == absolute {
				return b, nil
			}
		}
	}
	hint := message.New("the newest is %s", stamps[0])
	if question := nearmiss.Question(name, stamps); !question.IsZero() {
		hint = question
	}
	return serverfile.Backup{}, message.Errorf("config_revert: --to %s is none of the %d old copies: %s", name, len(backups), hint)
}

// listBackups lists copies and how they differ from what is there now, nil where that is not known.
func listBackups(env Env, backups []serverfile.Backup, now []byte, json bool) error {
	grid := render.NewGrid("copies", "copy", "written", "bytes", "differs_in")
	for _, b := range backups {
		var differs render.Cell
		switch old, err := serverfile.ReadBackup(b); {
		case err != nil:
			differs.Text = err.Error() // in English, as all values
		case now == nil:
			differs.Text = "-"
		case bytes.Equal(old, now):
			differs = render.Cell{Text: "nothing", Value: 0}
		default:
			lines := 0
			for _, c := range differences(string(now), string(old)) {
				lines += max(len(c.old), len(c.new))
			}
			if differs = (render.Cell{Text: fmt.Sprintf("%d lines", lines), Value: lines}); lines <= 1 {
				differs = render.Cell{Text: "1 line", Value: 1}
			}
		}
		grid.Row(b.Path, render.Cell{Text: b.Time.In(env.Location()).Format(time.DateTime), Value: b.Time}, b.Size, differs)
	}
	r := render.Report{Typed: true}
	r.Add(grid)
	return command.Print(env, &r, command.OutputOptions{JSON: json})
}
