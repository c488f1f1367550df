package main

import (
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/prose"
)

const referenceIntroduction = `# Commands

Made from the commands themselves by ` + "`make docs`" + `; a test fails when this page is out of date.

Every command can be typed at the prompt or piped in. If a command of a script fails, the exit code of
pegashell is 1, unless the command has another one below. A script whose failures have different codes ends
with 1.
`

// reference is the reference of all commands in Markdown.
func reference(all []*command.Command) string {
	var b strings.Builder
	b.WriteString(referenceIntroduction)
	for _, g := range byPlugin(all) {
		fmt.Fprintf(&b, "\n## Plugin `%s`\n", g.plugin)
		for _, c := range g.commands {
			writeEntry(&b, c)
		}
	}
	return b.String()
}

func writeEntry(b *strings.Builder, c *command.Command) {
	fmt.Fprintf(b, "\n### %s\n\n%s.\n\n", c.Name, prose.UpperFirst(c.Summary))
	fmt.Fprintf(b, "```\n%s\n```\n", strings.TrimSpace(c.Name+" "+c.Usage))
	if c.Notes != "" {
		fmt.Fprintf(b, "\n%s\n", c.Notes)
	}
	if flags := c.FlagTexts(); len(flags) > 0 {
		b.WriteString("\n| flag | meaning | default |\n| --- | --- | --- |\n")
		for _, f := range flags {
			fmt.Fprintf(b, "| %s | %s | %s |\n", flagWords(f), f.Meaning, code(f.Default))
		}
	}
	if len(c.Fields) > 0 {
		b.WriteString("\n| JSON | type | meaning |\n| --- | --- | --- |\n")
		for _, f := range c.Fields {
			fmt.Fprintf(b, "| %s | %s | %s |\n", code(f.Path), f.Type, f.Meaning)
		}
	}
	fmt.Fprintf(b, "\n```\n>>> %s\n```\n", strings.Join(c.Examples, "\n>>> "))
	if len(c.Exits) > 0 {
		b.WriteString("\n| exit state | when |\n| --- | --- |\n")
		for _, exit := range c.ExitStates() {
			fmt.Fprintf(b, "| %d | %s |\n", exit.Code, exit.When)
		}
	}
}

// flagWords is how a flag is written in Markdown, with its value.
func flagWords(f command.FlagText) string {
	long := "--" + f.Name
	if f.Value != "" {
		long += " " + strings.ReplaceAll(f.Value, "|", `\|`) // a bar ends a cell, in code too
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
