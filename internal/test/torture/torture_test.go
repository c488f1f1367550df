package torture

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/internal/zkserver"
)

var (
	firstSeed = flag.Uint64("seed", 1, "the seed of the first schedule; the next ones follow it")
	count     = flag.Int("count", 6, "how many schedules are run")
)

const (
	// patience is how long a program may go on after everything is healed.
	patience = 2 * time.Minute
	// memoryBound is what a program may be resident with, in MiB.
	memoryBound = 150
)

// program and oneboxProgram are built once for all tests.
var program, oneboxProgram string

func TestMain(m *testing.M) { os.Exit(build(m)) }

func build(m *testing.M) int {
	flag.Parse()
	if testing.Short() {
		return m.Run() // the test skips itself
	}
	dir, err := os.MkdirTemp("", "pegashell-torture")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "pegashell")
	if out, err := exec.Command("go", "build", "-o", program, "pegashell").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build pegashell: %v\n%s", err, out)
		return 1
	}
	oneboxProgram = filepath.Join(dir, "onebox")
	if err := buildOnebox(oneboxProgram); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return zktest.Main(m)
}

// schedule is one operation with one fault, and then the operation again without.
type schedule struct {
	*testing.T
	*rand.Rand
	seed      uint64
	sides     [2]*side
	traffic   *traffic
	on        *side // where the fault is
	operation operation
	fault     fault

	dir                    string
	source, target, beside string
	paths                  []string // of the source, below its root
	old                    []byte   // the backup file that is there before

	cmd    *exec.Cmd
	exited chan struct{}
	// What the fault has done: another writer's paths below the root and a transaction after its last
	// one, the signal that was sent, and the servers that must start anew.
	wrote      []string
	wroteUntil int64
	signalled  syscall.Signal
	limited    []*zkserver.Server
	followed   bool
}

// run is one run of the program.
type run struct {
	line        string
	out, errors bytes.Buffer
	cmd         *exec.Cmd
	done        chan struct{}
	code        int // -1 for the end by a signal
}

func (r *run) String() string {
	return fmt.Sprintf("%s\nexit code %d\n%s%s", r.line, r.code, &r.out, &r.errors)
}

