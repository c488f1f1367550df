package migration

import (
	"strings"

	"pegashell/internal/journal"
)

// HistoryOf returns what the journal says of the cluster that has one of these meta servers. The
// records are in their order.
func HistoryOf(records []journal.Record, metas []string) History {
	var h reader
	for i := range records {
		if r := &records[i]; r.Of(metas) {
			h.add(r)
		}
	}
	return h.History
}

// reader reads a journal, record by record.
type reader struct {
	History
	// from and to are the last change of hosts_list, while nothing but configurations was changed
	// since; empty otherwise.
	from, to string
}

// add takes over what a later record says.
func (h *reader) add(r *journal.Record) {
	if r.Kind == journal.Saved {
		switch r.Fact("list") {
		case "tables":
			h.TablesFile = r.Fact("file")
		case "servers":
			h.ServersFile = r.Fact("file")
		}
		return
	}
	if r.Seen != nil && r.Seen.Leader != "" && r.Seen.Leaders == 1 {
		at := r.Time
		if !r.Seen.Since.IsZero() {
			at = r.Seen.Since
		}
		h.Sights = append(h.Sights, Sight{r.Seen.Leader, at})
		return
	}
	if !r.IsCommand() || r.Outcome == journal.Refused {
		return
	}
	if !strings.HasPrefix(r.Command, "config_") {
		h.from, h.to = "", ""
	}
	switch r.Command {
	case "set_meta_level":
		if r.Fact("level") == "blind" && r.Outcome == journal.OK {
			h.Blind = r.Ended
		}
	case "zk_copy":
		h.addCopy(r)
	case "recover":
		h.By = ByRecovery
	case "config_set":
		h.addConfig(r)
	}
}

func (h *reader) addCopy(r *journal.Record) {
	switch {
	case r.Fact("target") == "": // it failed before it had looked
		return
	case r.Fact("fallback") == "true": // both trees keep their places
		h.FallbackEnded = r.Ended
		return
	}
	h.By, h.From, h.Target = ByCopy, r.Fact("source"), r.Fact("target")
	if r.Outcome == journal.OK && r.Fact("verified") == "true" && r.Fact("final") == "true" {
		h.Copied = r.Ended
	}
}

// addConfig learns of a recovery, which has no copy that names the two ZooKeepers: its target is
// where the meta servers are configured to go, in the same breath as they get the flag. On the way
// back from there the two ZooKeepers keep their places.
func (h *reader) addConfig(r *journal.Record) {
	if r.Outcome != journal.OK {
		return
	}
	switch r.Fact("key") {
	case "[meta_server] recover_from_replica_server":
		if r.Fact("new") == "true" {
			h.By, h.From, h.Target = ByRecovery, h.from, h.to
		}
	case "[zookeeper] hosts_list":
		from, to := strings.TrimSpace(r.Fact("old")), strings.TrimSpace(r.Fact("new"))
		if from == to {
			return
		}
		h.from, h.to = from, to
		if h.HostsBefore != to || h.HostsAfter != from {
			h.HostsBefore, h.HostsAfter = from, to
		}
		goesBack := h.From == to && h.Target == from
		if h.By == ByRecovery && !goesBack {
			h.From, h.Target = from, to
		}
	}
}
