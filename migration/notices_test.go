package migration

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// at is a time of day.
func at(text string) time.Time {
	t, err := time.Parse(time.TimeOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func timeOfDay(t time.Time) string { return t.Format(time.TimeOnly) }

const (
	oldZooKeeper = "zk1:2181/pegasus/c1"
	newZooKeeper = "zk2:2181/pegasus/c1"
)

func TestNoticesSayOnceWhatMakesTheShellsWorkVoid(t *testing.T) {
	const blind, steady = metaadmin.LevelBlind, metaadmin.MetaLevel(400)
	see := func(clock, leader, started string, level metaadmin.MetaLevel) Sighting {
		return Sighting{Time: at(clock), Leader: leader, Started: started, ZooKeeper: oldZooKeeper, Level: level}
	}
	moved := func(s Sighting) Sighting {
		s.ZooKeeper = newZooKeeper
		return s
	}
	set := &LevelSet{Level: blind, Time: at("14:03:12")}
	copied := &CopyMade{Time: at("14:05:00")}
	const gone = "! the level blind that was set here at 14:03:12 is gone: "
	const mayChange = ". Before a copy, run set_meta_level blind again"
	const changed = "! the leader changed: b:1 leads (seen at 14:10:00); a:1 led until 14:04:00 at least"
	for name, c := range map[string]struct {
		set    *LevelSet
		copied *CopyMade
		seen   []Sighting
		want   []string
	}{
		"nothing happens":                        {set, copied, []Sighting{see("14:04:00", "a:1", "one", blind), see("14:10:00", "a:1", "one", blind)}, nil},
		"nothing was set, and the level changes": {nil, nil, []Sighting{see("14:04:00", "a:1", "", blind), see("14:10:00", "a:1", "", steady)}, nil},
		"the leader changes":                     {nil, nil, []Sighting{see("14:04:00", "a:1", "", 0), see("14:10:00", "b:1", "", 0), see("14:11:00", "b:1", "", 0)}, []string{changed}},
		"nobody leads meanwhile":                 {nil, nil, []Sighting{see("14:04:00", "a:1", "", 0), {Time: at("14:05:00")}, see("14:10:00", "b:1", "", 0)}, []string{changed}},
		"a fail-over": {set, nil, []Sighting{see("14:04:00", "a:1", "one", blind), see("14:10:00", "b:1", "two", steady), see("14:11:00", "b:1", "two", steady)},
			[]string{changed, gone + "the leader b:1 has steady, because it took over from a:1" + mayChange}},
		"a fail-over after a copy": {set, copied, []Sighting{see("14:04:00", "a:1", "one", blind), see("14:10:00", "b:1", "two", steady)},
			[]string{changed, gone + "the leader b:1 has steady, because it took over from a:1. The copy of 14:05:00 may be out of date: run set_meta_level blind, then zk_copy again"}},
		"a fail-over, the level of the new leader unknown": {set, nil, []Sighting{see("14:04:00", "a:1", "", blind), see("14:10:00", "b:1", "", 0), see("14:11:00", "b:1", "", steady)},
			[]string{changed, "! the level blind that was set here at 14:03:12 is gone with the leader a:1: b:1 leads now and began with the level of its configuration (meta_function_level_on_start)" + mayChange}},
		"a restart": {set, nil, []Sighting{see("14:04:00", "a:1", "one", blind), see("14:10:00", "a:1", "two", steady)},
			[]string{gone + "the leader a:1 has steady, because it was restarted since" + mayChange}},
		"another shell, or a bulk load": {set, nil, []Sighting{see("14:04:00", "a:1", "one", blind), see("14:10:00", "a:1", "one", steady)},
			[]string{gone + "the leader a:1 has steady, though it was not restarted: another shell set it, or a bulk load was started" + mayChange}},
		"before anything of the start was known": {set, nil, []Sighting{see("14:10:00", "a:1", "one", steady)},
			[]string{gone + "the leader a:1 has steady, because it was restarted, another server led meanwhile, another shell set it, or a bulk load was started" + mayChange}},
		"an answer from before it was set": {set, nil, []Sighting{see("14:03:00", "a:1", "one", steady), see("14:04:00", "a:1", "one", blind)}, nil},
		"another level than blind": {&LevelSet{Level: metaadmin.MetaLevel(500), Time: at("14:03:12")}, nil, []Sighting{see("14:04:00", "a:1", "one", metaadmin.MetaLevel(500)), see("14:10:00", "a:1", "two", steady)},
			[]string{"! the level lively that was set here at 14:03:12 is gone: the leader a:1 has steady, because it was restarted since"}},
		"the start is known later": {set, nil, []Sighting{see("14:04:00", "a:1", "", blind), see("14:05:00", "a:1", "one", blind), see("14:06:00", "a:1", "", blind), see("14:10:00", "a:1", "two", steady)},
			[]string{gone + "the leader a:1 has steady, because it was restarted since" + mayChange}},
		"the migration goes on": {set, copied, []Sighting{see("14:04:00", "a:1", "one", blind), moved(see("14:10:00", "a:1", "two", steady))}, []string{
			"The leader a:1 uses ZooKeeper zk2:2181/pegasus/c1 now (seen at 14:10:00); before it was zk1:2181/pegasus/c1",
			"The level blind that was set here at 14:03:12 ended with that: the leader has steady, as after every start"}},
		"the migration goes on with another leader": {nil, nil, []Sighting{see("14:04:00", "a:1", "", 0), moved(see("14:10:00", "b:1", "", 0))}, []string{
			"The leader is b:1 on ZooKeeper zk2:2181/pegasus/c1 (seen at 14:10:00); until 14:04:00 at least it was a:1 on ZooKeeper zk1:2181/pegasus/c1"}},
	} {
		t.Run(name, func(t *testing.T) {
			n := Notices{Clock: timeOfDay}
			var got []string
			for _, s := range c.seen {
				got = append(got, texts(n.See(s, c.set, c.copied))...)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestALevelThatIsSetAgainIsNoticedAgain(t *testing.T) {
	n := Notices{Clock: timeOfDay}
	lose := func(clock string) (found int) {
		set := &LevelSet{Level: metaadmin.LevelBlind, Time: at(clock)}
		for _, level := range []metaadmin.MetaLevel{metaadmin.LevelBlind, metaadmin.MetaLevel(400)} {
			found += len(n.See(Sighting{Time: at(clock), Leader: "a:1", Level: level}, set, nil))
		}
		if !n.LostLevel(set) {
			t.Error("the level is not known to be gone")
		}
		return found
	}
	if first, second := lose("10:00:00"), lose("11:00:00"); first != 1 || second != 1 {
		t.Errorf("noticed %d times, then %d times", first, second)
	}
}

func TestAnOutdatedCopyIsNamedWithWhatChanged(t *testing.T) {
	copied := CopyMade{Time: at("14:05:00"), Source: oldZooKeeper, Target: newZooKeeper}
	table := zkcopy.Change{Path: "/pegasus/c1/apps/7", Kind: zkcopy.Created, Time: at("14:06:00")}
	for name, c := range map[string]struct {
		changes zkcopy.Changes
		leader  string
		want    string
	}{
		"one znode": {zkcopy.Changes{Total: 1, Last: table}, oldZooKeeper,
			"zk1:2181/pegasus/c1 was written after it had been copied: the last one is /pegasus/c1/apps/7, at 14:06:00. The copy of 14:05:00 is no longer equal: before you move the meta servers to zk2:2181/pegasus/c1, run zk_copy again"},
		"several": {zkcopy.Changes{Total: 9, Last: table}, "",
			"9 znodes of zk1:2181/pegasus/c1 were written after they had been copied: the last one is /pegasus/c1/apps/7, at 14:06:00. The copy of 14:05:00 is no longer equal: before you move the meta servers to zk2:2181/pegasus/c1, run zk_copy again"},
		"a removal": {zkcopy.Changes{Total: 1, Last: zkcopy.Change{Path: "/pegasus/c1/apps", Kind: zkcopy.ChildRemoved}}, oldZooKeeper,
			"zk1:2181/pegasus/c1 was written after it had been copied: a znode below /pegasus/c1/apps was removed. The copy of 14:05:00 is no longer equal: before you move the meta servers to zk2:2181/pegasus/c1, run zk_copy again"},
		"after the leader has moved": {zkcopy.Changes{Total: 1, Last: table}, newZooKeeper,
			"zk1:2181/pegasus/c1 was written after it had been copied: the last one is /pegasus/c1/apps/7, at 14:06:00. The leader uses zk2:2181/pegasus/c1 now, so something else writes to the old tree, such as a meta server that still uses the old ZooKeeper: zk_check zk1:2181/pegasus/c1 shows living_meta_servers"},
	} {
		if got := CopyOutdated(timeOfDay, copied, &c.changes, c.leader); !got.Danger || got.Text.String() != c.want {
			t.Errorf("%s: got %q\nwant %q", name, got.Text, c.want)
		}
	}
	if _, matters := CopyGone(timeOfDay, copied, newZooKeeper); matters {
		t.Error("the old tree may be removed when the leader uses the new one")
	}
	if n, matters := CopyGone(timeOfDay, copied, oldZooKeeper); !matters || n.Text.String() != "zk1:2181/pegasus/c1 does not exist any more; it was copied to zk2:2181/pegasus/c1 at 14:05:00" {
		t.Errorf("got %q", n.Text)
	}
}

// texts are notices as texts, dangers marked by "! ".
func texts(notices []Notice) (all []string) {
	for _, n := range notices {
		mark := ""
		if n.Danger {
			mark = "! "
		}
		all = append(all, mark+n.Text.String())
	}
	return all
}
