package migration

import "time"

// Known is the answer to a question that may have found none.
type Known int

// The answers.
const (
	Unknown Known = iota
	Yes
	No
)

// KnownFrom is Yes or No.
func KnownFrom(yes bool) Known {
	if yes {
		return Yes
	}
	return No
}

// PreflightFacts are what was seen before a migration begins. Nothing was changed to see it.
type PreflightFacts struct {
	// By is the procedure that is to be used.
	By Procedure
	// Survey holds the meta and replica servers, their configurations, and both trees.
	Survey *Survey
	// Target is the new tree, HOSTS/PATH, and TargetHosts its servers as hosts_list names them.
	Target, TargetHosts string
	// BelowChroot: the new ZooKeeper has a chroot in plugins.toml, below which the tree has the path
	// that meta servers know.
	BelowChroot bool
	// Ensemble is the new ZooKeeper, Scan the old tree as far as it was read.
	Ensemble EnsembleFacts
	Scan     ScanFacts
	Features FeatureFacts
	// Versions are those of all servers of the cluster that were asked.
	Versions []ServerVersion
	// Faults are values in configuration files with which a server does not start, or that it does
	// not use.
	Faults []ConfigFault
}

// EnsembleFacts are what the servers of the new ZooKeeper showed.
type EnsembleFacts struct {
	Members []MemberFacts
	// Packet is how many bytes the servers were asked to accept at once, for the largest znode of the
	// old tree; 0 where that is not known.
	Packet int
	// Sessions are how many a copy opens, and Opened how many of these the servers let in at the same
	// time; -1 where that was not tried, because all servers have said what they allow.
	Sessions, Opened int
	// Quotas are those at the path of the new tree and above it; QuotaDoubt is why they are not
	// known.
	Quotas     []QuotaFacts
	QuotaDoubt error
	// ACLs are the different access control lists of the old tree; ACLDoubt is why the new ensemble
	// was not asked whether it accepts them.
	ACLs     []ACLFacts
	ACLDoubt error
}

// MemberFacts are what one server of the new ZooKeeper showed.
type MemberFacts struct {
	// Server is HOST:PORT.
	Server string
	// Unresolved: its host name has no address.
	Unresolved bool
	// Down is why it opened no session, "" where it did.
	Down string
	// ReadOnly: it has no quorum. NeedsAuth: it accepts authenticated clients only. BadAuth: it
	// refuses the credentials.
	ReadOnly, NeedsAuth, BadAuth bool
	// Version and Mode are what it says of itself, "" where it does not.
	Version, Mode string
	// Takes: it accepts a packet of EnsembleFacts.Packet bytes.
	Takes Known
	// MostConnections is how many connections it allows from one address: 0 for no limit, -1 where it
	// does not say.
	MostConnections int
	// Ping is a round trip, Login the time to open a session, which the ensemble agrees on as on a
	// write; medians.
	Ping, Login time.Duration
}

// Serves reports whether the server lets clients read and write.
func (m MemberFacts) Serves() bool {
	return m.Down == "" && !m.ReadOnly && !m.NeedsAuth && !m.BadAuth
}

// QuotaFacts are a quota on the new ZooKeeper, and what is used of it. A limit of -1 is none.
type QuotaFacts struct {
	Path                  string
	Znodes, Bytes         int64 // from these on servers warn
	HardZnodes            int64 // from these on they refuse to write, if they enforce quotas
	HardBytes             int64
	UsedZnodes, UsedBytes int64
}

// ACLFacts are an access control list of the old tree, and what the new ZooKeeper makes of it.
type ACLFacts struct {
	// Text is the list as SCHEME:ID:PERMISSIONS, without hashes of passwords.
	Text string
	// Znodes have it, Path is the first of them.
	Znodes int64
	Path   string
	// Accepted: the new ZooKeeper knows its schemes and ids.
	Accepted Known
	// Readable: it lets this program read, with the credentials for the new ZooKeeper.
	Readable Known
	// Masked: the old servers hide the hashes of passwords in it from this program.
	Masked bool
}

// ScanFacts are what was read of the old tree.
type ScanFacts struct {
	// Doubt is why it could not be read, nil where it was, as a whole or in part.
	Doubt error
	// Znodes and Bytes were read, in the time Took; Whole says that it was the whole tree.
	Znodes, Bytes int64
	Took          time.Duration
	Whole         bool
	// Largest are the bytes of the request that creates the largest znode, LargestPath.
	Largest     int
	LargestPath string
	// DeniedPath is a znode that may not be read, at which the reading ended; "" for none.
	DeniedPath string
	// Policies are the backup policies, Duplications and BulkLoads those in the tree.
	Policies, Duplications, BulkLoads int
	// Ping is a round trip to the old ZooKeeper; 0 where that is not known.
	Ping time.Duration
}

// FeatureFacts are what is under way in the cluster.
type FeatureFacts struct {
	// Doubt is why the leader did not say anything, nil where it did. The other doubts are about one
	// feature.
	Doubt                                         error
	SplitDoubt, LoadDoubt, CopyDoubt, BackupDoubt error
	// InChange are the tables that are being created, dropped or recalled, as NAME (STATE).
	InChange []string
	// Splitting and Loading are the tables whose partitions are split, and that are loaded.
	Splitting, Loading []string
	// Duplications are those of all tables.
	Duplications []DuplicationFacts
	// Policies are the names of the backup policies that are on, Disabled those that are off, Backups
	// those with a backup under way.
	Policies, Disabled, Backups []string
	// Dropped are tables that were dropped and can still be recalled.
	Dropped []string
	// Partitions are how many all tables have.
	Partitions int64
}

// DuplicationFacts are one duplication of a table to another cluster.
type DuplicationFacts struct {
	Table, Remote string
	ID            int32
	Paused        bool
}

// ServerVersion is what a server of the cluster says that it is.
type ServerVersion struct {
	Server string
	// Role is meta or replica.
	Role string
	// Version is what it says, "" where it says nothing; Doubt is why.
	Version, Doubt string
}

// ConfigFault is a value in a configuration file that a server cannot use.
type ConfigFault struct{ File, Problem string }
