package migration

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// simSight is how badly a world is seen for some time: servers and ZooKeepers that do not answer
// each question, and a journal with lies in it.
type simSight struct {
	r     *rand.Rand
	looks int // how many are left until everything is seen
	lies  History
}

// isClear reports whether everything is seen.
func (d *simSight) isClear() bool { return d == nil || d.looks < 0 }

// look is a survey of the world as it is seen.
func (w *simWorld) look() *Survey {
	s := w.survey()
	if w.dim == nil {
		return s
	}
	s.History = w.dim.lies
	if w.dim.looks--; w.dim.looks >= 0 {
		w.dim.cloud(w, s)
	}
	return s
}

// cloud takes from a survey what was not answered.
func (d *simSight) cloud(w *simWorld, s *Survey) {
	maybe := func(what string) bool {
		if d.r.IntN(6) > 0 {
			return false
		}
		w.note("unseen: %s", what)
		return true
	}
	unseen := func(t *Tree) {
		*t = Tree{Name: t.Name, Path: t.Path, Contents: Contents{Hosts: t.Contents.Hosts, Doubt: "i/o timeout"}}
		s.Compared, s.Target.Changed = Comparison{Doubt: "a tree could not be read"}, nil
	}
	if maybe("old tree") {
		unseen(&s.Source)
	}
	if maybe("new tree") {
		unseen(&s.Target)
	}
	if maybe("comparison") {
		s.Compared, s.Target.Changed = Comparison{Doubt: "i/o timeout"}, nil
	}
	for i := range s.Meta {
		d.cloudServer(&s.Meta[i], maybe)
	}
	if !slices.ContainsFunc(s.Meta, func(m MetaServer) bool { return m.State == ServerLeader }) {
		for i := range s.Replicas {
			s.Replicas[i].Alive = false // nobody says so
		}
	}
	s.Stored = Stored{}
	w.askStored(s)
	if s.Stored.Asked && maybe("what replica servers hold") {
		s.Stored.Tables, s.Stored.Doubt = nil, errors.New("3 of 3 replica servers did not answer")
	}
	if maybe("replica servers") {
		s.Replicas = nil
		if s.Stored.Asked {
			s.Stored.Tables, s.Stored.Doubt = nil, errors.New("it is not known which replica servers there are")
		}
	}
	s.Files = nil
	for _, m := range s.Meta {
		if m.File.Name != "" {
			s.Files = append(s.Files, m.File)
		}
	}
}

func (d *simSight) cloudServer(m *MetaServer, maybe func(string) bool) {
	l := &m.Leading
	if m.State == ServerLeader && maybe("level") {
		l.Level = 0
	}
	if m.State == ServerLeader && maybe("nodes") {
		l.Alive, l.Nodes = 0, 0
	}
	if m.State == ServerLeader && maybe("tables") {
		l.Tables, l.Unhealthy = nil, 0
	}
	if maybe("configuration of " + m.Address) {
		m.Running = nil
	}
	if m.File.Name != "" && maybe("file of "+m.Address) {
		m.File = ConfigFile{Name: m.File.Name, Doubt: "ssh: timeout"}
	}
	if maybe("state of " + m.Address) {
		m.State, m.Leading, m.Doubt = ServerUnknown, Leading{Beacons: -1}, "i/o timeout"
	}
}

// dimmed has a robot work in a world that is badly seen at first.
func dimmed(t *testing.T, runs int64, robot func(w *simWorld, seen map[string]int) error) {
	simulate(t, runs, func(w *simWorld, seen map[string]int) error {
		r := rand.New(rand.NewPCG(uint64(len(w.log)), uint64(w.tick)))
		w.dim = &simSight{r: r, looks: 20}
		if r.IntN(2) == 0 {
			w.dim.lies = History{By: []Procedure{"", ByCopy, ByRecovery}[r.IntN(3)], Blind: time.Unix(int64(r.IntN(500)), 0), Copied: time.Unix(int64(r.IntN(500)), 0)}
		}
		return robot(w, seen)
	})
}

func TestTheRobotArrivesThoughServersDoNotAlwaysAnswer(t *testing.T) {
	dimmed(t, 2_500, func(w *simWorld, seen map[string]int) error { return w.robot(seen, "") })
}

func TestTheRobotGoesBackThoughServersDoNotAlwaysAnswer(t *testing.T) {
	dimmed(t, 2_500, func(w *simWorld, seen map[string]int) error {
		for {
			back, err := w.follow(seen, "rollback", WayBack)
			if err != nil || !back {
				return err
			}
			if w.dim.isClear() { // what it says before is of what it sees
				return w.isBack()
			}
		}
	})
}
