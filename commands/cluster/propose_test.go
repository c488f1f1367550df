package cluster_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func TestProposalsCarryTheirActions(t *testing.T) {
	nodes := shelltest.NodesAnswer(t, wire.NodeAlive, "127.0.0.1:1", "127.0.0.1:2")
	a, b := nodes[0].Address, nodes[1].Address
	twin := &wire.HostPort{Host: "localhost", Port: 1, Type: 1}
	yes, no := true, false
	for line, want := range map[string]*wire.ProposeRequest{
		"propose -f -g 7.3 -p downgrade_to_inactive -t 127.0.0.1:1 -n 127.0.0.1:2": {
			Force: &yes, Actions: []wire.ProposalAction{{Target: a, Node: b, Type: wire.ConfigDowngradeToInactive}},
		},
		"propose -g 7.3 --type ADD_SECONDARY --target localhost:1 --node 127.0.0.1:2": {
			Force: &no, Actions: []wire.ProposalAction{{Target: a, HPTarget: twin, Node: b, Type: wire.ConfigAddSecondary}},
		},
		"balance -g 7.3 -p move_pri -f 127.0.0.1:1 -t 127.0.0.1:2": {
			Force: &no, Actions: []wire.ProposalAction{{Target: a, Node: a, Type: wire.ConfigDowngradeToSecondary}, {Target: b, Node: b, Type: wire.ConfigUpgradeToPrimary}},
		},
		"balance -g 7.3 -p copy_pri -f 127.0.0.1:1 -t 127.0.0.1:2": {
			Force: &no, Actions: []wire.ProposalAction{
				{Target: a, Node: b, Type: wire.ConfigAddSecondaryForLB},
				{Target: a, Node: a, Type: wire.ConfigDowngradeToSecondary},
				{Target: b, Node: b, Type: wire.ConfigUpgradeToPrimary},
			},
		},
		"balance -g 7.3 -p copy_sec -f localhost:1 -t 127.0.0.1:2": {
			Force: &no, Actions: []wire.ProposalAction{{Node: b, Type: wire.ConfigAddSecondaryForLB}, {Node: a, HPNode: twin, Type: wire.ConfigDowngradeToInactive}},
		},
	} {
		var asked atomic.Pointer[wire.ProposeRequest]
		s := shelltest.Start(t, shelltest.Answers{wire.RPCPropose: func(arg wire.Message) wire.Message {
			asked.Store(arg.(*wire.ProposeRequest))
			return &wire.ErrorResponse{Err: wire.OK}
		}}.Behave)
		if _, diagnostics, err := s.Run(line); err != nil {
			t.Errorf("%s: %v, %q", line, err, diagnostics)
			continue
		}
		want.PID = wire.GPID{AppID: 7, Index: 3}
		if diff := cmp.Diff(want, asked.Load()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestProposalsToHostsWithoutAddressAreNotSent(t *testing.T) {
	s := shelltest.StartOn(t, metaadmin.Options{Resolver: noHosts{}}, metatest.Refusing(t))
	for _, line := range []string{
		"propose -g 1.0 -p ADD_SECONDARY -t nosuch:1 -n 127.0.0.1:1",
		"balance -g 1.0 -p move_pri -f 127.0.0.1:1 -t nosuch:1",
	} {
		if out, diagnostics, err := s.Run(line); err == nil || out != "" || !strings.Contains(diagnostics, "nosuch:1: no such host") {
			t.Errorf("%s: error = %v, output %q, %q", line, err, out, diagnostics)
		}
	}
}

// noHosts knows no host.
type noHosts struct{}

func (noHosts) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, errors.New("no such host")
}
