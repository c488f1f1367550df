package cluster

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pegashell/commands/render"
	"pegashell/internal/outcome"
	"pegashell/internal/tableformat"
	"pegashell/metaadmin"
)

// policyColumns are what the original shows of a backup policy, backupColumns of a backup.
var (
	policyColumns = []string{"name", "backup_provider_type", "backup_interval", "app_ids", "start_time", "status", "backup_history_count"}
	backupColumns = []string{"id", "start_time", "end_time", "app_ids"}
)

func policyCells(p metaadmin.BackupPolicy) []any {
	status := "enabled"
	if p.Disabled {
		status = "disabled"
	}
	return []any{p.Name, p.Provider, p.Interval + "s", idSet(p.Apps), p.Start, status, p.History}
}

func backupCells(b metaadmin.Backup, zone *time.Location) []any {
	end := "-"
	if b.EndMS != 0 {
		end = backupTime(b.EndMS, zone)
	}
	return []any{b.ID, backupTime(b.StartMS, zone), end, idSet(b.Apps)}
}

// writePolicy writes a backup policy as the original does, without a blank line after it.
func writePolicy(w io.Writer, p metaadmin.BackupPolicy) error {
	return writeIndented(w, policyColumns, policyCells(p))
}

// writeBackup writes one backup of a policy as the original does.
func writeBackup(w io.Writer, b metaadmin.Backup, zone *time.Location) error {
	return writeIndented(w, backupColumns, backupCells(b, zone))
}

func writeIndented(w io.Writer, keys []string, values []any) error {
	r := render.Report{Single: true}
	list := r.Add(render.NewList(""))
	for i, key := range keys {
		list.Row("    "+key, values[i])
	}
	return r.WriteText(w, tableformat.Plain)
}

// policiesReport has the policies and, if backups is not nil, their backups as two grids: what formats
// show that are not the original's.
func policiesReport(policies []metaadmin.BackupPolicy, backups [][]metaadmin.Backup, zone *time.Location) *render.Report {
	r := &render.Report{}
	grid := r.Add(render.NewGrid("policies", policyColumns...))
	for _, p := range policies {
		grid.Row(policyCells(p)...)
	}
	if backups == nil {
		return r
	}
	grid = r.Add(render.NewGrid("backups", append([]string{"policy"}, backupColumns...)...))
	for i, p := range policies {
		for _, b := range backupsOf(backups, i) {
			grid.Row(append([]any{p.Name}, backupCells(b, zone)...)...)
		}
	}
	return r
}

func backupTime(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format(time.DateTime)
}

// idSet writes ids in their order, as {2, 8}.
func idSet(ids []int32) string {
	texts := make([]string, 0, len(ids))
	for _, id := range sortedIDs(ids) {
		texts = append(texts, strconv.Itoa(int(id)))
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// timeOfDay is what the original accepts for a time of day (sscanf with %d:%d), without what it ignores after
// it.
var timeOfDay = regexp.MustCompile(`^\s*([+-]?\d+):\s*([+-]?\d+)$`)

// checkStartTime checks the time of day at which backups begin; 24:00 is any time.
func checkStartTime(s string) error {
	wrong := outcome.OriginalUse("invalid start time: %s, should like this hour:minute", s)
	match := timeOfDay.FindStringSubmatch(s)
	if match == nil {
		return wrong
	}
	hour, err := strconv.Atoi(match[1])
	minute, err2 := strconv.Atoi(match[2])
	if err != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute >= 60 || hour == 24 && minute > 0 {
		return wrong
	}
	return nil
}

// startOfNumber is what C's atoi reads of a text.
var startOfNumber = regexp.MustCompile(`^[\s\v]*([+-]?\d+)`)

// cNumber reads a number as C's atoi does, which takes 0 from a text that has none and cuts the number to 32 bits.
// What atoi would misread as a number above 0, such as 10h or 4294967297, is 0: it is a typing error. shown is the
// number as the original's errors show it, or what would be misread.
func cNumber(s string) (n int32, shown string) {
	match := startOfNumber.FindStringSubmatch(s)
	if match == nil {
		return 0, "0"
	}
	wide, _ := strconv.ParseInt(match[1], 10, 64) // out of its range it is the largest or the smallest, as strtol's
	n = int32(wide)
	if n > 0 && (int64(n) != wide || match[0] != s) {
		return 0, s
	}
	return n, strconv.Itoa(int(n))
}

// castValue is a whole number that the original reads with lexical_cast, which ends it for other texts. An error of
// check has the original's words.
type castValue[N int32 | int64] struct {
	p     *N
	check func(n N) error
}

func (v *castValue[N]) Set(s string) error {
	n, err := castNumber[N](s)
	if err != nil {
		return err
	}
	if v.check != nil {
		if err := v.check(n); err != nil {
			return err
		}
	}
	*v.p = n
	return nil
}

func (v *castValue[N]) String() string { return fmt.Sprint(*v.p) }

func (v *castValue[N]) Type() string { return fmt.Sprintf("%T", *v.p) }

func castNumber[N int32 | int64](s string) (N, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && int64(N(n)) != n {
		err = strconv.ErrRange
	}
	return N(n), err
}

// idsValue is a list of ids of tables; a flag that is used again adds to it.
type idsValue struct {
	p *[]int32
	// read reads one id. Its errors have the original's words, where the original has any.
	read func(s string) (int32, error)
}

func (v *idsValue) Set(s string) error {
	for _, part := range splitList(s) {
		id, err := v.read(part)
		if err != nil {
			return err
		}
		*v.p = append(*v.p, id)
	}
	return nil
}

func (v *idsValue) String() string { return "" }

func (v *idsValue) Type() string { return "numbers" }

// numberText is a number that is read with atoi once everything else is known to be right.
type numberText string

func (v *numberText) Set(s string) error {
	*v = numberText(s)
	return nil
}

func (v *numberText) String() string { return string(*v) }

func (v *numberText) Type() string { return "int32" }
