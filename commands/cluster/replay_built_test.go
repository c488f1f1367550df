package cluster_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/zkcopy/layout"
)

// builtAnswers are made from the tree in ZooKeeper during the scene, where there is one, and from what the real
// shell printed for a command.
type builtAnswers struct {
	input, text, errors string
	sections            map[string]*section
	calls               map[string]printedCall
	steps               [][]string // the (READY/COUNT) of a waiting command, in order
	tree                *tree

	mu    sync.Mutex
	asked map[string]int
}

// tree are the tables that lay in ZooKeeper.
type tree struct {
	apps       []wire.AppInfo
	partitions map[int32][]wire.PartitionConfig
}

func newBuiltAnswers(t *testing.T, base string) *builtAnswers {
	t.Helper()
	out := shelltest.RecordedOutput(t, base+".out")
	text := out
	if file := shelltest.ReadIfAny(t, base+".file"); file != "" {
		text = file + out
	}
	b := &builtAnswers{input: shelltest.ReadIfAny(t, base+".in"), text: text, errors: shelltest.ReadIfAny(t, base+".err"), asked: map[string]int{}}
	b.sections = printedSections(t, text)
	b.calls = printedCalls(b.errors)
	b.steps = regexp.MustCompile(`(?:still waiting\.\.\.|is ready now:) \((\d+)/(\d+)\)`).FindAllStringSubmatch(text, -1)
	b.tree = loadTree(t, filepath.Join(filepath.Dir(base), "znodes.json"))
	return b
}

func loadTree(t *testing.T, file string) *tree {
	t.Helper()
	text := shelltest.ReadIfAny(t, file)
	if text == "" {
		return nil
	}
	var znodes []struct{ Path, Data string }
	if err := json.Unmarshal([]byte(text), &znodes); err != nil {
		t.Fatal(err)
	}
	tr := &tree{partitions: map[int32][]wire.PartitionConfig{}}
	for _, z := range znodes {
		if strings.Count(z.Path, "/") == 1 {
			a, err := layout.DecodeApp([]byte(z.Data))
			if err != nil {
				t.Fatal(err)
			}
			tr.apps = append(tr.apps, wire.AppInfo{
				Status: wire.AppStatus(a.Status), AppType: a.Type, Name: a.Name, ID: a.ID, PartitionCount: a.PartitionCount, Envs: a.Envs,
				Stateful: a.Stateful, MaxReplicaCount: a.MaxReplicaCount, ExpireSecond: a.ExpireSecond, CreateSecond: a.CreateSecond, DropSecond: a.DropSecond,
			})
			continue
		}
		p, err := layout.DecodePartition([]byte(z.Data))
		if err != nil {
			t.Fatal(err)
		}
		id := tr.apps[len(tr.apps)-1].ID
		config := partition(id, len(tr.partitions[id]), p.Primary, p.Secondaries)
		config.Ballot, config.MaxReplicaCount = p.Ballot, p.MaxReplicaCount
		tr.partitions[id] = append(tr.partitions[id], config)
	}
	return tr
}

func address(s string) wire.Address {
	a, err := wire.ParseAddress(s)
	if err != nil {
		panic(fmt.Sprintf("the recorded address %q: %v", s, err))
	}
	return a
}

// partition gives the configuration of a partition whose replicas are on these servers.
func partition(app int32, index int, primary string, secondaries []string) wire.PartitionConfig {
	p := wire.PartitionConfig{PID: wire.GPID{AppID: app, Index: int32(index)}, MaxReplicaCount: 3, Primary: address(primary)}
	for _, s := range secondaries {
		p.Secondaries = append(p.Secondaries, address(s))
	}
	return p
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("the printed number %q: %v", s, err))
	}
	return n
}

func seconds(s string) int64 {
	at, err := time.Parse("2006-01-02_15:04:05", s)
	if err != nil {
		return 0 // "-"
	}
	return at.Unix()
}

// nth counts how often something was asked, from 0.
func (b *builtAnswers) nth(what string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked[what]++
	return b.asked[what] - 1
}

