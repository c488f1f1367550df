package migration

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/words"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// do carries out a line of the runbook, as the shell or a person on a host would.
func (w *simWorld) do(l Line) error {
	switch {
	case l.Command != "":
		return w.command(l.Typed(false))
	case !l.ByHand.IsZero():
		return w.byHand(l)
	}
	for range 2 {
		w.pass()
	}
	return nil
}

func (w *simWorld) byHand(l Line) error {
	arg := func(i int) string { return fmt.Sprint(l.ByHand.Args[i]) }
	switch l.ByHand.Format {
	case "start the servers of %s, or correct the address":
		return nil // they run, and are seen the next time
	case "on the host of the meta server %s: stop it":
		return w.command("stop " + arg(0))
	case "on the host of the meta server %s: start it":
		return w.command("start " + arg(0))
	case "on the host of the meta server %s: restart it":
		return w.command("restart " + arg(0))
	case "type recover -s with all replica servers: HOST:PORT,HOST:PORT,...":
		var all []string
		for _, r := range w.replicas {
			all = append(all, r.name)
		}
		_ = w.recover(all) // it says itself what is missing
		return nil
	case "on the host of the replica server %s: start it":
		for _, r := range w.replicas {
			if r.name == arg(0) {
				r.up = true
			}
		}
		return nil
	case "on the host of the meta server %s: set in its configuration file %s":
		return w.setByHand(w.server(arg(0)), l.ByHand.Args[1].(message.Text))
	case "%s. If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, it must end in one afterwards too":
		inner := l.ByHand.Args[0].(message.Text)
		s := w.server(fmt.Sprint(inner.Args[0]))
		chroot := s.file.chrooted()
		if err := w.setByHand(s, inner.Args[1].(message.Text)); err != nil {
			return err
		}
		if with := s.file.hosts + chroot + "/"; strings.HasPrefix(w.target, with) || strings.HasPrefix(w.source, with) {
			s.file.hosts += chroot
		}
		return nil
	case "%s. If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, put it before distributed_lock_service_parameters instead, which must be the same on every host":
		inner := l.ByHand.Args[0].(message.Text)
		s := w.server(fmt.Sprint(inner.Args[0]))
		lock := s.file.full(s.file.lock)
		if err := w.setByHand(s, inner.Args[1].(message.Text)); err != nil {
			return err
		}
		s.file.lock = lock
		for _, other := range w.servers {
			if other != s && other.file.tree() == s.file.tree() {
				s.file.lock = other.file.full(other.file.lock)
			}
		}
		return nil
	}
	return fmt.Errorf("nobody knows what to do: %s", l.ByHand)
}

// isFinal says what is wrong with a server that starts on a copy: the old tree has something else, or
// may still get it.
func (w *simWorld) isFinal(f simFile) error {
	a, b := w.trees[w.source], w.trees[w.target]
	if f.tree() != w.target || a == nil || b == nil || b.written || len(w.leaders()) > 0 && w.leaders()[0].run.tree() == w.target {
		return nil
	}
	for id, t := range w.held {
		if _, ok := a.tables[id]; !ok && !t.dropped {
			return nil // the copy has more
		}
	}
	if !w.compare().Equal {
		return errors.New("a meta server starts on a copy that is not equal")
	}
	for _, s := range w.leaders() {
		if s.run.tree() == w.source && s.lead.level > metaadmin.LevelBlind {
			return errors.New("a meta server starts on a copy while the leader still writes to the old tree")
		}
	}
	return nil
}

// setByHand edits a file as a text says, which joins "KEY = VALUE in section [SECTION]".
func (w *simWorld) setByHand(s *simServer, values message.Text) error {
	for _, each := range values.Args {
		value := each.(message.Text)
		if err := s.file.set(fmt.Sprint(value.Args[0]), fmt.Sprint(value.Args[1])); err != nil {
			return err
		}
	}
	return nil
}

func (w *simWorld) command(text string) error {
	line, err := words.Split(text)
	if err != nil {
		return err
	}
	flag := func(name string) string {
		if i := slices.Index(line, name); i >= 0 && i+1 < len(line) {
			return line[i+1]
		}
		return ""
	}
	leaders := w.answering()
	switch line[0] {
	case "stop":
		w.end(w.server(line[1]), false)
	case "start", "restart":
		s := w.server(line[1])
		if err := w.isFinal(s.file); err != nil && w.strict {
			return err
		}
		if line[0] == "restart" {
			w.end(s, false)
		}
		w.start(s)
	case "ls", "nodes", "recover_list":
		if len(leaders) == 0 || leaders[0].lead.recovering {
			return errors.New("no leader")
		}
	case "set_meta_level":
		if len(leaders) != 1 || leaders[0].lead.recovering {
			return fmt.Errorf("%d leaders", len(leaders))
		}
		level, known := map[string]metaadmin.MetaLevel{"blind": metaadmin.LevelBlind, "steady": metaadmin.LevelSteady}[line[1]]
		if !known {
			return fmt.Errorf("unknown level %s", line[1])
		}
		leaders[0].lead.level = level
	case "config_set":
		return w.server(line[1]).file.set(line[3], line[4])
	case "zk_copy":
		return w.copyTree(flag("-s"), flag("-t"), slices.Contains(line, "--delete"))
	case "zk_rmr":
		return w.remove(line[1], strings.Split(flag("--force"), ","))
	case "recover":
		return w.recover(strings.Split(flag("-s"), ","))
	default:
		return fmt.Errorf("unknown command %s", line[0])
	}
	return nil
}

