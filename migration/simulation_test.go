package migration

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pegashell/metaadmin"
)

var (
	seedFlag = flag.Int64("simulate-seed", -1, "run the simulation of this seed alone, and print it")
	runsFlag = flag.Int64("simulate-times", 1, "run this many times as many simulations")
)

// simLayout is where trees and locks are.
type simLayout struct {
	name     string
	old, new simFile // new is what the old configuration becomes
	target   string
}

var simLayouts = []simLayout{
	{"lock at the root", simFile{hosts: "old:1", root: "/p/c1", lock: "/p/c1"}, simFile{hosts: "new:1", root: "/p/c1", lock: "/p/c1"}, "new:1/p/c1"},
	{"lock below", simFile{hosts: "old:1", root: "/p/c1", lock: "/p/c1/lock"}, simFile{hosts: "new:1", root: "/p/c1", lock: "/p/c1/lock"}, "new:1/p/c1"},
	{"lock outside", simFile{hosts: "old:1", root: "/p/c1", lock: "/locks/c1"}, simFile{hosts: "new:1", root: "/p/c1", lock: "/locks/c1"}, "new:1/p/c1"},
	{"a chroot that stays", simFile{hosts: "old:1/team", root: "/p/c1", lock: "/p/c1"}, simFile{hosts: "new:1/team", root: "/p/c1", lock: "/p/c1"}, "new:1/team/p/c1"},
	{"a chroot that goes", simFile{hosts: "old:1/team", root: "/p/c1", lock: "/locks"}, simFile{hosts: "new:1", root: "/p/c1", lock: "/locks"}, "new:1/p/c1"},
	{"another path", simFile{hosts: "old:1", root: "/p/c1", lock: "/p/c1/lock"}, simFile{hosts: "new:1", root: "/q/c2", lock: "/q/c2/lock"}, "new:1/q/c2"},
}

// newWorld is a healthy cluster on the old ZooKeeper.
func newWorld(r *rand.Rand, l simLayout) *simWorld {
	w := &simWorld{trees: map[string]*simTree{}, locks: map[string]*simLock{}, made: map[string]bool{}, held: map[int32]simTable{},
		source: l.old.tree(), target: l.target, template: r.IntN(3) == 0}
	w.made["old:1"+l.old.chrooted()] = true
	for id := int32(1); id <= int32(1+r.IntN(4)); id++ {
		w.held[id] = simTable{name: fmt.Sprint("t", id), created: -int64(id), dropped: id > 1 && r.IntN(5) == 0}
	}
	w.trees[w.source] = &simTree{tables: maps.Clone(w.held)}
	for i := range 2 + r.IntN(2) {
		w.servers = append(w.servers, &simServer{name: fmt.Sprintf("m%d:1", i+1), file: l.old, seen: true})
		w.start(w.servers[i])
	}
	if r.IntN(4) == 0 { // some or all files cannot be read here
		for _, s := range w.servers {
			s.seen = r.IntN(3) == 0
		}
	}
	for i := range 3 {
		w.replicas = append(w.replicas, &simReplica{name: fmt.Sprintf("r%d:1", i+1), up: true})
	}
	for range 5 {
		w.pass()
	}
	w.writes, w.creates = r.IntN(4), r.IntN(3)
	return w
}

// meddle does one thing, right or wrong, that an operator or fate can do.
func (w *simWorld) meddle(r *rand.Rand, l simLayout) {
	s := w.servers[r.IntN(len(w.servers))]
	what := "nothing"
	switch r.IntN(22) {
	case 0, 1:
		w.end(s, false)
		what = "stop " + s.name
	case 2:
		w.end(s, true)
		what = "kill " + s.name
	case 3, 4, 5:
		w.start(s)
		what = "start " + s.name
	case 6, 7:
		w.end(s, false)
		w.start(s)
		what = "restart " + s.name
	case 8, 9, 10:
		s.file = l.new
		what = s.name + " names the new ZooKeeper"
	case 11:
		s.file = l.old
		what = s.name + " names the old ZooKeeper"
	case 12:
		s.file.recovery = !s.file.recovery
		what = fmt.Sprint(s.name, " recovery ", s.file.recovery)
	case 13, 14:
		what = fmt.Sprint("copy: ", w.copyTree(w.source, w.target, false))
	case 15:
		if a := w.trees[w.source]; a != nil && w.trees[w.target] == nil { // interrupted
			t := &simTree{tables: map[int32]simTable{}, made: w.clock(), changed: w.clock()}
			for id, table := range a.tables {
				if id%2 == 1 {
					t.tables[id] = table
				}
			}
			w.plant(w.target, t)
			what = "half a copy"
		}
	case 16, 17:
		level := []metaadmin.MetaLevel{metaadmin.LevelBlind, metaadmin.LevelBlind, metaadmin.LevelSteady, 300}[r.IntN(4)]
		for _, leader := range w.leaders() {
			if !leader.lead.recovering {
				leader.lead.level = level
				what = fmt.Sprintf("%s at level %s", leader.name, level)
			}
		}
	case 18:
		rs := w.replicas[r.IntN(len(w.replicas))]
		rs.up = !rs.up
		what = fmt.Sprint(rs.name, " up ", rs.up)
	case 19:
		at := []string{w.source, w.target}[r.IntN(2)]
		if r.IntN(3) == 0 {
			w.vanish(at)
			what = "remove " + at
		}
	case 20:
		if r.IntN(3) == 0 {
			lock := w.lock([]simFile{l.old, l.new}[r.IntN(2)].lockAt())
			lock.holders = append(lock.holders, simHolder{server: "gone:1", node: "LOCKNODE0000000000", until: -1})
			what = "a stale lock node"
		}
	case 21:
		s.silent = w.tick + r.IntN(8)
		what = s.name + " does not answer"
	}
	w.note("** %s", what)
	for range r.IntN(5) {
		w.pass()
	}
}

