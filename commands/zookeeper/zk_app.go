package zookeeper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/layout"
)

// errTableDiffers is the failure of a comparison that found differences.
var errTableDiffers = errors.New("the znodes and the leader differ")

type zkAppOptions struct {
	compare bool
	json    bool
	connect ensemble.Flags
}

func zkAppCommand() *command.Command {
	return &command.Command{
		Name:    "zk_app",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "show a table as its znodes describe it",
		Usage:   "<APP> [HOSTS/PATH|PATH] [--compare] " + ensemble.Usage + " [-j|--json]",
		Notes: "APP is a name or an id; dropped tables are shown too. PATH is the tree of a cluster. `--compare` asks the leader of the connected cluster for the table, and shows " +
			"what it says otherwise: the status, the counts, the environment variables, and of each partition the ballot, the primary and the secondaries. " +
			"A partition of a dropped table is not compared, for the leader does not describe it. " + nodeNotes,
		Fields: slices.Concat([]command.Field{
			{Path: "zk_app.znode", Type: command.Text, Meaning: "HOSTS/PATH of the table"},
			{Path: "zk_app.name", Type: command.Text, Meaning: "the table's name"},
			{Path: "zk_app.id", Type: command.Count, Meaning: "its id"},
			{Path: "zk_app.status", Type: command.Text, Meaning: "as `ls` shows it: `AVAILABLE`, `DROPPED`, ..."},
			{Path: "zk_app.partition_count", Type: command.Count, Meaning: "how many partitions it has"},
			{Path: "zk_app.max_replica_count", Type: command.Count, Meaning: "how many replicas a partition is to have"},
			{Path: "zk_app.created", Type: command.Instant + command.OrNull, Meaning: "when it was created; null for unknown"},
			{Path: "zk_app.dropped", Type: command.Instant + command.OrNull, Meaning: "when it was dropped; null for a table that is not dropped"},
			{Path: "zk_app.expires", Type: command.Instant + command.OrNull, Meaning: "until when a dropped table can be recalled; null for one that is not dropped, or for no limit"},
			{Path: "zk_app.duplicating", Type: command.Truth, Meaning: "whether it has duplications"},
			{Path: "zk_app.bulk_loading", Type: command.Truth, Meaning: "whether it has a bulk load"},
			{Path: "zk_app.envs", Type: command.Texts, Meaning: "its environment variables, each as KEY=VALUE"},
			{Path: "zk_app.differences", Type: command.MaybeSum, Meaning: "with `--compare`: how many there are; else null"},
			{Path: "partitions[].pidx", Type: command.Count, Meaning: "a partition's index"},
			{Path: "partitions[].ballot", Type: command.MaybeSum, Meaning: "its ballot; null where its znode cannot be read, as the rest"},
			{Path: "partitions[].primary", Type: command.MaybeText, Meaning: "the primary; null for none"},
			{Path: "partitions[].secondaries", Type: command.Texts, Meaning: "the secondaries"},
			{Path: "partitions[].last_drops", Type: command.Texts, Meaning: "the servers that dropped out, the latest last"},
			{Path: "partitions[].last_committed_decree", Type: command.MaybeSum, Meaning: "the decree that the znode has"},
			{Path: "partitions[].unreadable", Type: command.MaybeText, Meaning: "why its znode cannot be read; null where it was read"},
		}, []command.Field{
			{Path: "differences[].what", Type: command.Text, Meaning: "with `--compare`: what differs, as `status` or `partition 3 primary`"},
			{Path: "differences[].znode", Type: command.Text, Meaning: "what the znode says"},
			{Path: "differences[].leader", Type: command.Text, Meaning: "what the leader says"},
		}),
		Examples: []string{"zk_app temp", "zk_app 2 10.0.0.1:2181/pegasus/c1 --compare"},
		Exits: []command.Exit{{Code: 0, When: "the table was shown, and nothing differs"}, {Code: exitDifferent, When: "the znodes and the leader differ"},
			{Code: exitTrouble, When: "the table could not be shown or compared, or the command was used wrongly"}},
		FailCode: exitTrouble,
		Args:     []complete.Kind{complete.Table, complete.OwnTree},
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkAppOptions
			flags.BoolVar(&o.compare, "compare", false, "compare with what the leader says")
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error { return zkAppRun(ctx, env, &o, args) }
		},
	}
}

func zkAppRun(ctx context.Context, env Env, o *zkAppOptions, args []string) error {
	if len(args) == 0 || len(args) > 2 {
		return outcome.WrongArguments("zk_app", message.New("an APP, and at most one HOSTS/PATH or PATH"), len(args))
	}
	at, err := openNode(ctx, env, &o.connect, "zk_app", args[1:])
	if err != nil {
		return err
	}
	defer at.Client.Close()
	table, err := zkcopy.ReadTable(ctx, at, args[0])
	if err != nil {
		return err
	}
	var differences []tableDifference
	if o.compare {
		if differences, err = compareTable(ctx, env, table); err != nil {
			return err
		}
	}
	if err := command.Print(env, zkAppReport(env, at, table, o, differences), command.OutputOptions{JSON: o.json}); err != nil {
		return err
	}
	if len(differences) > 0 {
		return outcome.WithCode(exitDifferent, outcome.Told(errTableDiffers), true)
	}
	return nil
}

