package zookeeper

import (
	"errors"
	"testing"
	"time"

	"pegashell/zkcopy"
)

func TestTheLiveLineSaysHowFarAFollowerIs(t *testing.T) {
	now := time.Date(2026, 5, 14, 2, 30, 0, 0, time.UTC)
	for want, s := range map[string]zkcopy.FollowState{
		"following, 0.0 s behind (0 transactions), 0 written, 0 removed, 0 sweeps": {Phase: zkcopy.FollowFollows, Watched: true, Heard: 7, Applied: 7},
		"following, 1.5 s behind (3 transactions), 12 written, 1 removed, 2 sweeps, last 3/0 apps/4": {
			Phase: zkcopy.FollowFollows, Watched: true, Heard: 10, Applied: 7, Since: now.Add(-1500 * time.Millisecond),
			Written: 12, Removed: 1, Sweeps: 2, Last: []string{"/p/apps/3/0", "/p/apps/4"},
		},
		"last look, 0.0 s behind (0 transactions), no watches: compared again and again, 0 written, 0 removed, 0 sweeps, frozen for 2 s, last apps/?[31m": {
			Phase: zkcopy.FollowLastLook, FrozenSince: now.Add(-2 * time.Second), Last: []string{"/p/apps/\x1b[31m"},
		},
		"no answer, 0.0 s behind (0 transactions), a side does not answer, the target is in use, 0 written, 0 removed, 0 sweeps": {
			Phase: zkcopy.FollowUnheard, Watched: true, Trouble: errors.New("gone"), InUse: "/p",
		},
	} {
		if got := describeState(s, now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
