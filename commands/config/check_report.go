package config

import (
	"fmt"
	"io"
	"slices"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/internal/pegasusconf"
)

// checkReport is the result of config_check.
type checkReport struct {
	all           []*checked
	differ, equal []pegasusconf.Key
	byHand        []string
	env           Env
}

func (r *checkReport) same() bool { return len(r.differ) == 0 }

// knownSame is nil where it is not known, because a configuration could not be read.
func (r *checkReport) knownSame() *bool {
	same := r.same()
	if same && slices.ContainsFunc(r.all, func(c *checked) bool { return c.err != nil }) {
		return nil
	}
	return &same
}

func (r *checkReport) usable() bool {
	return !slices.ContainsFunc(r.all, func(c *checked) bool { return !c.usable() })
}

func (r *checkReport) print(o command.OutputOptions) error {
	if o.JSON {
		return r.env.WriteResult(o.File, r.writeJSON)
	}
	return command.Print(r.env, r.text(), o)
}

// text is the result for people.
func (r *checkReport) text() *render.Report {
	var report render.Report
	configurations := report.Add(render.NewGrid("configurations", "configuration", "server", "state", "running"))
	for _, c := range r.all {
		configurations.Row(c.of.Name, orDash(c.server), c.state(), c.runningText())
	}
	if len(r.differ) > 0 {
		grid := render.NewGrid("differences", "configuration")
		for _, k := range r.differ {
			grid.Columns = append(grid.Columns, render.Column{Name: k.Section + "." + k.Key})
		}
		for _, c := range r.all {
			if c.err == nil {
				row := []any{c.of.Name}
				for _, k := range r.differ {
					row = append(row, orDash(shownValue(k.Key, pegasusconf.Effective(c.file, k))))
				}
				grid.Row(row...)
			}
		}
		report.Add(grid)
	}
	if len(r.equal) > 0 {
		list := report.Add(render.NewList("same_in_all"))
		first := r.all[slices.IndexFunc(r.all, func(c *checked) bool { return c.err == nil })]
		for _, k := range r.equal {
			list.Row(k.Section+"."+k.Key, orDash(shownValue(k.Key, pegasusconf.Effective(first.file, k))))
		}
	}
	r.addFindings(&report)
	report.Add(render.NewList("result")).Row("result", r.summary().In(r.env.Language()))
	return &report
}

// addFindings adds what is wrong, and what a restart changes, where there is any.
func (r *checkReport) addFindings(report *render.Report) {
	restart := render.NewGrid("changed_by_restart", "server", "key", "running", "file", "position")
	findings := render.NewGrid("findings", "position", "severity", "finding")
	for _, c := range r.all {
		for _, k := range c.restart {
			running := orDash(k.running)
			if !k.isRunning {
				running = "(not set)"
			}
			restart.Row(c.server, k.Section+"."+k.Key.Key, running, orDash(k.file), c.position(k.line))
		}
		for _, p := range c.problems {
			findings.Row(c.position(p.Line), severity(p), p.Text.In(r.env.Language()))
		}
	}
	for _, grid := range []*render.Table{restart, findings} {
		if len(grid.Rows) > 0 {
			report.Add(grid)
		}
	}
}

// state says in a word or two whether a server starts with the configuration.
func (c *checked) state() string {
	switch n := c.fatal(); {
	case c.err != nil:
		return "unreadable"
	case n == 1:
		return "1 error"
	case n > 1:
		return fmt.Sprintf("%d errors", n)
	}
	return "usable"
}

func (c *checked) runningText() string {
	if n := len(c.restart); n == 1 {
		return "1 key differs"
	} else if n > 1 {
		return fmt.Sprintf("%d keys differ", n)
	}
	return c.running()
}