// zkAppReport shows a table, its partitions, and what differs.
func zkAppReport(env Env, at zkcopy.Tree, table *zkcopy.StoredTable, o *zkAppOptions, differences []tableDifference) *render.Report {
	a := &table.App
	at.Path = table.Path
	r := &render.Report{Typed: true}
	t := r.Add(render.NewList("zk_app"))
	t.Row("znode", at)
	t.Row("name", a.Name)
	t.Row("id", a.ID)
	t.Row("status", shortStatus(a.Status))
	t.Row("partition_count", a.PartitionCount)
	t.Row("max_replica_count", a.MaxReplicaCount)
	t.Row("created", instant(env, a.CreateSecond))
	dropped, expires := dropTimes(a)
	t.Row("dropped", instant(env, dropped))
	t.Row("expires", instant(env, expires))
	t.Row("duplicating", a.Duplicating)
	t.Row("bulk_loading", a.BulkLoading)
	envs := envLines(a.Envs)
	t.Row("envs", render.Cell{Text: cmp.Or(strings.Join(envs, ", "), "-"), Value: envs})
	if o.compare {
		t.Row("differences", len(differences))
	} else {
		t.RowIf(false, "differences", nil)
	}
	r.Add(partitionGrid(table.Partitions, o.json))
	if len(differences) > 0 {
		grid := r.Add(render.NewGrid("differences", "what", "znode", "leader"))
		for _, d := range differences {
			grid.Row(d.what, cmp.Or(d.znode, "-"), cmp.Or(d.leader, "-"))
		}
	}
	return r
}

// partitionGrid shows partitions. Why one cannot be read stands where its primary would be, and in JSON in a field
// of its own.
func partitionGrid(partitions []zkcopy.StoredPartition, inJSON bool) *render.Table {
	columns := []string{"pidx", "ballot", "primary", "secondaries", "last_drops", "last_committed_decree"}
	if inJSON {
		columns = append(columns, "unreadable")
	}
	grid := render.NewGrid("partitions", columns...)
	for i := range partitions {
		p := &partitions[i]
		var row []any
		unreadable := render.OrDash("")
		if p.Unreadable != nil {
			unreadable = render.OrDash(p.Unreadable.Error())
			row = []any{p.Index, render.OrDash(""), render.Cell{Text: "unreadable: " + p.Unreadable.Error()}, list(nil), list(nil), render.OrDash("")}
		} else {
			primary, secondaries, drops := storedServers(&p.Partition)
			row = []any{p.Index, p.Ballot, render.OrDash(primary), list(secondaries), list(drops), p.LastCommittedDecree}
		}
		if inJSON {
			row = append(row, unreadable)
		}
		grid.Row(row...)
	}
	return grid
}

// shortStatus is a table's state as ls shows it.
func shortStatus(status fmt.Stringer) string {
	return strings.TrimPrefix(status.String(), "app_status::AS_")
}

// dropTimes are when a table was dropped, and until when it can be recalled; 0 for one that is not dropped, although the
// znode of a table that was recalled still has both.
func dropTimes(a *layout.App) (dropped, expires int64) {
	switch a.Status {
	case layout.AppDropping, layout.AppDropped, layout.AppRecalling:
		return a.DropSecond, a.ExpireSecond
	}
	return 0, 0
}

// instant is a time of a table; an unset one is null in JSON.
func instant(env Env, second int64) render.Cell {
	if second == 0 {
		return render.Cell{Text: "-"}
	}
	return render.Cell{Text: env.Seconds(second), Value: time.Unix(second, 0)}
}

// list is a cell of several servers.
func list(servers []string) render.Cell {
	if servers == nil {
		servers = []string{}
	}
	return render.Cell{Text: "[" + strings.Join(servers, ",") + "]", Value: servers}
}

func envLines(envs map[string]string) []string {
	lines := []string{}
	for _, key := range slices.Sorted(maps.Keys(envs)) {
		lines = append(lines, key+"="+envs[key])
	}
	return lines
}

// storedServers are a partition's servers: by their host names where the znode has them.
func storedServers(p *layout.Partition) (primary string, secondaries, drops []string) {
	valid := func(name string) string {
		if name == layout.InvalidAddress || name == layout.InvalidHostPort {
			return ""
		}
		return name
	}
	primary = valid(p.Primary)
	if p.HPPrimary != nil {
		primary = cmp.Or(valid(*p.HPPrimary), primary)
	}
	pick := func(addresses, names []string) []string {
		if len(names) == 0 || len(names) != len(addresses) && len(addresses) > 0 {
			return addresses
		}
		picked := slices.Clone(names)
		for i := range picked {
			if valid(picked[i]) == "" && i < len(addresses) {
				picked[i] = addresses[i]
			}
		}
		return picked
	}
	return primary, pick(p.Secondaries, p.HPSecondaries), pick(p.LastDrops, p.HPLastDrops)
}

