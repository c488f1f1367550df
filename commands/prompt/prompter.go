package prompt

import (
	"context"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/internal/manifest"
	"pegashell/internal/suggestion"
)

// Prompter is what a line editor asks while a line is typed: completions, and what the prompt
// shows. Nothing is asked while a command runs, so that commands have the environment for
// themselves; questions that are still pending continue with a copy. Its methods are called in the
// goroutine that waits for lines and executes them.
type Prompter struct {
	world     *command.World
	completer *command.Completer
	status    *Status
	typing    bool
}

// NewPrompter returns a prompter for the commands of a registry in an environment. refresh draws
// the line that is typed again, notice shows the user a text; both may be called from any
// goroutine. The caller calls Close.
func NewPrompter(registry *command.Registry, world *command.World, refresh func(), notice func(text string)) *Prompter {
	p := &Prompter{world: world, completer: command.NewCompleter(registry, world)}
	p.status = NewStatus(Options{Changed: refresh, Notice: notice, Language: world.LanguageOf(world.Err), Now: world.Now, Location: world.Location, State: world.State})
	p.completer.OnChange = refresh
	return p
}

// Close ends what runs in the background and returns when it has ended.
func (p *Prompter) Close() {
	p.typing = false
	p.status.Close()
	p.completer.Close()
}

// Typing is called when the shell begins to wait for a line; done is called when it stops.
func (p *Prompter) Typing() (done func()) {
	p.completer.NewLine()
	p.typing = true
	p.status.Ask(p.world.Cluster, p.world.Session.Work(p.world.Cluster))
	return func() {
		p.typing = false
		p.status.Pause()
	}
}

// Complete returns how the last word of a line can continue, as far as it is known when patience
// ends; nothing while no line is typed.
func (p *Prompter) Complete(patience context.Context, text string) suggestion.Completion {
	if !p.typing {
		return suggestion.Completion{Start: len(text)}
	}
	return p.completer.Complete(patience, text)
}

// Prompt returns what the prompt shows: what Status.Prompt returns, with the current table after the
// name and a colon, and then the place that zk_cd has chosen, or nothing if the manifest asks for the plain
// prompt.
func (p *Prompter) Prompt() (name, danger string) {
	if m := p.world.Manifest; m != nil && m.Shell.Prompt == manifest.PromptPlain {
		return "", ""
	}
	name, danger = p.status.Prompt()
	if table := p.world.Session.App; table != "" {
		name += ":" + table
	}
	if chosen := p.world.Session.Place; chosen != nil {
		place := *chosen
		if hosts, _, _ := strings.Cut(p.status.ZooKeeper(), "/"); place.Name == ensemble.OwnName && hosts != "" && !place.IsOn(strings.Split(hosts, ",")) {
			place.Name = "" // the cluster has moved to another one
		}
		name = strings.TrimSpace(name + " " + place.Short())
	}
	return name, danger
}
