package prompt

import (
	"sync"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/manifest"
)

// Prompter is what a line editor asks while a line is typed: completions, and what the prompt shows. Nothing is
// asked while a command runs, so that commands have the environment for themselves; a completion under way goes on
// with a copy.
type Prompter struct {
	env       *command.World
	completer *command.Completer
	status    *Status

	completing sync.Mutex // held while a line is completed, which a command does not wait for

	mu     sync.Mutex // no command begins while it is held
	typing bool
}

// NewPrompter gives a prompter for the commands of a registry in an environment. refresh has the line that is
// typed drawn anew, notice tells the person something; both may be called from any goroutine. The caller calls
// Close.
func NewPrompter(registry *command.Registry, env *command.World, refresh func(), notice func(text string)) *Prompter {
	p := &Prompter{env: env, completer: command.NewCompleter(registry, env), status: NewStatus(refresh, notice)}
	p.completer.OnChange = refresh
	return p
}

// Close ends what runs in the background and returns when it has ended.
func (p *Prompter) Close() {
	p.set(false)
	p.status.Close()
	p.completer.Close()
}

// Typing says that a line is waited for, until done is called.
func (p *Prompter) Typing() (done func()) {
	p.completer.NewLine()
	p.set(true)
	p.status.Ask(p.env.Cluster)
	return func() {
		p.set(false)
		p.status.Pause()
	}
}

func (p *Prompter) set(typing bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.typing = typing
}

// Complete tells how the last word of a line can go on; nothing while no line is typed. It can be called from any
// goroutine.
func (p *Prompter) Complete(text string) command.Result {
	p.completing.Lock()
	defer p.completing.Unlock()
	world, ok := p.snapshot()
	if !ok {
		return command.Result{Start: len(text)}
	}
	return p.completer.CompleteIn(world, text)
}

// snapshot is what completion may look at, which commands change; false while no line is typed.
func (p *Prompter) snapshot() (complete.World, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.typing {
		return complete.World{}, false
	}
	return p.env.World(p.completer.Registry), true
}

// Prompt gives what the prompt shows: what Status.Prompt gives, or nothing if the manifest wants it plain.
func (p *Prompter) Prompt() (name, danger string) {
	if m := p.env.Manifest; m != nil && m.Shell.Prompt == manifest.PromptPlain {
		return "", ""
	}
	return p.status.Prompt()
}
