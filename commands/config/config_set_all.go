package config

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/serverfile"
	"pegashell/internal/words"
)

// configSetAll makes an edit on every meta server whose configuration can be reached: it looks at
// all of them before it writes the first. It returns what was planned, also beside an error.
func configSetAll(ctx context.Context, env Env, what edit) ([]*plan, error) {
	all, byHand, err := described(env)
	if err != nil {
		return nil, err
	}
	plans, err := what.planAll(ctx, env, all)
	if err != nil {
		return nil, err
	}
	printed := said{}
	for _, p := range plans {
		printed.say(env, p)
	}
	var todo []*plan
	for _, p := range plans {
		switch {
		case !p.changes():
			if err := p.report(env); err != nil {
				return plans, err
			}
		case p.config.ReadOnly():
			byHand = append(byHand, p.config.Name)
		default:
			todo = append(todo, p)
		}
	}
	done, err := writeAll(ctx, env, todo)
	env.Evidence("changed", names(done))
	warnOfUnlisted(env, plans)
	if err != nil {
		return plans, stopped(what, done, todo, err, byHand)
	}
	if len(byHand) > 0 {
		env.Warn("this step is still to be done by hand on %s, whose configuration cannot be written from here: set %s in section [%s] to %s",
			list(byHand), what.key, what.section, plans[0].value)
	}
	if len(done) > 0 {
		what.next(env, true)
	}
	return plans, nil
}

// planAll plans the edit of every configuration, and checks whether it can be written.
func (e edit) planAll(ctx context.Context, env Env, all []*serverfile.Configuration) ([]*plan, error) {
	var plans []*plan
	var failures []error
	for _, got := range each(ctx, all, func(ctx context.Context, c *serverfile.Configuration) (*plan, error) {
		p, err := e.plan(ctx, env, c)
		if err == nil && p.changes() && !c.ReadOnly() {
			err = c.CheckWritable()
		}
		return p, err
	}) {
		var unusable *unusableError
		switch {
		case errors.As(got.err, &unusable):
			failures = append(failures, message.Errorf("%s: %w", got.of.Label(), got.err))
		case got.err != nil:
			failures = append(failures, got.err)
		}
		plans = append(plans, got.value)
	}
	if err := ctx.Err(); err != nil {
		return nil, outcome.Worded(message.New("nothing was written"), err)
	}
	if len(failures) > 0 {
		return nil, message.Errorf("%d of %d configurations cannot be changed:\n%w\nNothing was written", len(failures), len(all), errors.Join(failures...))
	}
	return plans, nil
}

// writeAll carries plans out one after the other and stops at the first failure. It returns those
// that were carried out.
func writeAll(ctx context.Context, env Env, plans []*plan) ([]*plan, error) {
	for i, p := range plans {
		err := ctx.Err()
		if err == nil {
			err = p.write(ctx, env)
		}
		if err != nil {
			return plans[:i], err
		}
	}
	return plans, nil
}

// stopped says what was changed before a failure, what was not, and how to go on.
func stopped(what edit, done, todo []*plan, err error, byHand []string) error {
	failed := todo[len(done)]
	state := message.New("not changed: %s", list(names(todo[len(done):])))
	var damage *serverfile.DamageError
	if errors.As(err, &damage) {
		state = message.New("not known: %s", failed.config.Name)
		if rest := names(todo[len(done)+1:]); len(rest) > 0 {
			state = message.New("not known: %s; not changed: %s", failed.config.Name, list(rest))
		}
	}
	changed := message.New("changed: none")
	if len(done) > 0 {
		changed = message.New("changed: %s", list(names(done)))
	}
	if len(byHand) > 0 {
		state = message.New("%s; to be done by hand: %s", state, list(byHand))
	}
	if errors.Is(err, context.Canceled) && damage == nil {
		return outcome.Worded(message.New("%s; %s. To go on, repeat the line: %s", changed, state, what.line()), err)
	}
	return message.Errorf("%w\nStopped there. %s; %s\nTo go on, correct what is wrong with %s, then repeat the line, which leaves out what is changed already: %s",
		err, changed, state, failed.config.Label(), what.line())
}

// line is the command that makes the edit.
func (e edit) line() string {
	line := []string{"config_set", "--all", words.Quote(e.section), words.Quote(e.key), words.Quote(e.value)}
	if e.add {
		line = append(line, "--add")
	}
	if strings.TrimSpace(e.value) == "" {
		line = append(line, "--empty")
	}
	return strings.Join(line, " ")
}

// warnOfUnlisted warns of meta servers that a configuration lists and neither the shell nor
// plugins.toml does. A list in which none is known has them all by other names.
func warnOfUnlisted(env Env, plans []*plan) {
	servers := directory(env).Servers()
	warned := map[string]bool{}
	for _, p := range plans {
		unknown := slices.DeleteFunc(slices.Clone(p.listed), func(s string) bool { return slices.Contains(servers, s) })
		text := list(unknown)
		if len(unknown) == 0 || len(unknown) == len(p.listed) && len(p.listed) <= len(servers) || warned[text] {
			continue
		}
		warned[text] = true
		env.Warn("server_list in %s has %s, which neither plugins.toml nor the list of this shell has: if that is another meta server, this step is to be done there by hand", p.config.File(), text)
	}
}

func names(plans []*plan) []string {
	all := make([]string, len(plans))
	for i, p := range plans {
		all[i] = p.config.Name
	}
	return all
}
