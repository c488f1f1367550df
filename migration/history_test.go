package migration

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/journal"
)

func TestHistoryIsOfTheLastMigrationOfThisCluster(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 1, 2, 3, minute, 0, 0, time.UTC) }
	record := func(minute int, command string, outcome journal.Outcome, facts map[string]any) journal.Record {
		return journal.Record{Entry: journal.Entry{Kind: journal.After, Command: command, Outcome: outcome, Metas: []string{"a:1", "b:1"}, Time: at(minute), Facts: facts}, Ended: at(minute)}
	}
	saved := func(list, file string) journal.Record {
		return journal.Record{Entry: journal.Entry{Kind: journal.Saved, Metas: []string{"b:1"}, Facts: map[string]any{"list": list, "file": file}}}
	}
	other := record(9, "zk_copy", journal.OK, map[string]any{"source": "x", "target": "y"})
	other.Metas = []string{"c:1"}
	copied := map[string]any{"source": "old:2181/p", "target": "new:2181/p", "verified": true, "final": true}
	doubtful := map[string]any{"source": "old:2181/p", "target": "new:2181/p", "verified": true, "final": false}
	started := record(6, "zk_copy", journal.Unfinished, map[string]any{"source": "old:2181/p", "target": "third:2181/p"})
	moved := func(minute int, from, to string) journal.Record {
		return record(minute, "config_set", journal.OK, map[string]any{"key": "[zookeeper] hosts_list", "old": from, "new": to})
	}
	flag := func(minute int, value string) journal.Record {
		return record(minute, "config_set", journal.OK, map[string]any{"key": "[meta_server] recover_from_replica_server", "new": value})
	}
	for name, c := range map[string]struct {
		records []journal.Record
		want    History
	}{
		"nothing":         {nil, History{}},
		"another cluster": {[]journal.Record{other}, History{}},
		"a copy": {[]journal.Record{
			saved("tables", "/t"), saved("tables", "/t2"), saved("servers", "/s"),
			record(1, "set_meta_level", journal.OK, map[string]any{"level": "blind"}),
			record(2, "zk_copy", journal.OK, copied), other,
		}, History{Target: "new:2181/p", From: "old:2181/p", By: ByCopy, Blind: at(1), Copied: at(2), TablesFile: "/t2", ServersFile: "/s"}},
		"a copy that may not be final": {[]journal.Record{record(2, "zk_copy", journal.Failed, doubtful)},
			History{Target: "new:2181/p", From: "old:2181/p", By: ByCopy}},
		"a copy that was cut off": {[]journal.Record{record(2, "zk_copy", journal.OK, copied), started},
			History{Target: "third:2181/p", From: "old:2181/p", By: ByCopy, Copied: at(2)}},
		"refusals and failures": {[]journal.Record{
			record(1, "set_meta_level", journal.Failed, map[string]any{"level": "blind"}),
			record(2, "zk_copy", journal.Refused, copied), record(3, "zk_copy", journal.Failed, nil),
		}, History{}},
		"the level was lifted later": {[]journal.Record{
			record(1, "set_meta_level", journal.OK, map[string]any{"level": "blind"}),
			record(2, "set_meta_level", journal.OK, map[string]any{"level": "steady"}),
		}, History{Blind: at(1)}},
		"a recovery after a copy": {[]journal.Record{
			record(2, "zk_copy", journal.OK, copied),
			record(3, "config_set", journal.OK, map[string]any{"key": "[meta_server] recover_from_replica_server", "old": "false", "new": "true"}),
			record(4, "config_set", journal.OK, map[string]any{"key": "[zookeeper] hosts_list", "old": "old:2181", "new": "third:2181"}),
			record(5, "recover", journal.OK, map[string]any{"result": "ERR_OK"}),
			record(6, "config_set", journal.OK, map[string]any{"key": "[zookeeper] hosts_list", "old": "third:2181", "new": "third:2181"}),
		}, History{Target: "third:2181", From: "old:2181", By: ByRecovery, Copied: at(2), HostsBefore: "old:2181", HostsAfter: "third:2181"}},
		"a recovery whose flag is set last": {[]journal.Record{
			record(2, "zk_copy", journal.OK, copied), moved(3, "old:2181", "third:2181"), flag(4, "true"), flag(5, "true"),
		}, History{Target: "third:2181", From: "old:2181", By: ByRecovery, Copied: at(2), HostsBefore: "old:2181", HostsAfter: "third:2181"}},
		"a recovery some time after ZooKeeper was changed": {[]journal.Record{
			moved(1, "older:2181", "old:2181"), record(2, "meta_service", journal.OK, nil), flag(3, "true"),
		}, History{By: ByRecovery, HostsBefore: "older:2181", HostsAfter: "old:2181"}},
		"back from a recovery": {[]journal.Record{
			flag(1, "true"), moved(2, "old:2181", "new:2181"), record(3, "recover", journal.OK, nil), flag(4, "false"), moved(5, "new:2181", "old:2181"),
		}, History{Target: "new:2181", From: "old:2181", By: ByRecovery, HostsBefore: "old:2181", HostsAfter: "new:2181"}},
		"a recovery in the other direction, after one": {[]journal.Record{
			flag(1, "true"), moved(2, "old:2181", "new:2181"), flag(3, "false"), record(4, "meta_service", journal.OK, nil), flag(5, "true"), moved(6, "new:2181", "old:2181"),
		}, History{Target: "old:2181", From: "new:2181", By: ByRecovery, HostsBefore: "old:2181", HostsAfter: "new:2181"}},
	} {
		if diff := cmp.Diff(c.want, HistoryOf(c.records, []string{"b:1", "a:1"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
