package cluster

import (
	"slices"
	"strconv"
	"time"

	"pegashell/commands/command"
	"pegashell/metaadmin"
)

// policyJSON is a backup policy in our own JSON.
type policyJSON struct {
	Name     string  `json:"name"`
	Provider string  `json:"provider"`
	Interval *int64  `json:"interval_seconds"`
	Apps     []int32 `json:"app_ids"`
	Start    string  `json:"start_time"`
	Enabled  bool    `json:"enabled"`
	History  int32   `json:"history"`
}

// policyFields describes policyJSON.
func policyFields() []command.Field {
	return []command.Field{
		{Path: "policies[].name", Type: command.Text, Meaning: "the name of the policy"},
		{Path: "policies[].provider", Type: command.Text, Meaning: "the block service that keeps the backups"},
		{Path: "policies[].interval_seconds", Type: command.MaybeSum, Meaning: "seconds from one backup to the next; null for a server's text that is no number"},
		{Path: "policies[].app_ids", Type: command.Counts, Meaning: "the ids of the tables"},
		{Path: "policies[].start_time", Type: command.Text, Meaning: "the time of day at which a backup may begin: HH:MM, 24:00 for any"},
		{Path: "policies[].enabled", Type: command.Truth, Meaning: "whether it begins backups"},
		{Path: "policies[].history", Type: command.Count, Meaning: "how many backups are kept"},
	}
}

func newPolicyJSON(p metaadmin.BackupPolicy) policyJSON {
	out := policyJSON{Name: p.Name, Provider: p.Provider, Apps: sortedIDs(p.Apps), Start: p.Start, Enabled: !p.Disabled, History: p.History}
	if seconds, err := strconv.ParseInt(p.Interval, 10, 64); err == nil {
		out.Interval = &seconds
	}
	return out
}

// backupJSON is one backup of a policy in our own JSON.
type backupJSON struct {
	ID    int64      `json:"id"`
	Start time.Time  `json:"start"`
	End   *time.Time `json:"end"`
	Apps  []int32    `json:"app_ids"`
}

// backupFields describes backupJSON.
func backupFields() []command.Field {
	return []command.Field{
		{Path: "policies[].backups[].id", Type: command.Count, Meaning: "the id of the backup"},
		{Path: "policies[].backups[].start", Type: command.Instant, Meaning: "when it began"},
		{Path: "policies[].backups[].end", Type: command.Instant + command.OrNull, Meaning: "when it ended; null while it is under way"},
		{Path: "policies[].backups[].app_ids", Type: command.Counts, Meaning: "the ids of the tables"},
	}
}

func newBackupJSON(b metaadmin.Backup) backupJSON {
	second := func(ms int64) time.Time { return time.UnixMilli(ms).UTC().Truncate(time.Second) }
	out := backupJSON{ID: b.ID, Start: second(b.StartMS), Apps: sortedIDs(b.Apps)}
	if b.EndMS != 0 {
		end := second(b.EndMS)
		out.End = &end
	}
	return out
}

// sortedIDs are ids in their order; JSON has an empty list for none.
func sortedIDs(ids []int32) []int32 {
	return append([]int32{}, slices.Compact(slices.Sorted(slices.Values(ids)))...)
}

// restoreJSON is the state of a table that is being restored, in our own JSON.
type restoreJSON struct {
	Percent    int                    `json:"percent"`
	Partitions []restoreJSONPartition `json:"partitions"`
}

type restoreJSONPartition struct {
	Index   int    `json:"index"`
	Percent int    `json:"percent"`
	Status  string `json:"status"`
}

// restoreFields describes restoreJSON.
func restoreFields() []command.Field {
	return []command.Field{
		{Path: "percent", Type: command.Count, Meaning: "how much of the table is restored"},
		{Path: "partitions[].index", Type: command.Count, Meaning: "the partition"},
		{Path: "partitions[].percent", Type: command.Count, Meaning: "how much of the partition is restored"},
		{Path: "partitions[].status", Type: command.Text, Meaning: "`ok`, `ongoing`, `skip` (left empty, because its backup is damaged) or `unknown`"},
	}
}

func newRestoreJSON(partitions []metaadmin.RestoreStatus) restoreJSON {
	out := restoreJSON{Percent: restoredPercent(partitions), Partitions: []restoreJSONPartition{}}
	for i, p := range partitions {
		out.Partitions = append(out.Partitions, restoreJSONPartition{i, int(p.Progress) / 10, restoreStatusName(p)})
	}
	return out
}
