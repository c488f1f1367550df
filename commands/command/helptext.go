package command

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/prose"
)

// helpWidth is the maximum width of a help text in columns, if its words allow it.
const helpWidth = 78

// flagWidth is the column at which the meaning of a flag begins; a longer flag has a line to
// itself.
const flagWidth = 30

// WriteHelp writes the help of a command in a language, and lists the commands of two words that
// begin with it.
func (r *Registry) WriteHelp(w io.Writer, l message.Language, c *Command) {
	c.WriteHelp(w, l)
	below := r.Below(c.Name)
	if len(below) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", render.ToneHeading.Paint(w, message.New("Commands:").In(l)))
	width := 0
	for _, each := range below {
		width = max(width, len(each.Name))
	}
	for _, each := range below {
		fmt.Fprintf(w, "  %-*s  %s\n", width, each.Name, l.Whole(each.Summary))
	}
}

// WriteHelp writes the help of a command in a language, for people.
func (c *Command) WriteHelp(w io.Writer, l message.Language) {
	heading := func(text message.Text) { fmt.Fprintf(w, "\n%s\n", render.ToneHeading.Paint(w, text.In(l))) }
	fmt.Fprintf(w, "%s: %s\n", render.ToneHeading.Paint(w, c.Name), l.Whole(c.Summary))
	heading(message.New("Usage:"))
	indent := strings.Repeat(" ", 2+len(c.Name)+1)
	usage := wrapUsage(c.Usage, helpUsageWidth) // as the original breaks it
	if room := helpWidth - len(indent); slices.ContainsFunc(usage, func(line string) bool { return len(line) > room }) {
		usage = wrapUsage(c.Usage, room)
	}
	for i, line := range usage {
		if i == 0 {
			line = strings.TrimRight("  "+c.Name+" "+line, " ")
		} else {
			line = indent + line
		}
		fmt.Fprintln(w, line)
	}
	for _, paragraph := range prose.Paragraphs(c.Notes) {
		fmt.Fprintf(w, "\n%s\n", prose.Wrap(withoutCode(l.Whole(paragraph)), helpWidth, 0))
	}
	if flags := c.Flags(); flags.HasFlags() {
		heading(message.New("Flags:"))
		flags.VisitAll(func(f *pflag.Flag) { fmt.Fprintln(w, c.flagHelp(f, l)) })
	}
	heading(message.New("Examples:"))
	for _, example := range c.Examples {
		fmt.Fprintf(w, "  %s\n", example)
	}
	heading(message.New("Exit states (of a script):"))
	for _, exit := range c.ExitStates() {
		fmt.Fprintf(w, "  %-3d %s\n", exit.Code, strings.TrimLeft(prose.Wrap(withoutCode(l.Whole(exit.When)), helpWidth, 6), " "))
	}
}

// flagHelp is a flag's entry: how it is written, then what it means.
func (c *Command) flagHelp(f *pflag.Flag, l message.Language) string {
	head := "      --" + f.Name
	if f.Shorthand != "" {
		head = "  -" + f.Shorthand + ", --" + f.Name
	}
	if value := c.valueWord(f); value != "" {
		head += " " + value
	}
	meaning := prose.Wrap(withoutCode(flagMeaning(f, l)), helpWidth, flagWidth)
	if n := utf8.RuneCountInString(head); n+2 <= flagWidth {
		return head + meaning[n:]
	}
	return head + "\n" + meaning
}

// flagMeaning is what a flag means, with its default where it has one.
func flagMeaning(f *pflag.Flag, l message.Language) string {
	_, english := pflag.UnquoteUsage(f)
	meaning := meaningIn(english, l)
	if shown := shownDefault(f); shown != "" {
		return message.New("%s (default %s)", meaning, shown).In(l)
	}
	return meaning
}

// meaningIn is what a flag or a word means, in a language.
func meaningIn(english string, l message.Language) string {
	if names, ok := strings.CutPrefix(english, OverrideMeaning); ok {
		return message.New("override a guard by its name: %s", names).In(l)
	}
	return l.Whole(english)
}

// shownDefault is a flag's default, empty for one that has no meaning.
func shownDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "false", "[]":
		return ""
	}
	return f.DefValue
}

// valueWord is the placeholder of a flag's value in the usage line, such as "file_name"; if the
// usage line does not have the flag, a word for its type. It is empty for a switch.
func (c *Command) valueWord(f *pflag.Flag) string {
	if f.NoOptDefVal != "" {
		return ""
	}
	names := "--" + regexp.QuoteMeta(f.Name)
	if f.Shorthand != "" {
		names = "(?:-" + f.Shorthand + `\|` + names + "|" + names + "|-" + f.Shorthand + ")"
	}
	if m := regexp.MustCompile(`<` + names + ` ([^>]+)>|\[` + names + ` ((?:[^][]|\[[^]]*\])+)\]`).FindStringSubmatch(c.Usage); m != nil {
		return m[1] + m[2]
	}
	switch kind := f.Value.Type(); {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "num"
	default:
		return "str"
	}
}

// withoutCode leaves out the backquotes that mark what is typed, which only Markdown shows.
func withoutCode(text string) string { return strings.ReplaceAll(text, "`", "") }
