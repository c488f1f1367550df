package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/commands/command"
	"pegashell/internal/prose"
)

const manDescription = "`pegashell` looks and behaves like the shell of Apache Pegasus: the same commands, flags, columns and texts, so that scripts " +
	"written for it work unchanged. It adds what is needed to move a cluster's metadata from one ZooKeeper to another without losing it: " +
	"to copy, compare, check, back up, restore and remove trees of znodes.\n\n" +
	"At a terminal it prompts. Otherwise it reads its standard input, one command per line, and prints plain text; its exit status shows " +
	"whether a command failed. Words are separated by blanks and may be quoted."

// manFiles and manEnvironment are pairs of a name and its description.
var manFiles = [][2]string{
	{"`plugins.toml`", "The manifest: named clusters and ZooKeepers, and which commands there are. It is looked for in the current folder, then beside " +
		"the program, unless `-c` names one."},
	{"`~/.config/pegashell/plugins.toml`", "The user's own manifest, whose keys override those of the other one; in `$XDG_CONFIG_HOME` if that is set."},
	{"`~/.local/state/pegashell/history`", "What was typed, up to 5,000 lines, in `$XDG_STATE_HOME/pegashell` if that is set. Lines with passwords are left out."},
	{"`~/.local/state/pegashell/journal.jsonl`", "What was changed, in `$XDG_STATE_HOME/pegashell` if that is set, unless `[shell] journal` in plugins.toml names another file. Passwords are replaced."},
}

var manEnvironment = [][2]string{
	{"`PEGASHELL_ZK_AUTH`", "Credentials for ZooKeeper, SCHEME:ID separated by blanks, used without `--auth`."},
	{"`PAGER`", "The program that a `|` at the end of a line runs; `less` if it is not set."},
	{"`NO_COLOR`", "When it is set and not empty, nothing is coloured. Files and pipes are plain in any case."},
	{"`TERM`", "With `dumb` the prompt is plain and nothing is coloured."},
	{"`XDG_CONFIG_HOME`, `XDG_STATE_HOME`", "Where the files above are looked for."},
}

var manExits = [][2]string{
	{"`0`", "Every command of a script succeeded, or a person left the prompt."},
	{"`1`", "A command of a script failed, or the output could not be written."},
	{"`2`", "The program was called with wrong arguments."},
	{"`128` + N", "Signal N ended the program: 130 for Ctrl-C in a script, or twice within a second at the prompt."},
}

var manExamples = [][2]string{
	{"A prompt for a cluster:", "pegashell --cluster 10.0.0.1:34601,10.0.0.2:34601"},
	{"A script for a cluster of the manifest:", "echo 'ls -o apps.list' | pegashell -n production"},
	{"Copy the cluster's metadata to another ZooKeeper, after a look at what would be done:",
		"printf '%s\\n' 'set_meta_level blind' 'zk_copy -t 10.0.0.2:2181 --dry_run' | pegashell -e -n production"},
}

// manPage is the manual page pegashell(1), with the program's own options.
func manPage(all []*command.Command, options *pflag.FlagSet) string {
	var m roff
	m.WriteString(`.\" Made from the commands themselves by "make docs".` + "\n")
	m.macro("TH", "PEGASHELL", "1", "", "pegashell", "User Commands")
	m.macro("nh") // a hyphen added at the end of a line would change a name
	m.macro("SH", "NAME")
	m.text("pegashell - a shell for Apache Pegasus clusters that also moves their metadata")
	m.macro("SH", "SYNOPSIS")
	m.text("`pegashell` [OPTIONS]")
	m.macro("SH", "DESCRIPTION")
	m.text(manDescription)
	m.macro("SH", "OPTIONS")
	options.VisitAll(func(f *pflag.Flag) {
		value, meaning := pflag.UnquoteUsage(f)
		m.item(flagHead(f.Name, f.Shorthand, value), prose.UpperFirst(meaning)+".")
	})
	m.macro("SH", "COMMANDS")
	groups := byPlugin(all)
	for _, g := range groups {
		var names []string
		for _, c := range g.commands {
			names = append(names, "`"+c.Name+"`")
		}
		m.item(fmt.Sprintf("Plugin `%s`", g.plugin), strings.Join(names, ", "))
	}
	for _, g := range groups {
		for _, c := range g.commands {
			m.command(c)
		}
	}
	m.items("FILES", manFiles)
	m.items("ENVIRONMENT", manEnvironment)
	m.items("EXIT STATUS", manExits)
	for _, c := range all {
		for _, exit := range c.Exits {
			if exit.Code > 1 {
				m.item(fmt.Sprintf("`%d`", exit.Code), fmt.Sprintf("Of `%s`: %s.", c.Name, exit.When))
			}
		}
	}
	m.macro("SH", "EXAMPLES")
	for i, example := range manExamples {
		if i > 0 {
			m.macro("PP")
		}
		m.text(example[0])
		m.verbatim(example[1])
	}
	m.macro("SH", "SEE ALSO")
	m.text("The folder docs of the source: migration-by-copy.md, migration-by-recovery.md, commands.md, differences.md; https://pegasus.apache.org")
	return m.String()
}

func (m *roff) items(heading string, items [][2]string) {
	m.macro("SH", heading)
	for _, item := range items {
		m.item(item[0], item[1])
	}
}

// flagHead is how a flag is written in a manual page.
func flagHead(name, shorthand, value string) string {
	head := "`--" + name + "`"
	if shorthand != "" {
		head = "`-" + shorthand + "`, " + head
	}
	return strings.TrimRight(head+" "+value, " ")
}

func (m *roff) command(c *command.Command) {
	m.macro("SS", c.Name)
	m.text(prose.UpperFirst(c.Summary) + ".")
	lines := c.UsageLines()
	lines[0] = strings.TrimRight(c.Name+" "+lines[0], " ")
	for i := range lines[1:] {
		lines[i+1] = strings.Repeat(" ", len(c.Name)+1) + lines[i+1]
	}
	m.verbatim(lines...)
	if c.Notes != "" {
		m.macro("PP")
		m.text(c.Notes)
	}
	for _, f := range c.FlagTexts() {
		meaning := f.Meaning
		if f.Default != "" {
			meaning += " (default " + f.Default + ")"
		}
		m.item(flagHead(f.Name, f.Shorthand, f.Value), meaning)
	}
	if len(c.Exits) > 0 {
		m.macro("PP")
		m.text("Exit states:")
		for _, exit := range c.ExitStates() {
			m.item(fmt.Sprintf("`%d`", exit.Code), exit.When)
		}
	}
	m.macro("PP")
	m.text("Examples:")
	m.verbatim(c.Examples...)
}