// pick gives the n-th match of a pattern's group in what was printed, the last one after that, "" without any.
func (b *builtAnswers) pick(what, pattern string) string {
	matches := regexp.MustCompile(pattern).FindAllStringSubmatch(b.text+b.errors, -1)
	if len(matches) == 0 {
		return ""
	}
	return matches[min(b.nth(what), len(matches)-1)][1]
}

// code gives the error that was printed in that place, ERR_OK when there was none.
func (b *builtAnswers) code(pattern string) wire.ErrorCode {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(b.text + b.errors); m != nil {
		return wire.ErrorCode(m[1])
	}
	return wire.OK
}

// answer gives the answer that made the real shell print what it did.
func (b *builtAnswers) answer(server string, arg wire.Message) (wire.Message, bool) {
	switch q := arg.(type) {
	case *wire.ControlMetaRequest:
		if code := b.code(`meta level got error (ERR_\w+)`); code != wire.OK {
			return &wire.ControlMetaResponse{Err: code}, true
		}
		level, err := wire.ParseMetaLevel(b.pick("level", `level is fl_(\w+)`))
		return &wire.ControlMetaResponse{Err: wire.OK, OldLevel: level}, err == nil
	case *wire.ClusterInfoRequest:
		info, ok := b.sections["cluster_info"]
		if !ok {
			return nil, false
		}
		r := &wire.ClusterInfoResponse{Err: wire.OK}
		for _, row := range info.rows {
			r.Keys, r.Values = append(r.Keys, row[0]), append(r.Values, row[1])
		}
		return r, true
	case *wire.ListAppsRequest:
		return b.listApps(q)
	case *wire.QueryCfgRequest:
		return b.queryCfg(q)
	case *wire.ListNodesRequest:
		return b.listNodes(q)
	case *wire.RemoteCommandRequest:
		return b.remoteCommand(server, q)
	case *wire.RecoveryRequest:
		hint := ""
		if parts := strings.Split(b.text, "=============================\n"); len(parts) == 5 {
			hint = parts[3]
		}
		return &wire.HintResponse{Err: b.code(`Recover result: (ERR_\w+)`), Hint: hint}, true
	default:
		return b.change(arg)
	}
}

// change answers the requests that change a table or a partition, and the diagnosis.
func (b *builtAnswers) change(arg wire.Message) (wire.Message, bool) {
	switch arg.(type) {
	case *wire.CreateAppRequest:
		return &wire.CreateAppResponse{Err: b.code(`\[create\] received server error: (ERR_\w+)`), AppID: 1}, true
	case *wire.DropAppRequest:
		return &wire.ErrorResponse{Err: b.code(`drop app .* failed, error=(ERR_\w+)`)}, true
	case *wire.RenameAppRequest:
		return &wire.HintResponse{Err: b.code(`rename app failed, .*failed: (ERR_\w+)`), Hint: b.pick("hint", `failed: ERR_\w+, (.*)`)}, true
	case *wire.RecallAppRequest:
		return &wire.RecallAppResponse{Err: b.code(`recall app \d+ failed, error=(ERR_\w+)`)}, true
	case *wire.UpdateAppEnvRequest:
		hint := b.pick("hint", `(?s)={29}\n(.*?)\n={29}`)
		return &wire.HintResponse{Err: b.code(`app envs failed with error (ERR_\w+)`), Hint: hint + b.pick("hint", `\[hint:"(.*)"\]`)}, true
	case *wire.AppNameRequest:
		if code := b.code(`get replica count of app\(.*\) failed: (ERR_\w+)`); code != wire.OK {
			return &wire.ReplicaCountResponse{Err: code}, true
		}
		return &wire.ReplicaCountResponse{Err: wire.OK, Count: int32(number(b.sections["max_replica_count"].get("max_replica_count")))}, true
	case *wire.SetReplicaCountRequest:
		return &wire.ReplicaCountResponse{Err: wire.OK, Count: int32(number(b.pick("count", `from (\d+) to`)))}, true
	case *wire.DiagnoseRequest:
		return &wire.DiagnoseResponse{Err: b.code(`DDD diagnose failed with err = (ERR_\w+)`)}, true
	case *wire.ProposeRequest:
		return &wire.ErrorResponse{Err: b.code(`(?:response|result): (ERR_\w+)`)}, true
	}
	return nil, false
}