func severity(p pegasusconf.Problem) string {
	if p.Fatal {
		return "error"
	}
	return "warning"
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// checkJSONNotes documents the JSON below.
const checkJSONNotes = "`-j` prints an object: `same` (null if it is not known, because one could not be read) and `usable`, booleans; `configurations`, each with `name`, `server` (null if it is not known), `file` " +
	"(null for one that a program reads), `readable` and `usable` (booleans), `doubt` (why it could not be read, or was not compared with a running server; empty for neither), " +
	"`running` (\"same\", \"different\" or \"unknown\") and `values` by SECTION.KEY; `differences`, each with `section`, `key` and `values` by the name of the configuration; " +
	"`findings`, each with `configuration`, `line` (null for none), `severity` (\"error\" or \"warning\"), `section`, `key` and `text`; " +
	"`changed_by_restart`, each with `configuration`, `server`, `line`, `section`, `key`, `running` (null if the server does not have the key) and `file`; " +
	"`not_described`, the meta servers that plugins.toml does not describe."

type checkJSON struct {
	Same           *bool               `json:"same"` // null if it is not known
	Usable         bool                `json:"usable"`
	Configurations []configurationJSON `json:"configurations"`
	Differences    []differenceJSON    `json:"differences"`
	Findings       []findingJSON       `json:"findings"`
	Restart        []restartJSON       `json:"changed_by_restart"`
	NotDescribed   []string            `json:"not_described"`
}

type configurationJSON struct {
	Name     string            `json:"name"`
	Server   *string           `json:"server"`
	File     *string           `json:"file"`
	Readable bool              `json:"readable"`
	Usable   bool              `json:"usable"`
	Doubt    string            `json:"doubt"`
	Running  string            `json:"running"`
	Values   map[string]string `json:"values"`
}

type differenceJSON struct {
	Section string            `json:"section"`
	Key     string            `json:"key"`
	Values  map[string]string `json:"values"`
}

type findingJSON struct {
	Configuration string `json:"configuration"`
	Line          *int   `json:"line"`
	Severity      string `json:"severity"`
	Section       string `json:"section"`
	Key           string `json:"key"`
	Text          string `json:"text"`
}

type restartJSON struct {
	Configuration string  `json:"configuration"`
	Server        string  `json:"server"`
	Line          *int    `json:"line"`
	Section       string  `json:"section"`
	Key           string  `json:"key"`
	Running       *string `json:"running"`
	File          string  `json:"file"`
}

func (r *checkReport) writeJSON(w io.Writer) error {
	j := checkJSON{
		Same: r.knownSame(), Usable: r.usable(), Configurations: []configurationJSON{}, Differences: []differenceJSON{},
		Findings: []findingJSON{}, Restart: []restartJSON{}, NotDescribed: append([]string{}, r.byHand...),
	}
	for _, c := range r.all {
		j.add(c)
	}
	for _, k := range r.differ {
		d := differenceJSON{k.Section, k.Key, map[string]string{}}
		for _, c := range r.all {
			if c.err == nil {
				d.Values[c.of.Name] = shownValue(k.Key, pegasusconf.Effective(c.file, k))
			}
		}
		j.Differences = append(j.Differences, d)
	}
	return render.WriteIndented(w, j, "    ")
}

// add adds one configuration.
func (j *checkJSON) add(c *checked) {
	doubt := c.doubt.String()
	if c.err != nil {
		doubt = c.err.Error()
	}
	conf := configurationJSON{
		Name: c.of.Name, Server: orNull(c.server), File: orNull(c.of.Path), Readable: c.err == nil, Usable: c.usable(),
		Doubt: doubt, Running: c.running(), Values: map[string]string{},
	}
	if c.err == nil {
		for _, k := range pegasusconf.Shared {
			conf.Values[k.Section+"."+k.Key] = shownValue(k.Key, pegasusconf.Effective(c.file, k))
		}
	}
	j.Configurations = append(j.Configurations, conf)
	for _, p := range c.problems {
		j.Findings = append(j.Findings, findingJSON{c.of.Name, orNull(p.Line), severity(p), p.Key.Section, p.Key.Key, p.Text.String()})
	}
	for _, k := range c.restart {
		running := &k.running
		if !k.isRunning {
			running = nil
		}
		j.Restart = append(j.Restart, restartJSON{c.of.Name, c.server, orNull(k.line), k.Section, k.Key.Key, running, k.file})
	}
}

// orNull is nil for what is not there.
func orNull[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}