// row is the value of a row of the result.
func (r *run) row(name string) string {
	for line := range strings.Lines(r.out.String()) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// start gives the program a line.
func (s *schedule) start(line string) *run {
	s.Helper()
	r := &run{line: line, done: make(chan struct{}), cmd: exec.Command(program)}
	r.cmd.Dir = s.dir
	r.cmd.Env = append(os.Environ(), "HOME="+s.dir, "XDG_STATE_HOME="+filepath.Join(s.dir, "state"), "XDG_CONFIG_HOME="+s.dir)
	r.cmd.Stdin, r.cmd.Stdout, r.cmd.Stderr = strings.NewReader(line+"\n"), &r.out, &r.errors
	if err := r.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	go func() {
		defer close(r.done)
		r.cmd.Wait() // its error is the exit code
		r.code = r.cmd.ProcessState.ExitCode()
	}()
	return r
}

// wait returns the exit code of a run that must end by itself.
func (r *run) wait(s *schedule) int {
	s.Helper()
	select {
	case <-r.done:
	case <-time.After(patience):
		r.cmd.Process.Signal(syscall.SIGQUIT) // which shows where it hangs
		<-r.done
		s.Fatalf("it hangs: %s", r)
	}
	if usage, ok := r.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && usage.Maxrss > memoryBound<<10 {
		s.Errorf("%d MiB were resident, at most %d are allowed: %s", usage.Maxrss>>10, memoryBound, r.line)
	}
	return r.code
}

func TestTorture(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	tr := &traffic{}
	tr.begin(0)
	sides := [2]*side{startSide(t, "source", tr), startSide(t, "target", tr)}
	score := map[string][3]int{}
	for seed := *firstSeed; seed < *firstSeed+uint64(*count); seed++ {
		// The numbers have no common divisor, so that all pairs come; a few seeds have faults of every kind.
		op, f := operations[seed%uint64(len(operations))], faults[8*seed%uint64(len(faults))]
		t.Run(fmt.Sprintf("%d %s, %s", seed, op.name, f.name), func(t *testing.T) {
			s := &schedule{T: t, Rand: rand.New(rand.NewPCG(seed, 0)), seed: seed, sides: sides, traffic: tr, operation: op, fault: f}
			first := s.torture()
			for _, name := range []string{op.name, f.name} {
				n := score[name]
				n[0]++
				if first {
					n[1]++
				}
				if t.Failed() {
					n[2]++
				}
				score[name] = n
			}
			if t.Failed() {
				t.Logf("to repeat: make torture SEED=%d COUNT=1", seed)
			}
		})
	}
	for _, each := range operations {
		t.Logf("%-45s %3d runs, %3d completed in the first, %d failed", each.name, score[each.name][0], score[each.name][1], score[each.name][2])
	}
	for _, each := range faults {
		t.Logf("%-45s %3d runs, %3d completed in the first, %d failed", each.name, score[each.name][0], score[each.name][1], score[each.name][2])
	}
}

// torture runs the schedule, and reports whether the first run completed despite the fault.
func (s *schedule) torture() (completed bool) {
	s.dir = s.TempDir()
	root := fmt.Sprintf("/torture-%d-%d", s.seed, time.Now().UnixNano())
	s.source, s.target, s.beside = root+"/tree", root+"/tree", root+"/beside"
	for _, on := range s.sides {
		defer s.clear(on, root)
		s.plant(on, root, 0)
		s.plant(on, s.beside, 1)
	}
	s.paths = s.plant(s.sides[0], s.source, 2+s.IntN(8))
	s.operation.prepare(s)
	s.on = s.sides[s.IntN(2)]
	before := s.look()

	limit := int64(100) << s.IntN(12)
	reached := s.traffic.begin(limit)
	r := s.start(s.operation.line(s))
	s.cmd, s.exited = r.cmd, r.done
	hit := true
	select {
	case <-reached:
		s.Logf("%s at the %s, after %d bytes", s.fault.name, s.on.name, limit)
		if err := s.fault.begin(s); err != nil {
			s.Error(err)
		}
	case <-r.done:
		hit = false
	}
	s.heal()
	if s.operation.during != nil && hit {
		s.operation.during(s)
	} else if s.operation.during != nil {
		s.interrupt()
	}
	code := r.wait(s)
	s.judge(r, before)
	if s.Failed() {
		return false
	}
	completed = code == 0 || s.followed || s.operation.name == "diff" && code == 1
	s.again(completed)
	return completed
}

// heal ends the fault.
func (s *schedule) heal() {
	s.Helper()
	for _, server := range s.limited {
		server.Kill()
	}
	s.limited = nil
	for _, on := range s.sides {
		on.heal(s.T)
	}
}

// look reads all that no operation may change.
func (s *schedule) look() map[string]map[string]seen {
	s.Helper()
	root := strings.TrimSuffix(s.source, "/tree")
	all := map[string]map[string]seen{"source": readAll(s, s.sides[0].conn, root), "target": readAll(s, s.sides[1].conn, root)}
	for rel := range all["target"] {
		if rel == "/tree" || strings.HasPrefix(rel, "/tree/") {
			delete(all["target"], rel)
		}
	}
	return all
}

// judge checks what a run has said, and that it has changed nothing but the target.
func (s *schedule) judge(r *run, before map[string]map[string]seen) {
	s.Helper()
	after := s.look()
	for _, rel := range append(slices.Clone(s.wrote), "", "/other") {
		for _, tree := range []map[string]seen{before["source"], after["source"]} {
			delete(tree, "/tree"+rel)
			delete(tree, "/tree"+rel+"/other")
		}
	}
	for _, tree := range []map[string]map[string]seen{before, after} {
		delete(tree["source"], "/beside") // which the other writer sets
		delete(tree["target"], "/beside")
	}
	if diff := gocmp.Diff(before, after); diff != "" {
		s.Errorf("what must not change (-before +after):\n%s", diff)
	}
	if r.code != 0 && s.signalled != syscall.SIGKILL && strings.TrimSpace(r.errors.String()) == "" && s.operation.name != "diff" {
		s.Errorf("it failed without a word: %s", r)
	}
	s.operation.judge(s, r)
	if s.Failed() {
		s.Log(r)
	}
}

// again runs the operation without a fault, which must complete it.
func (s *schedule) again(completed bool) {
	line := s.operation.line(s)
	switch s.operation.name {
	case "copy --follow":
		line = s.copyLine(" --delete -y")
	case "rmr":
		if completed {
			return
		}
	case "copy":
		if len(s.wrote) > 0 { // what another has written to the target stays otherwise
			line = s.copyLine(" --delete -y")
		}
	}
	s.signalled, s.followed = 0, false
	if s.operation.name != "restore" || s.fault.name != writesToSource { // the file stays as it was
		s.wrote = nil
	}
	before := s.look()
	r := s.start(line)
	code := r.wait(s)
	gone, _, err := s.sides[1].conn.Exists(s.target)
	if err != nil {
		s.Fatal(err)
	}
	switch {
	case s.operation.name == "diff" && code < 2, s.operation.name == "rmr" && !gone, code == 0:
	default:
		s.Errorf("the second run failed: %s", r)
	}
	if s.operation.name == "copy --follow" {
		s.judgeCopy(r)
		return
	}
	s.judge(r, before)
	s.checkFiles()
}

// checkFiles finds files that a run has left besides its result.
func (s *schedule) checkFiles() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != "state" && name != filepath.Base(s.file()) {
			s.Errorf("a file was left: %s", name)
		}
	}
}
