package metaserver

import (
	"maps"
	"slices"
	"strings"
	"time"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

// addCommands registers the remote commands that every meta server has.
func (s *server) addCommands() {
	s.commands.Add(
		rpc.Command{
			Names: []string{"fd.allow_list"}, Help: "fd.allow_list", LongHelp: "show allow list of failure detector",
			Run: func([]string) string { return "get ok: allow list disabled." },
		},
		rpc.Command{
			Names:    []string{"meta.live_percentage"},
			Help:     "meta.live_percentage [num | DEFAULT]",
			LongHelp: "node live percentage threshold for update",
			Run: s.commands.Number("meta.live_percentage", 0, int64(s.cfg.livePercentage),
				s.livePercentage.Load, s.setLivePercentage),
		},
	)
}

// setLivePercentage sets the threshold for this server, and for the leader that it is or becomes.
func (s *server) setLivePercentage(n int64) {
	s.livePercentage.Store(n)
	if l := s.leader.Load(); l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.percentage = int(n)
	}
}

// addCommands registers the remote commands that only a leader has: followers call them unknown.
func (l *leader) addCommands(c *rpc.Commands) {
	c.Add(
		rpc.Command{Names: []string{"meta.dump"}, Help: "meta.dump - dump app_states of meta server to local file"},
		rpc.Command{Names: []string{"meta.lb.add_secondary_enable_flow_control"}, Help: "meta.lb.add_secondary_enable_flow_control <true|false>"},
		rpc.Command{Names: []string{"meta.lb.add_secondary_max_count_for_one_node"}, Help: "meta.lb.add_secondary_max_count_for_one_node [num | DEFAULT]"},
		rpc.Command{
			Names:    []string{"meta.lb.assign_delay_ms"},
			Help:     "lb.assign_delay_ms [num | DEFAULT]",
			LongHelp: "control the replica_assign_delay_ms_for_dropouts config",
			Run: c.Number("meta.lb.assign_delay_ms", 1, l.cfg.assignDelay.Milliseconds(),
				func() int64 {
					l.mu.Lock()
					defer l.mu.Unlock()
					return l.assignDelay.Milliseconds()
				},
				func(n int64) {
					l.mu.Lock()
					defer l.mu.Unlock()
					l.assignDelay = time.Duration(n) * time.Millisecond
				}),
		},
		rpc.Command{
			Names:    []string{"meta.lb.assign_secondary_black_list"},
			Help:     "lb.assign_secondary_black_list [<ip:port,ip:port,ip:port>|clear]",
			LongHelp: "control the assign secondary black list",
			Run:      l.blackList,
		},
		rpc.Command{Names: []string{"meta.lb.balancer_in_turn"}, Help: "meta.lb.balancer_in_turn <true|false>"},
		rpc.Command{
			Names:    []string{"meta.lb.get_balance_operation_count"},
			Help:     "meta.lb.get_balance_operation_count [total | move_pri | copy_pri | copy_sec | detail]",
			LongHelp: "get balance operation count",
			Run:      l.balanceCount,
		},
		rpc.Command{Names: []string{"meta.lb.ignored_app_list"}, Help: "meta.lb.ignored_app_list <get|set|clear> [app_id1,app_id2..]"},
		rpc.Command{Names: []string{"meta.lb.only_move_primary"}, Help: "meta.lb.only_move_primary <true|false>"},
		rpc.Command{Names: []string{"meta.lb.only_primary_balancer"}, Help: "meta.lb.only_primary_balancer <true|false>"},
	)
}

// blackList shows, sets or clears the servers that get no secondaries.
func (l *leader) blackList(args []string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case len(args) == 0:
		return "get ok: " + strings.Join(addressTexts(slices.Sorted(maps.Keys(l.avoid))), ",")
	case len(args) > 1:
		return "invalid arguments"
	case args[0] == "clear":
		clear(l.avoid)
		return "clear ok"
	}
	avoid := make(map[wire.Address]bool)
	for text := range strings.SplitSeq(args[0], ",") {
		a, err := wire.ParseAddress(strings.TrimSpace(text))
		if err != nil || !a.Valid() {
			return "invalid arguments"
		}
		avoid[a] = true
	}
	l.avoid = avoid
	return "set ok"
}

func (l *leader) balanceCount(args []string) string {
	l.mu.Lock()
	detail := l.balance.String()
	l.mu.Unlock()
	what := "total"
	if len(args) > 0 {
		what = args[0]
	}
	if what == "detail" {
		return detail
	}
	for part := range strings.SplitSeq(detail, ",") {
		if strings.HasPrefix(part, what+"=") {
			return part
		}
	}
	return "ERR: invalid arguments"
}