func (f *simFile) set(key, value string) error {
	switch key {
	case "hosts_list":
		f.hosts = value
	case "cluster_root":
		f.root = value
	case "distributed_lock_service_parameters":
		f.lock = value
	case "recover_from_replica_server":
		f.recovery = value == "true"
	default:
		return fmt.Errorf("unknown key %s", key)
	}
	return nil
}

// refused has the real guards of a command judge.
func refused(command string, s *Survey, forced ...string) error {
	for _, f := range Find(command, s) {
		if f.Guard != "" && !slices.Contains(forced, f.Guard) {
			return fmt.Errorf("%s refused: %s: %s", command, f.Guard, f.Problem)
		}
	}
	return nil
}

// answering are the leaders that answer.
func (w *simWorld) answering() []*simServer {
	return slices.DeleteFunc(w.leaders(), func(s *simServer) bool { return s.silent > w.tick })
}

func (w *simWorld) sawLeaders() []metaadmin.Leader {
	var found []metaadmin.Leader
	for _, s := range w.answering() {
		found = append(found, metaadmin.Leader{Server: s.name, Info: metaadmin.ClusterInfo{{Key: "primary_meta_server", Value: s.name}}})
	}
	return found
}

func (w *simWorld) copyTree(from, to string, remove bool) error {
	leaders := w.answering()
	if from == "" {
		if len(leaders) != 1 {
			return fmt.Errorf("which tree? %d leaders", len(leaders))
		}
		from = leaders[0].run.tree()
	}
	if !strings.Contains(to, "/") {
		_, below, _ := strings.Cut(from, "/")
		to += "/" + below
	}
	s := &Survey{Source: w.seeTree(from), Target: w.seeTree(to), Leaders: w.sawLeaders()}
	if err := refused("zk_copy", s); err != nil {
		return err
	}
	source, target := w.trees[from], w.trees[to]
	if source == nil {
		return errors.New("no source")
	}
	if target == nil {
		target = &simTree{tables: map[int32]simTable{}, made: w.clock()}
		w.plant(to, target)
	}
	target.changed, target.written = w.clock(), false
	for id, t := range source.tables {
		target.tables[id] = t
	}
	if remove {
		target.tables = maps.Clone(source.tables)
	}
	return nil
}

func (w *simWorld) remove(at string, forced []string) error {
	hosts, below, _ := strings.Cut(at, "/")
	if i := strings.Index(below, "/dsn.meta.server.leader/"); i >= 0 {
		l := w.lock(hosts + "/" + below[:i])
		l.holders = slices.DeleteFunc(l.holders, func(h simHolder) bool { return h.until < 0 && strings.HasSuffix(below, h.node) })
		return nil
	}
	s := &Survey{Target: w.seeTree(at), Leaders: w.sawLeaders()}
	if len(s.Leaders) == 0 {
		s.Own.Unasked = errors.New("no leader")
	}
	for _, l := range w.answering() {
		if l.run.tree() == at {
			s.Own.Relation = zkcopy.Same
		}
	}
	if err := refused("zk_rmr", s, forced...); err != nil {
		return err
	}
	w.vanish(at)
	return nil
}

// plant puts a tree at a place, with all znodes above it.
func (w *simWorld) plant(at string, t *simTree) {
	w.trees[at] = t
	for above := path.Dir(at); strings.Contains(above, "/"); above = path.Dir(above) {
		w.made[above] = true
	}
}

// vanish removes a tree with the locks in it; who holds one aborts.
func (w *simWorld) vanish(at string) {
	delete(w.trees, at)
	for path, lock := range w.locks {
		if !within(at, path) {
			continue
		}
		delete(w.locks, path)
		for _, h := range lock.holders {
			if s := w.server(h.server); s != nil && s.up && s.run.lockAt() == path {
				w.end(s, true)
			}
		}
	}
}

func (w *simWorld) recover(servers []string) error {
	leaders := w.answering()
	if len(leaders) != 1 || !leaders[0].lead.recovering {
		return errors.New("no leader in recovery")
	}
	for _, name := range servers {
		i := slices.IndexFunc(w.replicas, func(r *simReplica) bool { return r.name == name })
		if i < 0 || !w.replicas[i].up || !w.replicas[i].inactive {
			return fmt.Errorf("%s is not inactive", name)
		}
	}
	if len(servers) != len(w.replicas) {
		return fmt.Errorf("%d of %d replica servers", len(servers), len(w.replicas))
	}
	s := leaders[0]
	t := &simTree{tables: map[int32]simTable{}, made: w.clock(), changed: w.clock(), written: true}
	for id, table := range w.held {
		table.dropped = false
		t.tables[id] = table
		w.held[id] = table
	}
	w.plant(s.run.tree(), t)
	s.lead.recovering, s.lead.since, s.lead.healAt, s.lead.tables = false, w.tick, w.tick+2, maps.Clone(t.tables)
	w.note("%s recovered %d tables", s.name, len(t.tables))
	return nil
}