// simulate has a robot work from many starting situations.
func simulate(t *testing.T, runs int64, robot func(w *simWorld, seen map[string]int) error) {
	t.Helper()
	t.Parallel()
	if runs *= *runsFlag; testing.Short() {
		runs /= 5
	}
	seen := map[string]int{}
	failed := 0
	for seed := range runs {
		if *seedFlag >= 0 && seed != *seedFlag {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		l := simLayouts[r.IntN(len(simLayouts))]
		w := newWorld(r, l)
		for range r.IntN(14) {
			w.meddle(r, l)
		}
		w.creates = 0
		if err := robot(w, seen); err != nil {
			t.Errorf("seed %d (%s): %v\n%s", seed, l.name, err, strings.Join(w.log, "\n"))
			if failed++; failed >= 3 {
				break
			}
		} else if *seedFlag >= 0 {
			t.Logf("%s\n%s", l.name, strings.Join(w.log, "\n"))
		}
	}
	t.Log(seen)
}

func TestTheRobotArrivesFromEverySituation(t *testing.T) {
	simulate(t, 3_000, func(w *simWorld, seen map[string]int) error { return w.robot(seen, "") })
}

func TestTheRobotArrivesByTheProcedureThatWasNamed(t *testing.T) {
	for _, by := range []Procedure{ByCopy, ByRecovery} {
		t.Run(string(by), func(t *testing.T) {
			simulate(t, 1_500, func(w *simWorld, seen map[string]int) error { return w.robot(seen, by) })
		})
	}
}

func TestTheRobotGoesBackAndBeginsAgain(t *testing.T) {
	simulate(t, 1_500, func(w *simWorld, seen map[string]int) error {
		back, err := w.follow(seen, "rollback", WayBack)
		if err != nil || !back {
			return err
		}
		if err := w.isBack(); err != nil {
			return err
		}
		if again, err := w.follow(seen, "again", Again); err != nil || !again {
			return fmt.Errorf("cannot begin again: %w", err)
		}
		return w.robot(seen, "")
	})
}

func TestTheRobotArrivesWhateverFailsOnTheWay(t *testing.T) {
	simulate(t, 1_500, func(w *simWorld, seen map[string]int) error {
		r := rand.New(rand.NewPCG(uint64(len(w.log)), uint64(w.tick)))
		w.fate = func() {
			s, rs := w.servers[r.IntN(len(w.servers))], w.replicas[r.IntN(len(w.replicas))]
			switch r.IntN(12) {
			case 0:
				w.note("** kill %s", s.name)
				w.end(s, true)
			case 1:
				w.note("** silent %s", s.name)
				s.silent = w.tick + r.IntN(8)
			case 2:
				w.note("** kill %s", rs.name)
				rs.up = false
			}
		}
		return w.robot(seen, "")
	})
}

// follow types what a way back, or a new beginning, has next; false where it is too late.
func (w *simWorld) follow(seen map[string]int, name string, decide func(*Survey, Procedure) Return) (bool, error) {
	leaders := w.leadersAfter(0, 2)
	for range 80 {
		r := decide(w.look(), "")
		w.note("%s, lost %v", name, r.Lost)
		for _, situation := range r.Situations {
			seen[name+" "+situation.Name]++
		}
		switch {
		case !r.TooLate.IsZero():
			seen[name+" too late"]++
			w.note("too late: %s", r.TooLate)
			return false, w.isLate()
		case r.Done:
			seen[name+" done"]++
			return true, nil
		}
		var err error
		if _, leaders, err = w.typeAll(r.Next, leaders, nil); err != nil {
			return false, err
		}
	}
	return false, fmt.Errorf("%s did not end", name)
}

// leadersAfter lets time pass, and returns how many lead at most.
func (w *simWorld) leadersAfter(leaders, ticks int) int {
	leaders = max(leaders, len(w.leaders()))
	for range ticks {
		w.pass()
		leaders = max(leaders, len(w.leaders()))
	}
	return leaders
}

// isLate says what is wrong with a way back that is too late.
func (w *simWorld) isLate() error {
	old := w.trees[w.source]
	if old == nil {
		return nil
	}
	for id := range w.held {
		if _, ok := old.tables[id]; !ok {
			return nil
		}
	}
	return fmt.Errorf("it is not too late: the old tree has every table")
}

// isBack says what is wrong with a cluster that has gone back.
func (w *simWorld) isBack() error {
	leaders := w.leaders()
	if len(leaders) != 1 || leaders[0].run.tree() != w.source {
		return fmt.Errorf("back with %d leaders", len(leaders))
	}
	for _, s := range w.servers {
		if !s.up || s.run.tree() != w.source || s.seen && (s.file.tree() != w.source || s.file.recovery) || s.run.lockAt() != leaders[0].run.lockAt() {
			return fmt.Errorf("%s is not back", s.name)
		}
	}
	for id, t := range w.held {
		if _, ok := w.trees[w.source].tables[id]; !ok && !t.dropped {
			return fmt.Errorf("table %d is lost", id)
		}
	}
	return nil
}

// typeAll types lines. It returns the procedure that one of them names, and how many lead.
func (w *simWorld) typeAll(lines []Line, leaders int, situations []string) (by Procedure, now int, err error) {
	if len(lines) == 0 {
		return "", leaders, fmt.Errorf("nothing comes next, and it has not arrived")
	}
	for i, line := range lines {
		text := line.Typed(false)
		if text == "" {
			text = line.ByHand.String()
		}
		w.note(">> %s", text)
		if p, ok := strings.CutPrefix(line.Command, "migrate status "); ok {
			_, p, _ = strings.Cut(p, "--by ")
			p, _, _ = strings.Cut(p, " ")
			return Procedure(p), leaders, nil
		}
		if err := w.do(line); err != nil && i == 0 && w.dim.isClear() { // the world is another one than was seen
			return "", leaders, fmt.Errorf("%s: %w", text, err)
		}
		w.pass()
		now := len(w.leaders())
		// A server that waits on the other ZooKeeper can lead before its stop was typed.
		known := slices.Contains(situations, SituationOtherZooKeeper) || slices.Contains(situations, SituationTwoLeaders)
		if now > max(1, leaders) && !known {
			return "", now, fmt.Errorf("%d leaders after %q, %d before", now, text, leaders)
		}
		leaders = now
	}
	w.pass()
	if now := len(w.leaders()); now > max(1, leaders) {
		return "", now, fmt.Errorf("%d leaders, %d before", now, leaders)
	}
	return "", len(w.leaders()), nil
}

// robot types what comes next until the cluster has arrived.
func (w *simWorld) robot(seen map[string]int, by Procedure) error {
	leaders := w.leadersAfter(0, 2)
	w.strict = true
	for round := range 80 {
		if w.fate != nil && round < 12 {
			w.fate()
		}
		book := NewRunbook(w.look(), by)
		var names []string
		for _, situation := range book.Situations {
			names = append(names, situation.Name)
			seen[situation.Name]++
		}
		w.note("%s %v", book.By, names)
		if book.Arrived && w.dim.isClear() {
			return w.complete()
		}
		if book.Arrived {
			continue // of what was seen
		}
		other, now, err := w.typeAll(book.Next, leaders, names)
		if err != nil {
			return err
		}
		if leaders = now; other != "" {
			by = other
		}
	}
	return fmt.Errorf("did not arrive")
}

// complete says what is wrong with the cluster that has arrived.
func (w *simWorld) complete() error {
	leaders := w.leaders()
	if len(leaders) != 1 || leaders[0].run.tree() != w.target {
		return fmt.Errorf("arrived with %d leaders", len(leaders))
	}
	if w.trees[w.target] == nil {
		return fmt.Errorf("arrived without a tree")
	}
	for id, t := range w.held {
		if got, ok := w.trees[w.target].tables[id]; !t.dropped && (!ok || got.dropped) {
			return fmt.Errorf("table %d is lost", id)
		}
	}
	for _, s := range w.servers {
		if !s.up || s.run.tree() != w.target || s.seen && (s.file.tree() != w.target || s.file.recovery) || s.run.recovery || s.run.lockAt() != leaders[0].run.lockAt() {
			return fmt.Errorf("arrived, and %s is not there", s.name)
		}
	}
	if slices.ContainsFunc(w.replicas, func(r *simReplica) bool { return !r.up }) {
		return fmt.Errorf("arrived, and a replica server is dead")
	}
	return nil
}
