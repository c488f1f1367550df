package commands

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// WriteReference writes the reference of all commands in Markdown, for docs/commands.md.
func (r *Registry) WriteReference(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Commands\n\n")
	b.WriteString("Made from the commands themselves by `make docs`; a test fails when this page is out of date.\n\n")
	b.WriteString("Every command can be typed at the prompt or piped in. In a script it counts as failed when it says so in\n")
	b.WriteString("any way, and then the exit code of pegashell is 1, unless the command names another one below. A script whose\n")
	b.WriteString("failures have different codes ends with 1.\n")
	for _, plugin := range r.plugins() {
		fmt.Fprintf(&b, "\n## Plugin `%s`\n", plugin)
		for _, c := range r.ofPlugin(plugin) {
			c.writeReference(&b)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Command) writeReference(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s.\n\n", c.Name, upperFirst(c.Summary))
	fmt.Fprintf(b, "```\n%s\n```\n", strings.TrimSpace(c.Name+" "+c.Usage))
	if c.Notes != "" {
		fmt.Fprintf(b, "\n%s\n", c.Notes)
	}
	flags := c.Flags()
	if flags.HasFlags() {
		b.WriteString("\n| flag | meaning | default |\n| --- | --- | --- |\n")
		flags.VisitAll(func(f *pflag.Flag) {
			_, meaning := pflag.UnquoteUsage(f)
			fmt.Fprintf(b, "| %s | %s | %s |\n", c.flagWords(f), meaning, code(shownDefault(f)))
		})
	}
	fmt.Fprintf(b, "\n```\n>>> %s\n```\n", strings.Join(c.Examples, "\n>>> "))
	if len(c.Exits) > 0 {
		b.WriteString("\n| exit state | when |\n| --- | --- |\n")
		for _, exit := range c.ExitStates() {
			fmt.Fprintf(b, "| %d | %s |\n", exit.Code, exit.When)
		}
	}
}

// flagWords is how a flag is written, with its value.
func (c *Command) flagWords(f *pflag.Flag) string {
	long := "--" + f.Name
	if value := c.valueWord(f); value != "" {
		long += " " + strings.ReplaceAll(value, "|", `\|`) // a bar ends a cell, in code too
	}
	if f.Shorthand == "" {
		return code(long)
	}
	return code("-"+f.Shorthand) + ", " + code(long)
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
