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
	// Own is how the source of a copy, or the tree to be removed, lies to the connected cluster's tree.
	Own Own
	// Level is the connected cluster's.
	Level Level
	// Stored is what replica servers hold while a tree is restored.
	Stored Stored
	// ExistingFile is a file that is there already where one is to be written, "" for none.
	ExistingFile string
}

// Tree is a tree of znodes, or a backup file of one, as it was seen.
type Tree struct {
	// Name is HOSTS/PATH or the file's name, as it is printed.
	Name string
	// Path is that of the root.
	Path string
	// Exists is false for a target that is yet to be made.
	Exists bool
	// Ephemerals are how many znodes are ephemeral, EphemeralNodes the first of them by path.
	Ephemerals     int64
	EphemeralNodes []zkcopy.EphemeralNode
	// Clusters are the Pegasus clusters whose metadata lies in the tree, by root.
	Clusters []zkcopy.Cluster
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
	// Unasked is why the cluster did not say where its tree lies, Unreached why that tree could not be compared; ""
	// where neither is so.
	Unasked, Unreached string
}

// Level is the connected cluster's meta level.
type Level struct {
	// Value is the level; 0 where it was not asked for.
	Value metaadmin.MetaLevel
	// Doubt is why it is not known, "" where it is known or does not matter.
	Doubt string
}
