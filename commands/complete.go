package commands

import (
	"cmp"
	"context"
	"strings"
	"sync/atomic"
	"time"

	"pegashell/commands/complete"
	"pegashell/internal/suggestion"
	"pegashell/internal/words"
)

// sessionIdle is how long a ZooKeeper session that nobody uses is kept.
const sessionIdle = 30 * time.Second

// Completer completes lines. It asks clusters and ZooKeepers what they have, in the background, and changes
// nothing in them.
type Completer struct {
	// OnChange is called when candidates have become known for a line that was completed without them. It may
	// be set before the first call of Complete.
	OnChange func()

	registry *Registry
	env      *Env
	catalog  *complete.Catalog
	sessions *complete.Sessions
	private  string       // the ensemble that is entered as the line says, such as with --auth; "" for none
	lines    atomic.Int64 // that have been typed
}

// NewCompleter gives a completer for the commands of a registry in an environment. The caller calls Close.
func NewCompleter(registry *Registry, env *Env) *Completer {
	c := &Completer{
		registry: registry,
		env:      env,
		catalog:  complete.NewCatalog(time.Now),
		sessions: complete.NewSessions(sessionIdle),
	}
	c.catalog.OnChange = func() {
		if c.OnChange != nil {
			c.OnChange()
		}
	}
	return c
}

// Close ends what runs in the background and returns when it has ended.
func (c *Completer) Close() {
	c.catalog.Close()
	c.sessions.Close()
}

// NewLine says that another line is typed, for which files are looked at anew.
func (c *Completer) NewLine() { c.lines.Add(1) }

// Complete tells how the last word of a line can go on; for an empty line it gives the commands. It waits for the
// network, and for files, until patience ends. It must not be called by several goroutines at once, nor while a
// command may change the environment.
func (c *Completer) Complete(patience context.Context, text string) suggestion.Completion {
	env := *c.env // questions that go on in the background keep it as it is now
	q := &query{Completer: c, env: &env, patience: patience}
	result := q.line(text)
	c.dropPrivate(q.private)
	return result
}

// line completes what stands before a sign, or what follows that.
func (q *query) line(text string) suggestion.Completion {
	none := suggestion.Completion{Start: len(text)}
	line, ok := words.Cut(text)
	if !ok || line.IsComment() {
		return none
	}
	for i, word := range line.Words {
		switch word.Raw { // in quotes they are plain words
		case words.File, words.Append:
			if i+1 == len(line.Words) {
				return q.result(line.Last, 0, kindRedirected)
			}
			return none
		case words.Pipe:
			if i+1 == len(line.Words) {
				return q.result(line.Last, 0, kindProgram)
			}
			return none
		}
	}
	return q.command(line)
}

// query is one line being completed.
type query struct {
	*Completer
	env      *Env // as it was when the key was pressed
	patience context.Context
	// words are those before the last one that are neither the command's name nor flags.
	words []string
	// given are the flags on the line with their values, and defaults those that the manifest puts before them.
	given, defaults map[string][]string
	private         string // the ensemble that was meant and is entered as the line says
}

// values are those of a flag that hold for the line.
func (q *query) values(flag string) []string {
	if typed, ok := q.given[flag]; ok {
		return typed
	}
	return q.defaults[flag]
}

// command completes the name of a command, or what follows it.
func (q *query) command(line words.Line) suggestion.Completion {
	if len(line.Words) == 0 {
		result := q.result(line.Last, 0, kindCommand)
		if c := q.registry.lookupFold(line.Last.Text); c != nil {
			result.Usage = c.Usage
		}
		return result
	}
	c := q.registry.lookupFold(line.Words[0].Text)
	if c == nil {
		return suggestion.Completion{Start: line.Last.Start}
	}
	if c.Wraps > 0 && len(line.Words) >= c.Wraps {
		inner := line
		inner.Words = line.Words[c.Wraps:]
		result := q.command(inner)
		result.Usage = cmp.Or(result.Usage, c.Usage)
		return result
	}
	result := q.behind(c, line.Words[1:], line.Last)
	result.Usage = c.Usage
	return result
}

// lookupFold finds a command by its name in any case, as the original does for its hints; nil if there is none.
func (r *Registry) lookupFold(name string) *Command {
	for _, c := range r.commands {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// result gives the candidates of a kind for a word whose first bytes, such as those of --output=, stay as they
// are.
func (q *query) result(word words.Word, head int, kind Kind) suggestion.Completion {
	keep, all := kind.candidates(q, word.Text[head:])
	return replace(word, head+keep, all)
}

// replace offers the candidates that begin with the end of a word, whatever their case, in the place of that
// end. What the word has before it stays.
func replace(word words.Word, keep int, all []suggestion.Suggestion) suggestion.Completion {
	kept, typed := word.Text[:keep], word.Text[keep:]
	result := suggestion.Completion{Start: word.Start + keep}
	whole := !word.Bare()
	for _, c := range all {
		if len(c.Text) >= len(typed) && strings.EqualFold(c.Text[:len(typed)], typed) {
			result.Suggestions = append(result.Suggestions, c)
			whole = whole || words.Quote(kept+c.Text) != kept+c.Text
		}
	}
	if len(result.Suggestions) == 1 && result.Suggestions[0].Text == typed {
		result.Suggestions = nil // nothing is left to complete
	}
	if whole { // quotes stand around the whole word
		result.Start = word.Start
		for i, c := range result.Suggestions {
			result.Suggestions[i].Text = words.Quote(kept + c.Text)
		}
	}
	return result
}
