package command

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"pegashell/commands/complete"
	"pegashell/internal/suggestion"
	"pegashell/internal/words"
)

// Completer completes lines. It asks clusters and ZooKeepers what they have, in the background, and
// changes nothing in them.
type Completer struct {
	// OnChange is called when candidates have become known for a line that was completed without
	// them. It is set before the first call of Complete.
	OnChange func()

	// Sources are what it asks.
	Sources *complete.Sources

	registry *Registry
	world    *World
}

// NewCompleter returns a completer for the commands of a registry in an environment. The caller
// calls Close.
func NewCompleter(registry *Registry, world *World) *Completer {
	c := &Completer{registry: registry, world: world}
	c.Sources = complete.NewSources(func() {
		if c.OnChange != nil {
			c.OnChange()
		}
	})
	return c
}

// Close ends what runs in the background and returns when it has ended.
func (c *Completer) Close() { c.Sources.Close() }

// NewLine is called when another line begins, for which files are looked at again.
func (c *Completer) NewLine() { c.Sources.NewLine() }

// Complete returns how the last word of a line can continue; for an empty line it returns the
// commands. It waits for the network, and for files, until patience ends. It must not be called by
// several goroutines at once, nor while a command may change the environment.
func (c *Completer) Complete(patience context.Context, text string) suggestion.Completion {
	q := &query{registry: c.registry, Query: complete.Query{World: c.world.completion(c.registry), Sources: c.Sources, Patience: patience}}
	result := q.line(text)
	c.Sources.EndQuery(q.Private)
	result.Careful = q.Careful
	result.Suggestions = slices.Clone(result.Suggestions)
	for i, s := range result.Suggestions {
		result.Suggestions[i].Description = meaningIn(s.Description, c.world.Language)
	}
	return result
}

// completion is what completion may look at.
func (e *World) completion(r *Registry) complete.World {
	w := complete.World{Table: e.Session.App, Manifest: e.Manifest, State: e.State, ZooKeepers: e.QuietDirectory(), Language: e.Language}
	if e.Cluster != nil {
		w.Admin, w.Metas = e.Cluster.Admin, e.Cluster.Metas
	}
	for _, c := range r.Listed {
		if strings.Contains(c.Name, " ") {
			continue // its first word is a command too
		}
		w.Commands = append(w.Commands, suggestion.Suggestion{Text: c.Name, Description: c.Summary})
	}
	for _, plugin := range r.Plugins() {
		w.Plugins = append(w.Plugins, suggestion.Suggestion{Text: plugin, Description: "the commands of this plugin"})
	}
	return w
}

// query is one line being completed.
type query struct {
	complete.Query
	registry *Registry
	// used are the options on the line that need not be repeated, with their hyphens.
	used map[string]bool
}

// line completes what comes before an operator, or what follows it.
func (q *query) line(text string) suggestion.Completion {
	none := suggestion.Completion{Start: len(text)}
	line, ok := words.Cut(text)
	if !ok || line.IsComment() {
		return none
	}
	for i, word := range line.Words {
		switch word.Raw { // in quotes they are plain words
		case words.File, words.Append:
			file := complete.NewHomeFile
			if word.Raw == words.Append {
				file = complete.HomeFile
			}
			if i+1 == len(line.Words) {
				return q.result(line.Last, 0, file)
			}
			return none
		case words.Pipe:
			if i+1 == len(line.Words) {
				return q.result(line.Last, 0, complete.Program.Complete)
			}
			return none
		}
	}
	return q.command(line)
}

// command completes the name of a command, or what follows it.
func (q *query) command(line words.Line) suggestion.Completion {
	if len(line.Words) == 0 {
		result := q.result(line.Last, 0, complete.Command)
		if c := q.registry.lookupFold(line.Last.Text); c != nil {
			result.Usage = c.Usage
		}
		return result
	}
	name, rest := line.Words[0].Text, line.Words[1:]
	if below := q.registry.Below(name); len(below) > 0 {
		if len(rest) == 0 {
			return replace(line.Last, 0, secondWords(below))
		}
		name, rest = name+" "+rest[0].Text, rest[1:]
	}
	c := q.registry.lookupFold(name)
	if c == nil {
		return suggestion.Completion{Start: line.Last.Start}
	}
	if c.Wraps > 0 && len(line.Words) >= c.Wraps {
		inner := line
		inner.Words = line.Words[c.Wraps:]
		result := q.command(inner)
		if len(inner.Words) == 0 {
			result.Usage = cmp.Or(result.Usage, c.Usage)
		}
		return result
	}
	result := q.after(c, rest, line.Last)
	result.Usage = usageLeft(c.Usage, len(q.Words), q.used)
	return result
}

// secondWords offers the second words of names.
func secondWords(commands []*Command) []suggestion.Suggestion {
	var all []suggestion.Suggestion
	for _, c := range commands {
		_, word, _ := strings.Cut(c.Name, " ")
		all = append(all, suggestion.Suggestion{Text: word, Description: c.Summary})
	}
	return all
}

// lookupFold finds a command by its name in any case, as the original does for its hints; nil if
// there is none.
func (r *Registry) lookupFold(name string) *Command {
	for _, c := range r.Listed {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// result returns the candidates of a kind for a word whose first bytes, such as those of --output=,
// stay as they are.
func (q *query) result(word words.Word, head int, kind complete.Kind) suggestion.Completion {
	var keep int
	var all []suggestion.Suggestion
	if kind != nil {
		keep, all = kind(&q.Query, word.Text[head:])
	}
	return replace(word, head+keep, all)
}

// replace offers the candidates that begin with the end of a word, ignoring case, as replacements
// for that end. What the word has before it stays.
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
	if whole { // quotes are around the whole word
		result.Start = word.Start
		for i, c := range result.Suggestions {
			result.Suggestions[i].Text = words.Quote(kept + c.Text)
		}
	}
	return result
}
