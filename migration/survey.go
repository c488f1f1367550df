package migration

import (
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// Survey is what was seen before a change. What a change has no use for stays zero.
type Survey struct {
	// Leaders are the meta servers of the list that say that they lead.
	Leaders []metaadmin.Leader
	// Source is what is copied or restored from; Target is what is written to, or removed.
	Source, Target Tree
	// Own is how the source of a copy, or the tree to be removed, lies to the connected cluster's
	// tree.
	Own Own
	// Level is the connected cluster's.
	Level Level
	// Stored is what replica servers hold while a tree is restored, and for the runbook.
	Stored Stored
	// ExistingFile is a file that is there already where one is to be written, "" for none.
	ExistingFile string

	// Meta and Replicas are the servers of the cluster, as the runbook sees them, by address.
	Meta     []MetaServer
	Replicas []ReplicaServer
	// Files are all configuration files that were named, those of known meta servers too; the
	// Server of one is "" where it cannot be told whose it is.
	Files []ConfigFile
	// Compared is how Source, the tree on the old ZooKeeper, and Target, the one on the new, lie to
	// each other.
	Compared Comparison
	// ZooKeepers are the names that plugins.toml has for ZooKeepers.
	ZooKeepers []string
	// History is what files of earlier commands say.
	History History
}

// Tree is a tree of znodes, or a backup file of one, as it was seen.
type Tree struct {
	// Name is HOSTS/PATH or the file's name, as it is printed.
	Name string
	// Path is that of the root.
	Path string
	// Exists is false for a target that is yet to be made; Above is then the lowest znode above the
	// path that exists, "" where that was not looked for.
	Exists bool
	Above  string
	// Ephemerals are how many znodes are ephemeral, EphemeralNodes the first of them by path.
	Ephemerals     int64
	EphemeralNodes []zkcopy.EphemeralNode
	// Clusters are the Pegasus clusters whose metadata lies in the tree, by root.
	Clusters []zkcopy.Cluster
	// Outside are the locks of these clusters that lie outside of the tree, each as a cluster that
	// has nothing else.
	Outside []zkcopy.Cluster
	// Unlocated are the roots of those of the clusters of whose lock nothing is known, so that
	// living servers of them would not be seen.
	Unlocated []string
	// Unfound are the roots of those whose lock was not found, even if a meta server of the connected cluster, which may be
	// another one, reports a place for it.
	Unfound []string
	// Changed are znodes in the target of a copy that something else than a copy has written.
	Changed []string
	// Equal: the target of a copy was found to be equal, so that nothing will be written.
	Equal bool
	// Contents is what the tree has in all, where that was counted.
	Contents Contents
}

// HasClusterAtRoot says whether the tree is the whole tree of one Pegasus cluster.
func (t Tree) HasClusterAtRoot() bool {
	for _, c := range t.Clusters {
		if c.HasApps && c.Root == t.Path {
			return true
		}
	}
	return false
}

// Own is how a tree lies to the one of the connected cluster.
type Own struct {
	// Relation is that of the tree to the cluster's; Apart also where no cluster is connected.
	Relation zkcopy.Relation
	// Name is the cluster's tree as it is printed.
	Name string
	// Lock: it is the cluster's lock, not its metadata, that the tree has znodes in common with.
	Lock bool
	// Unasked is why the cluster did not say where its tree lies, Unreached why that tree could not
	// be compared; nil where neither is so.
	Unasked, Unreached error
}

// unknown says that it is not known how the tree lies to the one of the connected cluster.
func (o Own) unknown() bool { return o.Unasked != nil || o.Unreached != nil }

// Level is the connected cluster's meta level.
type Level struct {
	// Value is the level; 0 where it was not asked for.
	Value metaadmin.MetaLevel
	// Doubt is why it is not known, nil where it is known or does not matter.
	Doubt error
}
