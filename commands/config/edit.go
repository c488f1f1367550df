package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"pegashell/commands/render"
	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/pegasusconf"
	"pegashell/internal/secret"
	"pegashell/internal/serverfile"
)

// edit is a value to be written into configurations.
type edit struct {
	section, key, value string
	add                 bool
}

// plan is what an edit does to one configuration.
type plan struct {
	edit          // with the value that is written
	config        *serverfile.Configuration
	before, after []byte
	old           string   // the value before
	had           bool     // there was one
	backup        string   // the copy of what was there before it was written, "" where nothing was
	listed        []string // the meta servers that it names
	// notes are for the output, warnings for the diagnostics; late comes when it is written.
	notes    []message.Text
	warnings []message.Text
	late     message.Text
}

func (p *plan) note(format string, args ...any) {
	p.notes = append(p.notes, message.New(format, args...))
}

func (p *plan) warn(text message.Text) { p.warnings = append(p.warnings, text) }

func (p *plan) changes() bool { return !bytes.Equal(p.before, p.after) }

// plan reads a configuration and makes the change in memory. Its error says why no server could use
// it, or why it cannot be made.
func (e edit) plan(ctx context.Context, env Env, c *serverfile.Configuration) (*plan, error) {
	file, err := c.Load(ctx)
	if err != nil {
		return nil, err
	}
	p := &plan{edit: e, config: c, before: file.Bytes(), listed: file.List("meta_server", "server_list")}
	p.old, p.had = file.Lookup(e.section, e.key)
	if p.value, err = p.usable(env, file); err != nil {
		return nil, &unusableError{err}
	}
	if near := nearKey(file, e.section, e.key); e.add && !near.IsZero() {
		if _, there := file.Lookup(e.section, e.key); !there {
			p.late = message.New("[%s] %s is new: %s", e.section, e.key, near)
		}
	}
	for _, w := range file.Warnings() {
		p.warn(message.Verbatim(w))
	}
	set := file.Set
	if e.add {
		set = file.Put
	}
	if err := set(e.section, e.key, p.value); err != nil {
		if errors.Is(err, ini.ErrNoKey) {
			return nil, message.Errorf("%w (--add adds it)", missingKey(file, c.File(), e.section, e.key))
		}
		return nil, err
	}
	p.after = file.Bytes()
	return p, nil
}

// unusableError is a value that no server could use.
type unusableError struct{ error }

func (e *unusableError) Unwrap() error { return e.error }

// usable returns the value to write, or why no server could use it. An empty value was asked for by
// its flag.
func (p *plan) usable(env Env, file *ini.File) (string, error) {
	if strings.TrimSpace(p.value) == "" {
		return p.value, nil
	}
	if pegasusconf.KindOf(p.section, p.key) == pegasusconf.HostsList {
		return p.hostsList(env, file)
	}
	if err := pegasusconf.Check(p.section, p.key, p.value); err != nil {
		return "", err
	}
	return p.value, nil
}

// printLine prints a line of the result.
func printLine(env Env, format string, args ...any) error {
	_, err := fmt.Fprintln(env.Out(), render.Fold(env.Out(), message.New(format, args...).In(env.Language())))
	return err
}

// said is what several plans have said already.
type said map[string]bool

// say prints the notes and warnings of a plan that no other plan has said.
func (s said) say(env Env, p *plan) {
	for _, note := range p.notes {
		if english := note.String(); !s[english] {
			s[english] = true
			fmt.Fprintln(env.Out(), note.In(env.Language()))
		}
	}
	for _, w := range p.warnings {
		if text := w.String(); !s[text] {
			env.Warn("%s", w)
			s[text] = true
		}
	}
}

// write makes the change and shows it.
func (p *plan) write(ctx context.Context, env Env) error {
	p.evidence(env)
	env.Begin()
	backup, err := p.config.Write(ctx, p.before, p.after)
	if err != nil {
		return err
	}
	p.backup = backup
	env.Evidence("backup", backup)
	if !p.late.IsZero() {
		env.Warn("%s", p.late)
	}
	writeDifference(env.Out(), p.config.Label(), p.before, p.after)
	prune(env, p.config)
	return printLine(env, "%s was changed, the old file is %s; restart its server for the change to take effect", p.config.Label(), backup)
}

// evidence adds the edit to the journal's entry, without the values of secrets.
func (p *plan) evidence(env Env) {
	env.Evidence("file", p.config.Label())
	env.Evidence("key", "["+p.section+"] "+p.key)
	env.Evidence("old", shownValue(p.key, p.old))
	env.Evidence("new", shownValue(p.key, p.value))
}

// shownValue is the value of a key as it is shown and recorded: that of a secret is not.
func shownValue(key, value string) string {
	if secret.Key(key) && value != "" {
		return secret.Hidden
	}
	return value
}

// prune removes old copies that are too many, and says which.
func prune(env Env, c *serverfile.Configuration) {
	removed, err := c.Prune()
	for _, name := range removed {
		fmt.Fprintf(env.Out(), "%s was removed: %d newer copies are there\n", name, serverfile.Kept)
	}
	if err != nil {
		env.Warn("an old copy beyond %d could not be removed: %v", serverfile.Kept, err)
	}
}