// tableDifference is one thing that the leader says otherwise than the znodes.
type tableDifference struct{ what, znode, leader string }

// compareTable asks the leader for a table, and returns what it says otherwise.
func compareTable(ctx context.Context, env Env, table *zkcopy.StoredTable) ([]tableDifference, error) {
	admin, err := env.Admin()
	if err != nil {
		return nil, err
	}
	if err := env.RefuseTwoLeaders(ctx); err != nil {
		return nil, err
	}
	infos, err := admin.ListApps(ctx, metaadmin.AppInvalid)
	if err != nil {
		return nil, message.Errorf("ask the leader for the table: %w", err)
	}
	i := slices.IndexFunc(infos, func(info metaadmin.AppInfo) bool { return info.ID == table.App.ID })
	if i < 0 {
		return []tableDifference{{"table", fmt.Sprint(table.App.ID), ""}}, nil
	}
	found := differingTable(&table.App, &infos[i])
	if table.App.Status != layout.AppAvailable || infos[i].Status != metaadmin.AppAvailable {
		return found, nil
	}
	led, err := admin.QueryPartitions(ctx, infos[i].Name)
	if err != nil {
		return nil, message.Errorf("ask the leader for the partitions: %w", err)
	}
	return append(found, differingPartitions(table.Partitions, led.Configs)...), nil
}

func differingTable(stored *layout.App, led *metaadmin.AppInfo) []tableDifference {
	var found []tableDifference
	add := func(what string, znode, leader any) {
		if z, l := fmt.Sprint(znode), fmt.Sprint(leader); z != l {
			found = append(found, tableDifference{what, z, l})
		}
	}
	add("status", shortStatus(stored.Status), shortStatus(led.Status))
	add("name", stored.Name, led.Name)
	add("partition_count", stored.PartitionCount, led.PartitionCount)
	add("max_replica_count", stored.MaxReplicaCount, led.MaxReplicaCount)
	add("create_second", stored.CreateSecond, led.CreateSecond)
	add("drop_second", stored.DropSecond, led.DropSecond)
	add("expire_second", stored.ExpireSecond, led.ExpireSecond)
	if led.Duplicating != nil {
		add("duplicating", stored.Duplicating, *led.Duplicating)
	}
	if led.BulkLoading != nil {
		add("bulk_loading", stored.BulkLoading, *led.BulkLoading)
	}
	for _, key := range slices.Sorted(maps.Keys(union(stored.Envs, led.Envs))) {
		z, inZnode := stored.Envs[key]
		l, atLeader := led.Envs[key]
		if z != l || inZnode != atLeader {
			found = append(found, tableDifference{"env " + key, setOrNot(z, inZnode), setOrNot(l, atLeader)})
		}
	}
	return found
}

// setOrNot is the value of a variable, or that there is none.
func setOrNot(value string, set bool) string {
	if !set {
		return "not set"
	}
	return cmp.Or(value, "empty")
}

// union has the keys of both.
func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}

func differingPartitions(stored []zkcopy.StoredPartition, led []metaadmin.PartitionConfig) []tableDifference {
	byIndex := map[int32]*metaadmin.PartitionConfig{}
	for i := range led {
		byIndex[led[i].PID.Index] = &led[i]
	}
	var found []tableDifference
	for i := range stored {
		p := &stored[i]
		what := fmt.Sprintf("partition %d", p.Index)
		l := byIndex[p.Index]
		delete(byIndex, p.Index)
		switch {
		case l == nil:
			found = append(found, tableDifference{what, "is there", ""})
			continue
		case p.Unreadable != nil:
			found = append(found, tableDifference{what, "unreadable", "is there"})
			continue
		}
		primary, secondaries, _ := storedServers(&p.Partition)
		if p.Ballot != l.Ballot {
			found = append(found, tableDifference{what + " ballot", fmt.Sprint(p.Ballot), fmt.Sprint(l.Ballot)})
		}
		if primary != l.PrimaryServer() {
			found = append(found, tableDifference{what + " primary", primary, l.PrimaryServer()})
		}
		z, others := sortedText(secondaries), sortedText(l.SecondaryServers())
		if z != others {
			found = append(found, tableDifference{what + " secondaries", z, others})
		}
	}
	for _, index := range slices.Sorted(maps.Keys(byIndex)) {
		found = append(found, tableDifference{fmt.Sprintf("partition %d", index), "", "is there"})
	}
	return found
}

// sortedText lists servers; their order has no meaning.
func sortedText(servers []string) string {
	return strings.Join(slices.Sorted(slices.Values(servers)), ",")
}