func (b *builtAnswers) listApps(q *wire.ListAppsRequest) (wire.Message, bool) {
	r := &wire.ListAppsResponse{Err: b.code(`list apps failed, error=(ERR_\w+)`)}
	switch {
	case r.Err != wire.OK:
	case b.tree != nil:
		r.Infos = slices.Clone(b.tree.apps)
	default:
		r.Infos = b.printedApps()
		if len(r.Infos) == 0 && b.sections["general_info"] == nil {
			return nil, false
		}
	}
	r.Infos = slices.DeleteFunc(r.Infos, func(a wire.AppInfo) bool { return q.Status != wire.AppInvalid && a.Status != q.Status })
	return r, true
}

// printedApps are the tables in a listing, in the figures of each table, or behind one table's variables.
func (b *builtAnswers) printedApps() []wire.AppInfo {
	var apps []wire.AppInfo
	if general, ok := b.sections["general_info"]; ok {
		for _, row := range general.cells() {
			app := wire.AppInfo{
				AppType: row["app_type"], Name: row["app_name"], ID: int32(number(row["app_id"])),
				PartitionCount: int32(number(row["partition_count"])), MaxReplicaCount: int32(number(row["replica_count"])),
				Stateful: row["is_stateful"] == "true", CreateSecond: seconds(row["create_time"]), DropSecond: seconds(row["drop_time"]),
				ExpireSecond: seconds(row["drop_expire"]), Envs: map[string]string{},
			}
			for i := range number(row["envs_count"]) {
				app.Envs[fmt.Sprint(i)] = ""
			}
			for status := wire.AppAvailable; status <= wire.AppRecalling; status++ {
				if status.String() == row["status"] {
					app.Status = status
				}
			}
			apps = append(apps, app)
		}
		return apps
	}
	if envs, ok := b.sections["app_envs"]; ok {
		name := regexp.MustCompile(`(?m)^use (\S+)`).FindStringSubmatch(b.input)[1]
		app := wire.AppInfo{Status: wire.AppAvailable, Name: name, Envs: map[string]string{}}
		for _, row := range envs.rows {
			app.Envs[row[0]] = row[1]
		}
		return []wire.AppInfo{app}
	}
	for _, row := range b.printedStats() {
		apps = append(apps, wire.AppInfo{Status: wire.AppAvailable, Name: row.name, ID: row.id, PartitionCount: int32(row.partitions)})
	}
	return apps
}

func (b *builtAnswers) queryCfg(q *wire.QueryCfgRequest) (wire.Message, bool) {
	code := b.code(`(?:query|list) app \S+ failed, error=(ERR_\w+)`)
	if code != wire.OK {
		return &wire.QueryCfgResponse{Err: code}, true
	}
	id, configs := b.partitions(q.AppName)
	if configs == nil {
		return nil, false
	}
	return &wire.QueryCfgResponse{Err: wire.OK, AppID: id, PartitionCount: int32(len(configs)), Stateful: true, Partitions: configs}, true
}

var threeNodes = []string{"127.0.0.1:34801", "127.0.0.1:34802", "127.0.0.1:34803"}

// healthy gives partitions of which the first so many have all replicas, and the others no primary.
func healthy(app int32, ready, count int) []wire.PartitionConfig {
	var configs []wire.PartitionConfig
	for i := range count {
		p := partition(app, i, threeNodes[i%3], []string{threeNodes[(i+1)%3], threeNodes[(i+2)%3]})
		if i >= ready {
			p.Primary = 0
		}
		configs = append(configs, p)
	}
	return configs
}

