package cluster

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/tableformat"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// listedApp is a table as a saved list of tables has it.
type listedApp struct {
	id, name, status, partitions string
}

// isReadableList reports whether readAppsList can read what ls -o writes in this form.
func isReadableList(json bool, format tableformat.Format) bool {
	return json || format.IsPlain() || format == tableformat.CSV
}

// readAppsList reads what ls -o wrote, as text, as CSV or as JSON, with or without -a and -d.
func readAppsList(file string) ([]listedApp, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, message.Errorf("read the list of tables: %w", err)
	}
	rows, err := generalRows(content)
	if err != nil {
		return nil, message.Errorf("%s is not a list written by ls -o: %w", file, err)
	}
	apps := make([]listedApp, 0, len(rows))
	for _, row := range rows {
		app := listedApp{id: row["app_id"], name: row["app_name"], status: row["status"], partitions: row["partition_count"]}
		if _, ok := command.ParseNumber(app.id); !ok || app.name == "" || app.status == "" {
			return nil, message.Errorf("%s is not a list written by ls -o: a table has no id, no name or no status", file)
		}
		apps = append(apps, app)
	}
	return apps, nil
}

// generalRows returns the rows of the section general_info by their column names.
func generalRows(content []byte) ([]map[string]string, error) {
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
		var list struct {
			General map[string]map[string]string `json:"general_info"`
		}
		if err := json.Unmarshal(content, &list); err != nil {
			return nil, err
		}
		if list.General == nil {
			return nil, message.Errorf("general_info is missing")
		}
		rows := make([]map[string]string, 0, len(list.General))
		for _, row := range list.General {
			rows = append(rows, row)
		}
		return rows, nil
	}
	_, text, ok := strings.Cut(string(content), "[general_info]\n")
	if !ok {
		return nil, message.Errorf("[general_info] is missing")
	}
	text, _, ok = strings.Cut(text, "\n\n") // an empty line follows each section
	if !ok {
		return nil, message.Errorf("the section [general_info] is not complete: the file is truncated")
	}
	lines, err := cellsOf(text)
	if err != nil {
		return nil, err
	}
	columns := lines[0]
	rows := make([]map[string]string, 0, len(lines)-1)
	for _, cells := range lines[1:] {
		if len(cells) != len(columns) {
			return nil, fmt.Errorf("%d columns, but %d cells in the line %q", len(columns), len(cells), strings.Join(cells, " "))
		}
		row := map[string]string{}
		for i, c := range cells {
			row[columns[i]] = c
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// cellsOf returns the cells of a section's lines, at least one, which are CSV or have blanks between.
func cellsOf(text string) ([][]string, error) {
	first, _, _ := strings.Cut(text, "\n")
	if strings.Contains(first, ",") {
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		return r.ReadAll()
	}
	var lines [][]string
	for line := range strings.SplitSeq(text, "\n") {
		lines = append(lines, strings.Fields(line))
	}
	return lines, nil
}

// compareWithExpected warns, on standard error, of tables that are not what the saved list says.
// Tables that came back are normal after a recovery and only reported; a table that is missing or
// differs is an error.
func compareWithExpected(ctx context.Context, env Env, admin *metaadmin.Client, expected []listedApp) error {
	apps, err := admin.ListApps(ctx, wire.AppInvalid)
	if err != nil {
		return message.Errorf("compare the tables with the expected ones: %w", err)
	}
	now := map[string]*metaadmin.AppInfo{}
	for i := range apps {
		if apps[i].Status == wire.AppAvailable {
			now[fmt.Sprint(apps[i].ID)] = &apps[i]
		}
	}
	wrong := 0
	wanted := map[string]bool{}
	for _, e := range expected {
		if e.status != wire.AppAvailable.String() {
			continue
		}
		wanted[e.id] = true
		app := now[e.id]
		switch {
		case app == nil:
			env.Warn("table %s (id %s) is missing", e.name, e.id)
		case app.Name != e.name:
			env.Warn("table %s (id %s) is now named %s", e.name, e.id, app.Name)
		case e.partitions != "" && e.partitions != fmt.Sprint(app.PartitionCount):
			env.Warn("table %s (id %s) has %d partitions, not %s", e.name, e.id, app.PartitionCount, e.partitions)
		default:
			continue
		}
		wrong++
	}
	back := 0
	for i := range apps {
		if id := fmt.Sprint(apps[i].ID); now[id] == &apps[i] && !wanted[id] {
			back++
			env.Warn("table %s (id %s) came back: it was not available before; drop it again if you do not need it", apps[i].Name, id)
		}
	}
	env.Evidence("expected_tables", len(wanted))
	env.Evidence("tables_not_as_expected", wrong)
	env.Evidence("tables_came_back", back)
	if wrong > 0 {
		return outcome.Told(fmt.Errorf("%d of %d tables are not as expected", wrong, len(wanted)))
	}
	env.Note("All %d expected tables are there, %d came back.", len(wanted), back)
	return nil
}
