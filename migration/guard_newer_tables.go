package migration

import (
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// GuardNewerTables is the guard's name.
const GuardNewerTables = "newer_tables"

var newerTables = Guard{GuardNewerTables, "restore a tree without tables that replica servers hold", findNewerTables}

// Stored is what the replica servers of the connected cluster hold.
type Stored struct {
	// Asked says that it was tried to find that out.
	Asked bool
	// Tables are those of which some server holds replicas, by id.
	Tables []metaadmin.AppInfo
	// Root is the path of the connected cluster's tree.
	Root string
	// Doubt is why not all servers are known or have answered; nil where all have.
	Doubt error
}

// findNewerTables keeps a tree from being set back to a time before tables that replica servers
// hold: a meta server aborts when a replica server reports a partition that its tree does not have.
func findNewerTables(s *Survey) []Finding {
	if !s.Stored.Asked {
		return nil
	}
	var newer []message.Text
	compared := false
	for _, c := range s.Source.Clusters {
		if !c.HasApps {
			continue
		}
		if root := s.rootInTarget(c); root == s.Stored.Root || s.Stored.shares(c) {
			compared = true
			newer = append(newer, s.Stored.newerThan(c)...)
		}
	}
	switch {
	case len(newer) > 0:
		return refuse(GuardNewerTables, "replica servers hold tables or partitions that %s does not have: %s. The restored tree would be older than they are, and "+
			"every meta server that starts on it aborts (gpid ... is not exist on meta server). Restore a newer backup, or rebuild the tree with recover",
			s.Source.Name, message.Join(", ", newer...))
	case !s.Source.hasCluster() || compared && s.Stored.Doubt == nil:
		return nil
	}
	doubt := message.New("the connected cluster is another one")
	if s.Stored.Doubt != nil {
		doubt = message.New("%v", s.Stored.Doubt)
	}
	return []Finding{warning("cannot determine whether replica servers hold tables that %s does not have: %s. Before you start meta servers on the restored tree, make sure that no table "+
		"was created or split after the backup was taken; otherwise every meta server that starts on it aborts (gpid ... is not exist on meta server)", s.Source.Name, doubt)}
}

// rootInTarget is the path that a cluster of the source gets in the target.
func (s *Survey) rootInTarget(c zkcopy.Cluster) string {
	below := strings.Trim(strings.TrimPrefix(c.Root, strings.TrimSuffix(s.Source.Path, "/")), "/")
	if below == "" {
		return s.Target.Path
	}
	return strings.TrimSuffix(s.Target.Path, "/") + "/" + below
}

// shares says whether replica servers hold a table of a cluster: the same id, made in the same
// second.
func (t Stored) shares(c zkcopy.Cluster) bool {
	byID := c.TablesByID()
	for _, app := range t.Tables {
		if own, ok := byID[app.ID]; ok && own.CreateSecond != 0 && own.CreateSecond == app.CreateSecond {
			return true
		}
	}
	return false
}

// newerThan names what replica servers hold that a cluster's tree does not have, the first few.
func (t Stored) newerThan(c zkcopy.Cluster) []message.Text {
	const shown = 5
	byID := c.TablesByID()
	var found []message.Text
	more := 0
	for _, app := range t.Tables {
		var text message.Text
		switch own, ok := byID[app.ID]; {
		case !ok:
			text = message.New("%s (id %d)", app.Name, app.ID)
		case own.PartitionCount > 0 && own.PartitionCount < app.PartitionCount:
			text = message.New("%s (id %d: %d partitions, not %d)", app.Name, app.ID, app.PartitionCount, own.PartitionCount)
		default:
			continue
		}
		if len(found) == shown {
			more++
			continue
		}
		found = append(found, text)
	}
	if more > 0 {
		found = append(found, message.New("%d more", more))
	}
	return found
}

// hasCluster says whether the tree holds the tables of a Pegasus cluster.
func (t Tree) hasCluster() bool {
	for _, c := range t.Clusters {
		if c.HasApps {
			return true
		}
	}
	return false
}
