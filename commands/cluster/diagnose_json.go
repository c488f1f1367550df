package cluster

import (
	"context"
	"io"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/render"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func diagnoseFields() []command.Field {
	return []command.Field{
		{Path: "partitions[].gpid", Type: command.Text, Meaning: "the partition, APP_ID.INDEX"},
		{Path: "partitions[].reason", Type: command.Text, Meaning: "why the leader chooses no primary"},
		{Path: "partitions[].ballot", Type: command.Count, Meaning: "the ballot that the leader knows"},
		{Path: "partitions[].last_committed", Type: command.Count, Meaning: "the last committed decree that the leader knows"},
		{Path: "partitions[].dropped[].node", Type: command.Text, Meaning: "a replica server that had a replica"},
		{Path: "partitions[].dropped[].drop_time", Type: command.Instant, Meaning: "when it dropped out"},
		{Path: "partitions[].dropped[].alive", Type: command.Truth, Meaning: "whether it is alive"},
		{Path: "partitions[].dropped[].collected", Type: command.Truth, Meaning: "whether the leader knows its replica; if not, the next three are 0"},
		{Path: "partitions[].dropped[].ballot", Type: command.Count, Meaning: "its ballot"},
		{Path: "partitions[].dropped[].last_committed", Type: command.Count, Meaning: "its last committed decree"},
		{Path: "partitions[].dropped[].last_prepared", Type: command.Count, Meaning: "its last prepared decree"},
		{Path: "partitions[].last_drops", Type: command.Texts, Meaning: "the servers that dropped out, the last one at the end"},
		{Path: "partitions[].recommended_primary", Type: command.MaybeText, Meaning: "the server that has what was committed; null if none is known to"},
		{Path: "partitions[].proposed_primary", Type: command.MaybeText, Meaning: "the server that was proposed; null without -d, and where none is recommended"},
		{Path: "partitions[].answer", Type: command.MaybeText, Meaning: "what the leader answered to that, such as ERR_OK"},
	}
}

type diagnosisJSON struct {
	Partitions []diagnosedJSON `json:"partitions"`
}

type diagnosedJSON struct {
	GPID          string        `json:"gpid"`
	Reason        string        `json:"reason"`
	Ballot        int64         `json:"ballot"`
	LastCommitted int64         `json:"last_committed"`
	Dropped       []droppedJSON `json:"dropped"`
	LastDrops     []string      `json:"last_drops"`
	Recommended   *string       `json:"recommended_primary"`
	Proposed      *string       `json:"proposed_primary"`
	Answer        *string       `json:"answer"`
}

type droppedJSON struct {
	Node          string    `json:"node"`
	DropTime      time.Time `json:"drop_time"`
	Alive         bool      `json:"alive"`
	Collected     bool      `json:"collected"`
	Ballot        int64     `json:"ballot"`
	LastCommitted int64     `json:"last_committed"`
	LastPrepared  int64     `json:"last_prepared"`
}

// writeJSON writes what write does for people, and asks nothing.
func (d *diagnosis) writeJSON(ctx context.Context, w io.Writer, partitions []wire.DiagnosedPartition) error {
	out := diagnosisJSON{Partitions: []diagnosedJSON{}}
	for i := range partitions {
		if d.stopped = ctx.Err(); d.stopped != nil {
			break
		}
		p := &partitions[i]
		each := diagnosedJSON{GPID: p.Config.PID.String(), Reason: p.Reason, Ballot: p.Config.Ballot, LastCommitted: p.Config.LastCommittedDecree,
			Dropped: []droppedJSON{}, LastDrops: append([]string{}, p.Config.LastDropServers()...)}
		for k := range p.Dropped {
			n := &p.Dropped[k]
			each.Dropped = append(each.Dropped, droppedJSON{Node: n.Server(), DropTime: time.UnixMilli(n.DropTime).UTC(), Alive: n.Alive, Collected: n.Collected,
				Ballot: n.Ballot, LastCommitted: n.LastCommittedDecree, LastPrepared: n.LastPreparedDecree})
		}
		if primary := recommend(p); primary != "" {
			each.Recommended = &primary
		}
		if d.o.diagnose && each.Recommended != nil {
			answer := string(metaadmin.Code(d.propose(ctx, p, *each.Recommended)))
			each.Proposed, each.Answer = each.Recommended, &answer
		}
		out.Partitions = append(out.Partitions, each)
	}
	return render.WriteIndented(w, out, "    ")
}
