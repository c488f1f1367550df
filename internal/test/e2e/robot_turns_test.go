package e2e

import (
	"strings"
	"testing"

	"pegashell/internal/test/zktest"
)

const usualRoot = "/pegasus/onebox/127.0.0.1"

func TestRobotAfterWrongTurnsOfACopy(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	b := newRobotBox(t, usualRoot)
	b.wrongTurn("a follower left running", "followers_alive", func() {
		b.types("set_meta_level blind")
		b.shell("zk_copy -t " + b.new()) // equal, not final
	})
	b.wrongTurn("the leader restarted with the old configuration", "level_forgotten", func() {
		leader, follower := b.leader(), b.follower()
		b.meta("stop", follower)
		b.types("set_meta_level blind", "zk_copy -t "+b.new())
		b.names(follower, b.new())
		b.meta("restart", leader)
		b.untilLeaders(1)
	})
	b.wrongTurn("a table created during the copy", "level_forgotten", func() {
		b.shell("zk_copy -t " + b.new())
		b.types("create late -p 2 -r 2")
		b.tables = []string{"late", "orders", "users"}
	})
	b.wrongTurn("a fail-over while blind", "level_forgotten", func() {
		leader := b.leader()
		b.types("set_meta_level blind")
		b.shell("zk_copy -t " + b.new())
		b.meta("stop", leader, "--kill")
		b.until("the follower leads", func() bool {
			now := b.leaders()
			return len(now) == 1 && now[0].Server != b.metas[leader-1]
		})
	})
	b.wrongTurn("the copy interrupted", "copy_interrupted", func() {
		b.meta("stop", b.follower())
		b.types("set_meta_level blind")
		b.shell("zk_copy -t " + b.new() + " --exclude apps/2/**")
	})
	b.wrongTurn("the configuration of one meta server changed", "configurations_disagree", func() {
		leader, follower := b.leader(), b.follower()
		b.meta("stop", follower)
		b.types("set_meta_level blind", "zk_copy -t "+b.new())
		b.names(leader, b.new())
		b.meta("restart", leader)
		b.untilLeaders(1)
	})
}

func TestRobotAfterLossesWithALockOutsideOfTheTree(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	b := newRobotBox(t, usualRoot, "--lock_root", "/locks/c1")
	b.wrongTurn("the old tree removed too early", "old_tree_removed", func() {
		b.meta("stop", b.follower())
		b.types("set_meta_level blind", "zk_copy -t "+b.new(), "zk_rmr "+b.oldTree()+" --yes --force live_tree,connected_tree")
	})
	b.wrongTurn("a dead replica server", "dead_replica_server", func() {
		b.onebox("stop", "-r", "1", "--kill")
	})
	b.wrongTurn("the old tree removed before it was copied", "recovery_needed", func() {
		b.types("zk_rmr " + b.oldTree() + " --yes --force live_tree,connected_tree")
	})
	b.wrongTurn("a recovery flag left on", "recovery_flag_left_on", func() {
		b.by = "recovery"
		b.robot()
		b.by = ""
		follower := b.follower()
		b.meta("stop", follower)
		b.types("config_set " + b.metas[follower-1] + " meta_server recover_from_replica_server true")
	})
}

func TestRobotBelowAChroot(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	b := newRobotBox(t, "/team/a"+usualRoot, "--chroot", "/team/a", "--lock_root", "below")
	b.wrongTurn("two leaders", "two_leaders", func() {
		follower := b.follower()
		b.meta("stop", follower)
		b.types("set_meta_level blind", "zk_copy -t "+b.new())
		b.names(follower, b.new())
		b.meta("start", follower)
		b.untilLeaders(2)
	})
	b.wrongTurn("recovery onto a tree", "recovery_onto_a_tree", func() {
		leader, follower := b.leader(), b.follower()
		b.meta("stop", follower)
		b.types("set_meta_level blind", "zk_copy -t "+b.new())
		b.meta("stop", leader)
		for i := range b.metas {
			b.names(i+1, b.new())
			b.types("config_set " + b.metas[i] + " meta_server recover_from_replica_server true")
		}
		b.shell("onebox_meta start -m 1") // it aborts
	})
	b.goBackAndBeginAgain()
}

// goBackAndBeginAgain moves, changes something, goes back, and moves once more.
func (b *robotBox) goBackAndBeginAgain() {
	b.t.Run("going back and beginning again", func(t *testing.T) {
		outer := b.t
		b.t = t
		defer func() { b.t = outer }()
		b.by = "copy"
		b.robot()
		b.types("rename users people")
		rollback := strings.Replace(b.status(), "status", "rollback", 1)
		if lost := strings.Join(b.look(rollback).Lost, "; "); !strings.Contains(lost, "people") {
			t.Errorf("lost: %q", lost)
		}
		b.follow(rollback, func(s seen) bool { return s.Done })
		b.check(b.old())
		b.follow(strings.Replace(b.status(), "status", "again", 1), func(s seen) bool { return s.Done })
		b.robot()
	})
}

func TestRobotToAnotherPath(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	b := newRobotBox(t, usualRoot, "--lock_root", "below", "--meta_count", "3")
	b.moved = "/moved/c1"
	b.wrongTurn("a follower forgotten", "two_leaders", func() {
		leader := b.leader()
		b.types("set_meta_level blind")
		b.shell("zk_copy -t " + b.newTree())
		for _, set := range []string{"zookeeper hosts_list " + b.new(), "meta_server cluster_root " + b.moved,
			"meta_server distributed_lock_service_parameters " + b.moved + "/lock"} {
			b.types("config_set " + b.metas[leader-1] + " " + set)
		}
		b.meta("restart", leader)
		b.untilLeaders(2)
	})
	b.wrongTurn("lock nodes copied", "stale_lock", func() {
		b.types("set_meta_level blind")
		b.shell("zk_copy -i false --force lock_nodes -t " + b.newTree())
	})
	b.writeManifest(false)
	b.robot() // with a person on the hosts, and no configuration that can be read
}
