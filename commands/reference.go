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
	b.WriteString("any way, and then the exit code of pegashell is 1.\n")
	plugins := append([]string{PluginShell}, Plugins...)
	for _, plugin := range plugins {
		fmt.Fprintf(&b, "\n## Plugin `%s`\n", plugin)
		for _, c := range r.commands {
			if c.Plugin == plugin {
				c.writeReference(&b)
			}
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
		flags.VisitAll(func(f *pflag.Flag) { fmt.Fprintf(b, "| %s | %s | %s |\n", flagWords(f), f.Usage, shownDefault(f)) })
	}
	if len(c.Examples) > 0 {
		fmt.Fprintf(b, "\n```\n>>> %s\n```\n", strings.Join(c.Examples, "\n>>> "))
	}
}

func flagWords(f *pflag.Flag) string {
	if f.Shorthand == "" {
		return "`--" + f.Name + "`"
	}
	return fmt.Sprintf("`-%s`, `--%s`", f.Shorthand, f.Name)
}

func shownDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "false", "[]":
		return ""
	}
	return "`" + f.DefValue + "`"
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
