package migration

import (
	"io"
	"time"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// The JSON of `migrate status -j`. Names and values stay the same in every language and from
// release to release; texts for persons are in English. What cannot be known is null, or "unknown"
// among words.

type statusJSON struct {
	By             string              `json:"by"`
	Chosen         message.Text        `json:"chosen"`
	Servers        []serverJSON        `json:"servers"`
	Leaders        []leaderJSON        `json:"leaders"`
	Recommendation *recommendationJSON `json:"recommendation"`
	ReplicaServers []replicaJSON       `json:"replica_servers"`
	Trees          treesJSON           `json:"trees"`
	Follow         message.Text        `json:"follow"`
	Configurations []configJSON        `json:"configurations"`
	Situations     []situationJSON     `json:"situations"`
	Steps          []stepJSON          `json:"steps"`
	Next           []lineJSON          `json:"next"`
	Arrived        bool                `json:"arrived"`
}

type serverJSON struct {
	Server  string      `json:"server"`
	State   string      `json:"state"`
	Doubt   string      `json:"doubt"`
	Started *time.Time  `json:"started"`
	Since   *time.Time  `json:"leads_since"`
	Running *configJSON `json:"running"`
	Stop    string      `json:"stop"`
	Start   string      `json:"start"`
	Restart string      `json:"restart"`
}

type leaderJSON struct {
	Server          string     `json:"server"`
	Recovering      bool       `json:"recovering"`
	Since           *time.Time `json:"since"`
	ZooKeeper       string     `json:"zookeeper"`
	Root            string     `json:"root"`
	Level           string     `json:"level"`
	EffectiveLevel  string     `json:"effective_level"`
	ReplicasAlive   int        `json:"replica_servers_alive"`
	ReplicaServers  int        `json:"replica_servers"`
	Beacons         *int       `json:"beacons"`
	Tables          int        `json:"tables"`
	UnhealthyTables int        `json:"unhealthy_tables"`
	LastChange      *lastJSON  `json:"last_change"`
}

type lastJSON struct {
	Path string    `json:"path"`
	Time time.Time `json:"time"`
	Zxid int64     `json:"zxid"`
}

type recommendationJSON struct {
	Keep string       `json:"keep"`
	Why  message.Text `json:"why"`
}

type replicaJSON struct {
	Server   string `json:"server"`
	Alive    bool   `json:"alive"`
	Inactive *bool  `json:"inactive"`
	Serving  int    `json:"serving_replicas"`
	Idle     int    `json:"inactive_replicas"`
	Doubt    string `json:"doubt"`
}

type treesJSON struct {
	Old      *treeJSON       `json:"old"`
	New      *treeJSON       `json:"new"`
	Compared *comparisonJSON `json:"compared"`
}

type treeJSON struct {
	Name       string     `json:"name"`
	Servers    string     `json:"zookeeper"`
	Path       string     `json:"path"`
	Doubt      string     `json:"doubt"`
	Exists     bool       `json:"exists"`
	Znodes     int64      `json:"znodes"`
	Bytes      int64      `json:"bytes"`
	Sum        string     `json:"sum"`
	Zxid       int64      `json:"zxid"`
	Seen       *time.Time `json:"seen"`
	LastChange *lastJSON  `json:"last_change"`
	LockNodes  []lockJSON `json:"lock_nodes"`
}

type lockJSON struct {
	Path   string `json:"path"`
	Server string `json:"server"`
	Held   bool   `json:"held"`
}

type comparisonJSON struct {
	Doubt     string         `json:"doubt"`
	Deep      bool           `json:"deep"`
	Equal     bool           `json:"equal"`
	Missing   int64          `json:"missing"`
	Extra     int64          `json:"extra"`
	Different int64          `json:"different"`
	Paths     []string       `json:"paths"`
	Unread    int64          `json:"unread"`
	Changed   []message.Text `json:"changed_tables"`
}

type configJSON struct {
	Name        string   `json:"name"`
	Server      string   `json:"server"`
	Doubt       string   `json:"doubt"`
	HostsList   string   `json:"hosts_list"`
	ClusterRoot string   `json:"cluster_root"`
	LockRoot    string   `json:"lock_root"`
	Recovery    bool     `json:"recover_from_replica_server"`
	MetaServers []string `json:"server_list"`
}

type situationJSON struct {
	Name    string       `json:"name"`
	Grave   bool         `json:"grave"`
	Seen    message.Text `json:"seen"`
	Matters message.Text `json:"matters"`
	Do      []lineJSON   `json:"do"`
}

type stepJSON struct {
	Number   int          `json:"number"`
	What     message.Text `json:"what"`
	State    string       `json:"state"`
	Optional bool         `json:"optional"`
	Why      message.Text `json:"why"`
	Do       []lineJSON   `json:"do"`
}

type lineJSON struct {
	Command string        `json:"command,omitempty"`
	ByHand  *message.Text `json:"by_hand,omitempty"`
	Wait    bool          `json:"wait,omitempty"`
}

func writeStatusJSON(w io.Writer, s *migration.Survey, book migration.Runbook) error {
	return render.WriteIndented(w, statusOf(s, book), "    ")
}

func statusOf(s *migration.Survey, book migration.Runbook) statusJSON {
	out := statusJSON{
		By: string(book.By), Chosen: book.Chosen, Arrived: book.Arrived,
		Follow:  s.History.Follow,
		Servers: []serverJSON{}, Leaders: []leaderJSON{}, ReplicaServers: []replicaJSON{}, Configurations: []configJSON{},
		Situations: situationsJSON(book.Situations), Steps: stepsJSON(book.Steps), Next: linesJSON(book.Next),
	}
	for _, m := range s.Meta {
		out.Servers = append(out.Servers, serverOf(m))
		if m.State.Leads() {
			out.Leaders = append(out.Leaders, leaderOf(s, m))
		}
	}
	if keep, why, ok := migration.Recommend(s); ok {
		out.Recommendation = &recommendationJSON{keep.Address, why}
	}
	for _, r := range s.Replicas {
		each := replicaJSON{Server: r.Address, Alive: r.Alive, Serving: r.Serving, Idle: r.Inactive, Doubt: r.Doubt}
		if r.Doubt == "" {
			inactive := r.IsInactive()
			each.Inactive = &inactive
		}
		out.ReplicaServers = append(out.ReplicaServers, each)
	}
	out.Trees.Old, out.Trees.New = treeOf(s.Source), treeOf(s.Target)
	if out.Trees.Old != nil && out.Trees.New != nil {
		c := s.Compared
		out.Trees.Compared = &comparisonJSON{c.Doubt, c.Deep, c.Equal, c.Missing, c.Extra, c.Different, orEmpty(c.Paths), c.Unread, orEmpty(c.Tables)}
	}
	for _, f := range s.Files {
		out.Configurations = append(out.Configurations, configOf(f.Name, f.Doubt, f.Config))
	}
	return out
}

// stateNames are the states of meta servers in JSON.
var stateNames = map[migration.ServerState]string{
	migration.ServerUnknown: "unknown", migration.ServerDown: "down", migration.ServerFollower: "follower",
	migration.ServerLoading: "loading", migration.ServerLeader: "leader", migration.ServerRecovering: "recovering",
}

func serverOf(m migration.MetaServer) serverJSON {
	out := serverJSON{
		Server: m.Address, State: stateNames[m.State], Doubt: m.Doubt, Started: known(m.Started), Since: known(m.Since),
		Stop: m.Site.Stop, Start: m.Site.Start, Restart: m.Site.Restart,
	}
	if m.Running != nil {
		config := configOf("", "", *m.Running)
		out.Running = &config
	}
	return out
}

func leaderOf(s *migration.Survey, m migration.MetaServer) leaderJSON {
	l := m.Leading
	out := leaderJSON{
		Server: m.Address, Recovering: m.State == migration.ServerRecovering, Since: known(m.Since), ZooKeeper: l.Hosts, Root: l.Root,
		Level: levelName(l.Level), EffectiveLevel: levelName(l.Effective), ReplicasAlive: l.Alive, ReplicaServers: l.Nodes,
		Tables: len(l.Tables), UnhealthyTables: l.Unhealthy,
	}
	if l.Beacons >= 0 {
		out.Beacons = &l.Beacons
	}
	for _, t := range []migration.Tree{s.Source, s.Target} {
		if isAt(t, l.Hosts, l.Root) {
			out.LastChange = lastOf(t.Contents)
		}
	}
	return out
}

func levelName(level metaadmin.MetaLevel) string {
	if level == 0 {
		return "unknown"
	}
	return level.String()
}

// treeOf describes a tree; nil for one that nobody has named.
func treeOf(t migration.Tree) *treeJSON {
	if t.Name == "" {
		return nil
	}
	c := t.Contents
	out := &treeJSON{
		Name: t.Name, Servers: c.Hosts, Path: t.Path, Doubt: c.Doubt, Exists: t.Exists, Znodes: c.Znodes, Bytes: c.Bytes, Sum: c.Sum, Zxid: c.Zxid, Seen: known(c.Seen),
		LastChange: lastOf(c), LockNodes: []lockJSON{},
	}
	for _, clusters := range [][]zkcopy.Cluster{t.Clusters, t.Outside} {
		for _, cluster := range clusters {
			for _, lock := range cluster.Locks {
				out.LockNodes = append(out.LockNodes, lockJSON{lock.Path, lock.Value, lock.Session != 0})
			}
		}
	}
	return out
}

func lastOf(c migration.Contents) *lastJSON {
	if c.LastPath == "" {
		return nil
	}
	return &lastJSON{c.LastPath, c.LastTime.UTC(), c.LastZxid}
}

func configOf(name, doubt string, c metaadmin.ServerConfig) configJSON {
	return configJSON{name, c.Server, doubt, c.HostsList, c.ClusterRoot, c.LockRoot, c.Recovery, orEmpty(c.MetaServers)}
}

func linesJSON(lines []migration.Line) []lineJSON {
	out := []lineJSON{}
	for _, line := range lines {
		each := lineJSON{Command: line.Typed(false), Wait: line.Wait}
		if !line.ByHand.IsZero() {
			each.ByHand = &line.ByHand
		}
		out = append(out, each)
	}
	return out
}

// known is a time, or nil for none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// orEmpty is a list that JSON writes as one.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
