package cluster_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/journal"
	"pegashell/internal/tableformat"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

func TestEveryTableFollowsTheFormat(t *testing.T) {
	answers := duplicating(t)
	answers[wire.RPCListApps] = shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{Status: wire.AppAvailable, Name: "temp", ID: 2, PartitionCount: 2}}})
	answers[wire.RPCQueryBackupPolicy] = shelltest.Always(&wire.QueryBackupPolicyResponse{Err: wire.OK,
		Policies: []wire.BackupPolicy{{Name: "daily", Provider: "=x", Apps: []int32{2, 1}, Interval: "86400", Start: "03:00", History: 3}},
		Backups:  [][]wire.Backup{{{ID: 5, StartMS: 1_795_651_087_000, Apps: []int32{1}}}},
	})
	s := shelltest.Start(t, answers.Behave)
	plain := map[string]string{}
	lines := []string{"ls", "nodes", "query_dup temp", "query_dup temp --progress", "ls_backup_policy", "query_backup_policy -p daily"}
	for _, line := range lines {
		plain[line], _, _ = s.Run(line)
	}
	s.Env.Session.Format = tableformat.CSV
	for line, want := range map[string]string{
		"nodes": "[details]\naddress,status\n127.0.0.1:34801,ALIVE\n127.0.0.1:34802,ALIVE\n\n" +
			"[summary]\nkey,value\ntotal_node_count,2\nalive_node_count,2\nunalive_node_count,0\n",
		"query_dup temp": "dup_id,status,remote cluster,create time\n11,DS_LOG,c2,2026-11-25 23:58:07\n12,DS_PAUSE,c3,2026-11-25 23:58:08\n",
		"query_dup temp --progress": "[duplications]\ndup_id,status,remote_cluster,create_time\n11,DS_LOG,c2,2026-11-25 23:58:07\n12,DS_PAUSE,c3,2026-11-25 23:58:08\n\n" +
			"[progress]\ndup_id,partition,confirmed_decree\n11,0,41\n11,1,0\n12,0,-\n12,1,-\n",
		"ls_backup_policy": "name,backup_provider_type,backup_interval,app_ids,start_time,status,backup_history_count\n" +
			"daily,'=x,86400s,\"{1, 2}\",03:00,enabled,3\n",
		"query_backup_policy -p daily": "[policies]\nname,backup_provider_type,backup_interval,app_ids,start_time,status,backup_history_count\n" +
			"daily,'=x,86400s,\"{1, 2}\",03:00,enabled,3\n\n" +
			"[backups]\npolicy,id,start_time,end_time,app_ids\ndaily,5,2026-11-25 23:58:07,-,{1}\n",
	} {
		out, diagnostics, err := s.Run(line)
		if diff := cmp.Diff(want, out); diff != "" || err != nil {
			t.Errorf("%s: %v, %q (-want +got):\n%s", line, err, diagnostics, diff)
		}
	}
	s.Env.Session.Format = tableformat.Plain
	for _, line := range lines {
		if out, _, _ := s.Run(line); out != plain[line] || strings.Contains(out, ",status,") {
			t.Errorf("%s: plain is not what it was:\n%s", line, out)
		}
	}
}

func TestFilesFollowTheFormatAndJSONStays(t *testing.T) {
	s := shelltest.Start(t, shelltest.Answers{
		wire.RPCListApps: shelltest.Always(&wire.ListAppsResponse{Err: wire.OK, Infos: []wire.AppInfo{{Status: wire.AppAvailable, Name: "temp", ID: 2, PartitionCount: 2}}}),
	}.Behave)
	t.Chdir(t.TempDir())
	s.Env.Journal = journal.Open(filepath.Join(t.TempDir(), "journal"))
	json, _, _ := s.Run("ls -j")
	for format, want := range map[tableformat.Format]struct{ begins, told string }{
		tableformat.Plain:    {"[general_info]\napp_id  status", ""},
		tableformat.CSV:      {"[general_info]\napp_id,status,", ""},
		tableformat.Lines:    {"[general_info]\n┌─", "recover --expect cannot read lines: repeat the line with -j, or after format plain\n"},
		tableformat.Markdown: {"**general_info**\n\n| app_id", "recover --expect cannot read markdown: repeat the line with -j, or after format plain\n"},
		tableformat.HTML:     {"<table>\n<caption>general_info", "recover --expect cannot read html: repeat the line with -j, or after format plain\n"},
	} {
		s.Env.Session.Format = format
		file := format.String()
		out, diagnostics, err := s.Run("ls -o " + file)
		content, _ := os.ReadFile(file)
		if err != nil || out != "" || diagnostics != want.told || !strings.HasPrefix(string(content), want.begins) {
			t.Errorf("%s: %v, printed %q and %q, wrote:\n%s", format, err, out, diagnostics, content)
		}
		if out, _, _ := s.Run("ls -j"); out != json {
			t.Errorf("%s: JSON is\n%s, not\n%s", format, out, json)
		}
		if _, diagnostics, err := s.Run("ls -j -o list.json"); err != nil || diagnostics != "" {
			t.Errorf("%s: a list in JSON: %v, %q", format, err, diagnostics)
		}
	}
	kept, err := journal.ReadFile(s.Env.Journal.Path())
	if err != nil {
		t.Fatal(err)
	}
	var saved []string
	for _, r := range kept.Records {
		saved = append(saved, r.Line)
	}
	for _, format := range tableformat.All {
		readable := format == tableformat.Plain || format == tableformat.CSV
		if got := strings.Contains(strings.Join(saved, "\n")+"\n", "ls -o "+format.String()+"\n"); got != readable {
			t.Errorf("the journal has the list in %s = %v, want %v: %q", format, got, readable, saved)
		}
	}
}

func TestCSVOfOneTableIsReadWithoutMore(t *testing.T) {
	s := shelltest.Start(t, shelltest.DescribedCluster.Behave)
	s.Env.Session.Format = tableformat.CSV
	out, _, _ := s.Run("cluster_info")
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) < 2 || !cmp.Equal(rows[0], []string{"key", "value"}) {
		t.Errorf("%v: %q", err, out)
	}
}
