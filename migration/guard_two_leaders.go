package migration

import (
	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// ChooseLeader says what helps of the problem of two leaders where a command refuses for it.
func ChooseLeader(problem message.Text) message.Text {
	return message.New("%s. To use only one of them, start with --cluster and its address alone", problem)
}

// DistinctLeaders leaves out those that were reached by two addresses: a server that leads names
// itself as the primary, so two answers with one name come from one leader. One in recovery mode is
// known by its address.
func DistinctLeaders(leaders []metaadmin.Leader) []metaadmin.Leader {
	named := map[string]bool{}
	var distinct []metaadmin.Leader
	for _, l := range leaders {
		primary, _ := l.Info.Get("primary_meta_server")
		if l.Recovering {
			primary = l.Address
		}
		if !named[primary] {
			named[primary] = true
			distinct = append(distinct, l)
		}
	}
	return distinct
}

// TwoLeaders says which meta servers lead at the same time, nothing when it is at most one.
func TwoLeaders(leaders []metaadmin.Leader) message.Text {
	leaders = DistinctLeaders(leaders)
	if len(leaders) < 2 {
		return message.Text{}
	}
	recovering := 0
	var texts []message.Text
	for _, l := range leaders {
		if l.Recovering {
			recovering++
			texts = append(texts, message.New("%s in recovery mode", l.Server))
			continue
		}
		hosts, _ := l.Info.Get("zookeeper_hosts")
		root, _ := l.Info.Get("zookeeper_root")
		texts = append(texts, message.New("%s on ZooKeeper %s%s", l.Server, hosts, root))
	}
	seen := message.New("%d meta servers lead at the same time: %s. They use different ZooKeepers", len(leaders), message.Join("; ", texts...))
	switch recovering {
	case 0:
		return message.New("%s. Stop the wrong one immediately: it believes the replica servers are dead and damages its metadata (migrate status shows which one)", seen)
	case len(leaders):
		return message.New("%s. Stop the wrong one before you send recover (migrate status shows which one)", seen)
	}
	return message.New("%s. Stop the wrong one before you send recover: a leader in recovery mode does not accept replicas that serve for another leader (migrate status shows which one)", seen)
}

// findTwoLeaders keeps a change from hitting whichever leader answers first.
func findTwoLeaders(s *Survey) []Finding {
	problem := TwoLeaders(s.Leaders)
	if problem.IsZero() {
		return nil
	}
	return []Finding{{
		Guard: GuardTwoLeaders, Problem: ChooseLeader(problem),
		Then: message.New(". The requests of this command go to the leader that answers first"),
	}}
}
