package complete

import (
	"context"
	"slices"
	"strings"

	"pegashell/commands/ensemble"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/suggestion"
	"pegashell/metaadmin"
)

// Kind says what a word of a line is, or the value of a flag: a function that returns the
// candidates for what was typed of the word. The word's first bytes, keep of them, stay as they
// are; the candidates take the place of the rest. A nil Kind is for a word that only the operator
// knows.
type Kind func(q *Query, typed string) (keep int, all []suggestion.Suggestion)

// Free is the kind of a word that is expected and cannot be completed.
func Free(*Query, string) (keep int, all []suggestion.Suggestion) { return 0, nil }

// World is what completion may use.
type World struct {
	// Admin and Metas are the connected cluster's; Admin is nil where none is connected.
	Admin *metaadmin.Client
	Metas []string
	// Table is the current table, "" for none.
	Table string
	// Manifest holds the named clusters and ZooKeepers; nil for none.
	Manifest *manifest.Manifest
	// State is the folder in which commands leave what later ones have a use for; "" for none.
	State string
	// ZooKeepers says how ensembles are entered; it prints no warnings.
	ZooKeepers ensemble.Directory
	// Language is that of descriptions which name what was found. Fixed ones are translated when they are shown.
	Language message.Language
	// Commands are those that can be typed, Plugins their groups.
	Commands, Plugins []suggestion.Suggestion
}

// Query is a word being completed.
type Query struct {
	World
	*Sources
	// Patience ends when completion must stop waiting.
	Patience context.Context
	// Words are those before the word that are neither the command's name nor flags.
	Words []string
	// Given are the flags on the line with their values, Defaults those that the manifest adds
	// before them.
	Given, Defaults map[string][]string
	// Careful is set by a kind whose words are written over or removed; see suggestion.Completion.
	Careful bool
	// Private is the ensemble that is entered with the credentials of the line; "" for none.
	Private string
}

// Values returns the values of a flag that are in effect for the line.
func (q *Query) Values(flag string) []string {
	if typed, ok := q.Given[flag]; ok {
		return typed
	}
	return q.Defaults[flag]
}

// Words are the values that a word can have.
type Words []suggestion.Suggestion

// Plain returns words that need no description.
func Plain(texts ...string) Words {
	words := make(Words, len(texts))
	for i, text := range texts {
		words[i].Text = text
	}
	return words
}

// Complete is the kind of a word that is one of these.
func (w Words) Complete(*Query, string) (keep int, all []suggestion.Suggestion) { return 0, w }

// Near asks whether one of the words was meant; it is empty when none is near.
func (w Words) Near(typed string) message.Text {
	known := make([]string, len(w))
	for i, c := range w {
		known[i] = c.Text
	}
	return nearmiss.Question(typed, known)
}

// ListOf is the kind of several words of a kind with commas between them. Those that the list has
// are left out.
func ListOf(kind Kind) Kind {
	return func(q *Query, typed string) (int, []suggestion.Suggestion) {
		last := strings.LastIndexByte(typed, ',') + 1
		listed := strings.Split(typed[:last], ",")
		keep, all := kind(q, typed[last:])
		all = slices.DeleteFunc(slices.Clone(all), func(c suggestion.Suggestion) bool { return slices.Contains(listed, c.Text) })
		return last + keep, all
	}
}

// Command is the kind of a command's name.
func Command(q *Query, _ string) (int, []suggestion.Suggestion) { return 0, q.Commands }

// Topic is the kind of what help is asked on: commands and plugins.
func Topic(q *Query, _ string) (int, []suggestion.Suggestion) {
	return 0, slices.Concat(q.Commands, q.Plugins)
}
