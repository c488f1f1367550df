package cluster

import (
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// next prints what is left to do after a recovery that has succeeded: with the lines to type where
// the manifest has them, in words otherwise.
func (r *recovery) next() {
	servers := command.SiteServers(r.env.Manifest(), r.env.Cluster())
	leader := r.admin.Leader()
	r.env.Note("Next: set recover_from_replica_server = false in section [meta_server] of every meta server's configuration (with true it aborts at "+
		"its next start), restart %s, then start the others.", leader)
	lines, byHand := command.SetLines(servers, "meta_server", "recover_from_replica_server", "false")
	r.lines(lines...)
	if len(byHand) > 0 {
		r.env.Note("    for %s: config_set FILE meta_server recover_from_replica_server false", strings.Join(byHand, ", "))
	}
	var others []string
	for _, s := range servers {
		switch {
		case s.Address == leader:
			r.lines(s.RestartLines()...)
		case s.Start != "":
			others = append(others, s.Start)
		}
	}
	r.lines(append(others, "migrate status")...)
}

// lines prints lines to type.
func (r *recovery) lines(lines ...string) {
	for _, line := range lines {
		fmt.Fprintf(r.env.Err(), "    %s\n", line)
	}
}

// explainRecovery says what the answer to a recovery that has failed means; nothing where that is
// said elsewhere.
func explainRecovery(err error) message.Text {
	if metaadmin.Code(err) == wire.ErrTryAgain {
		return message.New("nothing was written. A replica server that was named did not answer, or a partition was found on none of them: the hint above " +
			"names it. Start that server, wait until it is INACTIVE and send recover again. -b continues without servers that cannot be reached, and -l makes " +
			"partitions without a replica empty: their data is lost")
	}
	return message.Text{}
}
