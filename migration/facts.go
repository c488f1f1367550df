package migration

import (
	"slices"
	"time"

	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// What the runbook needs besides the trees: every meta server, its configuration and how its site
// stops and starts it, and every replica server. A field that could not be found out says why
// (Doubt); an empty one is never taken for "no".

// ServerState is what a meta server says that it is.
type ServerState int

// The states of meta servers.
const (
	// ServerUnknown did not answer in time, so that nothing is known of it. It may run.
	ServerUnknown ServerState = iota
	// ServerDown refuses connections: no process listens there.
	ServerDown
	// ServerFollower answers, and another one leads or nobody does.
	ServerFollower
	// ServerLoading answers and holds the lock, and still loads the metadata: it leads in a moment.
	ServerLoading
	// ServerLeader leads.
	ServerLeader
	// ServerRecovering leads in recovery mode, and waits for `recover` (ERR_UNDER_RECOVERY).
	ServerRecovering
)

// Runs reports whether the server's process was seen.
func (s ServerState) Runs() bool { return s >= ServerFollower }

// Leads reports whether the server leads, in recovery mode or not.
func (s ServerState) Leads() bool { return s >= ServerLeader }

// MetaServer is a meta server as it was seen.
type MetaServer struct {
	// Address is HOST:PORT, as in the list that the shell is connected with, in the configuration
	// of another meta server, or in the manifest.
	Address string
	// Listed: the shell is connected with it. Commands go to no other server, unless one of these says which
	// leads.
	Listed bool
	// Names are other names, HOST:PORT, by which lock nodes name the server.
	Names []string
	State ServerState
	// Doubt is why the state or the running configuration is not known, "" where both are.
	Doubt string
	// Started is when the process started, and Since since when it has led at least; zero where
	// that is not known.
	Started, Since time.Time
	// Running is the configuration that the process runs with; nil where it did not say.
	Running *metaadmin.ServerConfig
	// Leading is what a leader says of its cluster; zero for others.
	Leading Leading
	// File is the server's configuration file, as far as it can be read from here.
	File ConfigFile
	// Site is how its site stops and starts it.
	Site SiteLines
}

// IsNamed reports whether a lock node with that value, HOST:PORT, is the server's.
func (m MetaServer) IsNamed(name string) bool {
	return m.Address == name || slices.Contains(m.Names, name)
}

// Leading is what a leader says of the cluster that it leads.
type Leading struct {
	Info metaadmin.ClusterInfo
	// Level is the meta level that was set; 0 where it is not known. Effective is the level that
	// cluster_info shows: freezed while too few replica servers are alive.
	Level, Effective metaadmin.MetaLevel
	// Alive and Nodes are how many replica servers it sees alive, and knows.
	Alive, Nodes int
	// Tables are the tables that it has, without dropped ones; Unhealthy are how many of them have
	// a partition without all its replicas.
	Tables    []metaadmin.AppInfo
	Unhealthy int
	// Beacons are how many replica servers send their beacons to it; -1 where that is not known.
	Beacons int
	// Hosts is zookeeper_hosts, and Root zookeeper_root with the chroot before it: the full path on
	// the servers.
	Hosts, Root string
}

// IsHealthy reports whether the leader sees every replica server alive, and every partition with all
// its replicas, and acts on what they report.
func (l Leading) IsHealthy() bool {
	return l.Alive > 0 && l.Alive == l.Nodes && l.Unhealthy == 0 && l.Effective >= metaadmin.LevelSteady
}

// ConfigFile is what a configuration file says, which a server reads when it starts.
type ConfigFile struct {
	// Name is the file, as in a command; "" where none was named for this server.
	Name string
	// Doubt is why it could not be read, "" where it was.
	Doubt string
	// Of is the cluster whose configuration it is, where that is another one, which is its doubt
	// then: nothing follows from such a file. "" otherwise.
	Of string
	// Config is what it says; Server is the server that it is for.
	Config metaadmin.ServerConfig
}

// Known reports whether the file was read.
func (f ConfigFile) Known() bool { return f.Name != "" && f.Doubt == "" }

// SiteLines are the lines to type in this shell that stop, start and restart a meta server; ""
// where the site has named none, so that it is done by hand on the server's host.
type SiteLines struct{ Stop, Start, Restart string }

// ReplicaServer is a replica server as it was seen.
type ReplicaServer struct {
	// Address is HOST:PORT.
	Address string
	// Alive: the leader says so. It is false too where no leader says anything.
	Alive bool
	// Doubt is why it could not be asked for its replicas, "" where it answered.
	Doubt string
	// Serving are how many of its replicas are primary or secondary, Inactive how many are
	// inactive: none of a server that has lost its meta servers serves.
	Serving, Inactive int
}

// IsInactive reports whether the server has answered and none of its replicas is primary or
// secondary, so that a recovery accepts it.
func (r ReplicaServer) IsInactive() bool { return r.Doubt == "" && r.Serving == 0 }

// Comparison is how the two trees lie to each other. Lock nodes are left out.
type Comparison struct {
	// Doubt is why they were not compared, "" where they were.
	Doubt string
	// Deep: data and ACLs of every znode were compared, not only counts and sums of stats.
	Deep bool
	// Equal: no difference was found.
	Equal bool
	// Missing are znodes that only the source has, Extra those that only the target has, Different
	// those that differ; Paths are the first of all of these.
	Missing, Extra, Different int64
	Paths                     []string
	// Unread are znodes whose times say that they may differ, and that were not read because there
	// are too many: only a deep comparison sees them.
	Unread int64
	// Tables are tables that were created, dropped, renamed or moved in the target since, in words,
	// the first of them; it is what going back would lose.
	Tables []message.Text
}

// Contents is what a tree has in all.
type Contents struct {
	// Doubt is why it could not be looked at, "" where it was.
	Doubt string
	// Denied: that is because other credentials are needed.
	Denied bool
	// Seen is when the tree was read; a while ago in a look that is repeated.
	Seen time.Time
	// Hosts are the servers of the ensemble, HOST:PORT,..., without chroot.
	Hosts string
	// Aliases are other names, HOST:PORT, under which configurations have the same ensemble: proved
	// by the addresses of the hosts, or by znodes.
	Aliases       []string
	Znodes, Bytes int64
	// Sum is a sum over paths, data and versions that does not depend on the order of reading.
	Sum string
	// Zxid is the ensemble's transaction up to which the tree was seen.
	Zxid int64
	// LastPath, LastTime and LastZxid are of the znode that was changed last, lock nodes left out.
	LastPath string
	LastTime time.Time
	LastZxid int64
}

// History is what files of earlier commands say. It may suggest a target, and add names and times
// to what was seen; no step is done because of it.
type History struct {
	// Target and From are the trees, HOSTS/PATH, of the last migration that was begun here.
	Target, From string
	// By is the procedure of that, "" for none.
	By Procedure
	// HostsBefore and HostsAfter are hosts_list before and after it was changed from here last, but
	// for the way back; "" for never.
	HostsBefore, HostsAfter string
	// Blind is when set_meta_level blind was last sent from here, Copied when the last verified
	// copy ended; zero for never.
	Blind, Copied time.Time
	// Sights are the leaders that were seen, in the order of the times.
	Sights []Sight
	// TablesFile and ServersFile are the lists that were saved last.
	TablesFile, ServersFile string
	// Follow says what a copy that follows the source does now; empty where this user runs none on
	// this machine.
	Follow message.Text
	// Fallback: this user's zk_copy --as_fallback keeps the old tree current now. FallbackEnded is when
	// one last ended, by the journal; zero for never.
	Fallback      bool
	FallbackEnded time.Time
}

// Sight says that a meta server led at a time.
type Sight struct {
	Leader string
	Time   time.Time
}

// Procedure is one of the two documented ways to move a cluster.
type Procedure string

// The procedures.
const (
	ByCopy     Procedure = "copy"
	ByRecovery Procedure = "recovery"
)
