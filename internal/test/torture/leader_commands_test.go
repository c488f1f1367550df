package torture

import (
	"fmt"
	"slices"
	"strings"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// leaderCommand is a line that is run while the leader is lost.
type leaderCommand struct {
	line string
	// state is what the line may change, read past all that disturbs.
	state func(*box) string
	// undo restores the state.
	undo func(*box)
	// varies is set where answers differ from leader to leader by more than numbers, and fades where a
	// leader forgets what was changed, or changes it again by itself.
	varies, fades bool
}

func nothing(*box) {}

func unchanged(*box) string { return "" }

func reads(line string) leaderCommand {
	return leaderCommand{line: line, state: unchanged, undo: nothing}
}

var leaderCommands = append([]leaderCommand{
	reads("cluster_info"), reads("cluster_info -j"), reads("ls"), reads("ls -d"), reads("ls -a -j"), reads("ls -o FILE"),
	reads("app kept"), reads("app kept -d"), reads("nodes"), reads("nodes -d"), reads("nodes -d -o FILE"),
	reads("get_meta_level"), reads("get_app_envs"), reads("get_replica_count kept"), reads("recover_list -o FILE"),
	reads("app_disk kept"),
	{line: "nodes -d -u -q", state: unchanged, undo: nothing, varies: true},
	{line: "server_info", state: unchanged, undo: nothing, varies: true}, // it asks all servers
	{line: "server_stat", state: unchanged, undo: nothing, varies: true},
	{line: "app_stat", state: unchanged, undo: nothing, varies: true},
	{line: "ddd_diagnose -g 1", state: unchanged, undo: nothing, varies: true},
	{line: "remote_command -t meta-server help", state: unchanged, undo: nothing, varies: true},
	{line: "flush_log", state: unchanged, undo: nothing, varies: true},
	// The guards before a change look at all servers.
	{line: "set_meta_level lively", state: level, undo: setLevel, fades: true},
	{line: "create new -p 4", state: tables, undo: drop("new"), varies: true},
	{line: "drop other", state: tables, undo: recallOther},
	{line: "rename other new", state: tables, undo: func(b *box) {
		if strings.Contains(tables(b), "new ") {
			b.must(b.judge.RenameApp(b.Context(), "new", "other"))
		}
		recallOther(b)
	}},
	{line: "set_app_envs default_ttl 200", state: environment, undo: setEnvironment},
	{line: "del_app_envs default_ttl", state: environment, undo: setEnvironment},
	{line: "clear_app_envs -a", state: environment, undo: setEnvironment},
	{line: "set_replica_count kept 2", state: replicas, undo: func(b *box) {
		_, _, err := b.judge.SetReplicaCount(b.Context(), "kept", 3)
		b.must(err)
	}, varies: true},
}, recalls, proposes)

// recalls brings a table back that was dropped before.
var recalls = leaderCommand{line: "recall 2", state: tables, varies: true, undo: func(b *box) {
	recallOther(b)
	b.must(b.judge.DropApp(b.Context(), "other", 0))
}}

// proposes moves a primary; the leader decides what becomes of it.
var proposes = leaderCommand{line: "balance -g 1.0 -p move_pri -f FROM -t TO", state: unchanged, undo: nothing, fades: true, varies: true}

func (b *box) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// filled names the file, and the servers of a table's first partition, in a line.
func (b *box) filled(line string) string {
	b.Helper()
	line = strings.ReplaceAll(line, "FILE", b.file())
	if !strings.Contains(line, "FROM") {
		return line
	}
	answer, err := b.judge.QueryPartitions(b.Context(), "kept")
	b.must(err)
	first := answer.Configs[0]
	if len(first.SecondaryServers()) == 0 {
		b.Fatal("the first partition has no secondary")
	}
	return strings.NewReplacer("FROM", first.PrimaryServer(), "TO", first.SecondaryServers()[0]).Replace(line)
}

// tables are the tables that are there, with their ids.
func tables(b *box) string {
	b.Helper()
	apps, err := b.judge.ListApps(b.Context(), wire.AppAvailable)
	b.must(err)
	var all []string
	for _, app := range apps {
		if app.Name == "kept" || app.Name == "other" {
			all = append(all, fmt.Sprintf("%s %d ", app.Name, app.ID))
			continue
		}
		all = append(all, app.Name+" ") // its id grows with each attempt
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func drop(table string) func(*box) {
	return func(b *box) {
		b.Helper()
		if err := b.judge.DropApp(b.Context(), table, 0); err != nil && metaadmin.Code(err) != wire.ErrAppNotExist {
			b.Fatal(err)
		}
	}
}

func recallOther(b *box) {
	b.Helper()
	if !strings.Contains(tables(b), "other 2") {
		_, err := b.judge.RecallApp(b.Context(), 2, "")
		b.must(err)
	}
}

func level(b *box) string {
	b.Helper()
	level, err := b.judge.MetaLevel(b.Context())
	b.must(err)
	return level.String()
}

func setLevel(b *box) {
	b.Helper()
	_, err := b.judge.SetMetaLevel(b.Context(), wire.LevelSteady)
	b.must(err)
}

func environment(b *box) string {
	b.Helper()
	apps, err := b.judge.ListApps(b.Context(), wire.AppAvailable)
	b.must(err)
	for _, app := range apps {
		if app.Name == "kept" {
			return fmt.Sprint(app.Envs)
		}
	}
	return "no table"
}

func setEnvironment(b *box) {
	b.Helper()
	_, err := b.judge.UpdateAppEnvs(b.Context(), &wire.UpdateAppEnvRequest{AppName: "kept", Op: wire.EnvSet, Keys: []string{"default_ttl"}, Values: []string{"100"}})
	b.must(err)
}

func replicas(b *box) string {
	b.Helper()
	count, err := b.judge.ReplicaCount(b.Context(), "kept")
	b.must(err)
	return fmt.Sprint(count)
}
