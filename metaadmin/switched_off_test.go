package metaadmin

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

// without behaves as a leader that runs without a feature, once it has answered so many calls as one
// that is still loading the metadata.
func without(loading int32) metatest.Behaviour {
	var asked atomic.Int32
	return func(nc net.Conn, q *wire.Request) error {
		if asked.Add(1) > loading && q.RPC == wire.RPCControlMeta {
			return leads(wire.LevelSteady)(nc, q)
		}
		return metatest.Answer(nc, q, wire.OK, &wire.ErrorResponse{Err: wire.ErrServiceNotActive})
	}
}

func TestAFeatureThatIsSwitchedOffIsNotWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		call    func(ctx context.Context, c *Client) error
		setting string
	}{
		"query_dup": {func(ctx context.Context, c *Client) error { _, _, err := c.Duplications(ctx, "t"); return err }, "duplication_enabled = false"},
		"add_dup": {func(ctx context.Context, c *Client) error {
			_, _, err := c.AddDuplication(ctx, "t", "c2", false)
			return err
		},
			"duplication_enabled = false"},
		"start_dup": {func(ctx context.Context, c *Client) error {
			return c.SetDuplicationStatus(ctx, "t", 1, wire.DuplicationLog)
		}, "duplication_enabled = false"},
		"policies": {func(ctx context.Context, c *Client) error { _, _, err := c.BackupPolicies(ctx, nil, 1); return err }, "cold_backup_disabled = true"},
		"add policy": {func(ctx context.Context, c *Client) error {
			return c.AddBackupPolicy(ctx, &wire.AddBackupPolicyRequest{})
		}, "cold_backup_disabled = true"},
		"bulk load": {func(ctx context.Context, c *Client) error { return c.StartBulkLoad(ctx, "t", BulkLoadSource{}) }, "without this feature"},
		"split":     {func(ctx context.Context, c *Client) error { _, err := c.Split(ctx, "t"); return err }, "without this feature"},
	} {
		t.Run(name, func(t *testing.T) {
			leader, requests := startServer(t, without(0))
			follower, _ := startServer(t, metatest.Follower(leader))
			err := c.call(context.Background(), newClient(t, ample, follower, leader))
			var e *Error
			if !errors.As(err, &e) || e.Code != wire.ErrServiceNotActive || e.Server != leader || !IsSwitchedOff(err) || !e.Answered() {
				t.Fatalf("error = %v, want the refusal of %s", err, leader)
			}
			if !strings.Contains(err.Error(), c.setting) {
				t.Errorf("error %q does not name %q", err, c.setting)
			}
			if n := requests.Load(); n != 3 { // the call, whether it has loaded, and the call again
				t.Errorf("the leader got %d requests, want 3", n)
			}
		})
	}
}

func TestALeaderThatIsStillLoadingIsWaitedForBeforeAFeatureCountsAsSwitchedOff(t *testing.T) {
	leader, requests := startServer(t, without(4))
	_, _, err := newClient(t, ample, leader).Duplications(context.Background(), "t")
	if !IsSwitchedOff(err) {
		t.Errorf("error = %v", err)
	}
	if n := requests.Load(); n <= 4 {
		t.Errorf("the leader got %d requests only", n)
	}
}

// The leader has finished loading between the refusal and the question whether it has.
func TestALeaderThatHasJustLoadedIsAskedAgain(t *testing.T) {
	var asked atomic.Int32
	leader, _ := startServer(t, func(nc net.Conn, q *wire.Request) error {
		switch {
		case q.RPC == wire.RPCControlMeta:
			return leads(wire.LevelSteady)(nc, q)
		case asked.Add(1) == 1:
			return metatest.Answer(nc, q, wire.OK, &wire.ErrorResponse{Err: wire.ErrServiceNotActive})
		}
		return metatest.Answer(nc, q, wire.OK, &wire.AddDuplicationResponse{Err: wire.OK, AppID: 2, DuplicationID: 9})
	})
	appID, id, err := newClient(t, ample, leader).AddDuplication(context.Background(), "t", "c2", false)
	if err != nil || appID != 2 || id != 9 || asked.Load() != 2 {
		t.Errorf("duplication %d of %d, %v, after %d requests", id, appID, err, asked.Load())
	}
}

func TestAtTheDeadlineALoadingLeaderIsReportedAsSuch(t *testing.T) {
	for name, call := range map[string]func(*Client) error{
		"a call that no setting switches off": func(c *Client) error { _, err := c.MetaLevel(context.Background()); return err },
		"a call of a feature":                 func(c *Client) error { _, _, err := c.Duplications(context.Background(), "t"); return err },
		"a call for which the leader is looked for first": func(c *Client) error {
			_, err := c.RecallApp(context.Background(), 2, "t")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			leader, _ := startServer(t, without(1<<30))
			err := call(newClient(t, 300*time.Millisecond, leader))
			var e *Error
			if !errors.As(err, &e) || e.Code != wire.ErrServiceNotActive || !e.Answered() || IsSwitchedOff(err) ||
				!strings.Contains(err.Error(), "still loading") {
				t.Errorf("error = %v", err)
			}
		})
	}
}