// partitions gives a table's id and partitions: from what was printed of them, from the tree, or as many and as
// healthy as was printed.
func (b *builtAnswers) partitions(app string) (int32, []wire.PartitionConfig) {
	if len(b.steps) > 0 {
		step := b.steps[min(b.nth("step"), len(b.steps)-1)]
		return 1, healthy(1, number(step[1]), number(step[2]))
	}
	if id, configs := b.printedPartitions(); configs != nil {
		return id, configs
	}
	if b.tree != nil {
		for _, a := range b.tree.apps {
			if a.Name == app && a.Status == wire.AppAvailable {
				return a.ID, b.tree.partitions[a.ID]
			}
		}
		return 0, nil
	}
	if health, ok := b.sections["healthy_info"]; ok {
		for _, row := range health.cells() {
			if row["app_name"] == app {
				id := int32(number(row["app_id"]))
				return id, healthy(id, number(row["fully_healthy"]), number(row["partition_count"]))
			}
		}
	}
	for _, row := range b.printedStats() {
		if row.name == app {
			return row.id, healthy(row.id, row.partitions, row.partitions)
		}
	}
	return 0, nil
}

// printedPartitions reads the replicas out of what app and app_disk printed.
func (b *builtAnswers) printedPartitions() (int32, []wire.PartitionConfig) {
	general, grid := b.sections["general"], b.sections["replicas"]
	if result, ok := b.sections["result"]; ok {
		general, grid = result, b.sections["details"]
	}
	if general == nil {
		return 0, nil
	}
	id, count := int32(number(general.get("app_id"))), number(general.get("partition_count"))
	if grid == nil {
		return id, healthy(id, count, count)
	}
	var configs []wire.PartitionConfig
	figures := regexp.MustCompile(`\([^)]*\)`)
	for i, row := range grid.cells() {
		primary := strings.TrimPrefix(figures.ReplaceAllString(row["primary"], ""), "-")
		var secondaries []string
		if list := strings.Trim(figures.ReplaceAllString(row["secondaries"], ""), "[]"); list != "" {
			secondaries = strings.Split(list, ",")
		}
		p := partition(id, i, primary, secondaries)
		p.Ballot = int64(number(row["ballot"]))
		p.MaxReplicaCount = int32(number(row["replica_count"][strings.Index(row["replica_count"], "/")+1:]))
		configs = append(configs, p)
	}
	return id, configs
}

func (b *builtAnswers) listNodes(q *wire.ListNodesRequest) (wire.Message, bool) {
	if code := b.code(`list nodes? failed(?:: |, error=)(ERR_\w+)`); code != wire.OK {
		return &wire.ListNodesResponse{Err: code}, true
	}
	nodes := map[string]metaadmin.NodeStatus{}
	details, listed := b.sections["details"]
	if listed = listed && slices.Contains(details.columns, "status") || b.sections["summary"] != nil && details != nil && len(details.rows) == 0; listed {
		for _, row := range details.cells() {
			nodes[row["address"]] = wire.NodeUnalive
			if row["status"] == "ALIVE" {
				nodes[row["address"]] = wire.NodeAlive
			}
		}
	}
	for server, call := range b.calls {
		if call.kind == "replica-server" {
			nodes[server] = wire.NodeAlive
		}
	}
	if len(nodes) == 0 && !listed {
		for _, server := range threeNodes {
			nodes[server] = wire.NodeAlive
		}
	}
	r := &wire.ListNodesResponse{Err: wire.OK}
	for server, status := range nodes {
		if q.Status == wire.NodeInvalid || q.Status == status {
			r.Infos = append(r.Infos, wire.NodeInfo{Status: status, Address: address(server)})
		}
	}
	return r, true
}

func (b *builtAnswers) remoteCommand(server string, q *wire.RemoteCommandRequest) (wire.Message, bool) {
	if call, ok := b.calls[server]; ok {
		return &wire.StringResult{Text: call.text}, true
	}
	if strings.HasPrefix(q.Command, "perf-counters") {
		return &wire.StringResult{Text: b.counters(server)}, true
	}
	return nil, false
}
