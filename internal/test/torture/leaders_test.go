package torture

import (
	"context"
	"errors"
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

	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/onebox/cluster"
)

var leaderCount = flag.Int("leaders", 6, "how many commands lose their leader in the middle")

const (
	// commandBound is how long a command may take from the fault on: two calls to the leader at most
	// wait in vain, and a few shorter ones.
	commandBound = 40 * time.Second
	// clusterBound is how long a cluster may need until it serves again.
	clusterBound = time.Minute
)

// box is a whole simulated cluster, and a session of the shell that works on it.
type box struct {
	*testing.T
	*cluster.Cluster
	dir     string            // of files that lines write
	judge   *metaadmin.Client // past what disturbs the session
	session *shelltest.Session
	passage *requests
}

func startBox(t *testing.T) *box {
	t.Helper()
	c, err := cluster.Create(filepath.Join(t.TempDir(), "box"), cluster.Options{MetaCount: 3, ReplicaCount: 3, ZKCount: 1,
		Config: cluster.Config{ClusterName: "torture", ZKTimeoutMS: 1000, ConfigSyncIntervalMS: 500, MinLiveNodeCount: 1}})
	if err != nil {
		t.Fatal(err)
	}
	b := &box{T: t, Cluster: c, dir: t.TempDir()}
	c.Program, c.Report = oneboxProgram, func(line string) {}
	t.Cleanup(func() {
		for _, each := range c.Status().Instances { // which may be paused
			if each.State == cluster.Running {
				syscall.Kill(each.PID, syscall.SIGCONT)
			}
		}
		if err := errors.Join(c.Stop(context.Background(), nil, syscall.SIGKILL), c.Close()); err != nil {
			t.Error(err)
		}
	})
	b.start()
	metas := c.Status().MetaList
	if b.judge, err = metaadmin.New(metas, metaadmin.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.judge.Close() })
	b.passage = &requests{metas: metas, changes: map[string]int{}}
	return b
}

// connect gives the box a new session of the shell, as a program that starts.
func (b *box) connect() {
	b.Helper()
	b.session = shelltest.StartOn(b.T, metaadmin.Options{Dial: b.passage.dial}, b.passage.metas...)
	b.session.Env.Second, b.session.Env.Now, b.session.Env.CreatePoll = time.Second, time.Now, 100*time.Millisecond
	b.session.Env.Session.App = "kept"
}

// start starts what does not run, and returns when the cluster serves.
func (b *box) start() {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), clusterBound)
	defer cancel()
	var ended []cluster.ID
	instances := b.Status().Instances
	for _, each := range instances {
		if each.State != cluster.Running {
			ended = append(ended, cluster.ID{Kind: each.Kind, Number: each.Number})
		}
	}
	switch len(ended) {
	case 0:
	case len(instances):
		ended = nil // all: it waits until all serve
		fallthrough
	default:
		if err := b.Start(ctx, ended); err != nil {
			b.Fatal(err)
		}
	}
}

// heal ends the fault, and returns when a leader serves with all replica servers.
func (b *box) heal() {
	b.Helper()
	deadline := time.Now().Add(clusterBound)
	if hit := b.passage.healed(); hit != "" {
		// A server that was paused would end itself later, should its session have expired meanwhile.
		for each := b.instance(hit); each.State == cluster.Running; each = b.instance(hit) {
			syscall.Kill(each.PID, syscall.SIGKILL)
			if time.Now().After(deadline) {
				b.Fatal("a killed meta server does not end")
			}
			<-time.After(time.Millisecond)
		}
	}
	for {
		b.start()
		nodes, err := b.judge.ListNodes(b.Context(), wire.NodeAlive)
		alive := 0
		for _, each := range b.Status().Instances {
			if each.State == cluster.Running {
				alive++
			}
		}
		if err == nil && len(nodes) == 3 && alive == len(b.Status().Instances) && len(b.judge.Leaders(b.Context())) == 1 {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("the cluster does not serve again: %d of its processes run, %d replica servers are alive: %v", alive, len(nodes), err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// leader is the meta server that leads.
func (b *box) leader() string {
	b.Helper()
	leaders := b.judge.Leaders(b.Context())
	if len(leaders) != 1 {
		b.Fatalf("%d meta servers lead", len(leaders))
	}
	return leaders[0].Server
}

// instance is the meta server with this address.
func (b *box) instance(address string) cluster.InstanceStatus {
	for _, each := range b.Status().Instances {
		if each.Address == address {
			return each
		}
	}
	b.Fatalf("no server is at %s", address)
	return cluster.InstanceStatus{}
}

// anotherLeads returns when another meta server than this one leads.
func (b *box) anotherLeads(than string) {
	others := slices.DeleteFunc(slices.Clone(b.passage.metas), func(each string) bool { return each == than })
	client, err := metaadmin.New(others, metaadmin.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	for deadline := time.Now().Add(clusterBound); len(client.Leaders(b.Context())) == 0; <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Error("no other meta server leads")
			return
		}
	}
}

// leaderFault is what befalls the leader around one request.
type leaderFault struct {
	name string
	// begin is given what sends the request.
	begin func(b *box, server string, pass func())
}

var leaderFaults = []leaderFault{
	{"is killed before a request", func(b *box, server string, pass func()) {
		syscall.Kill(b.instance(server).PID, syscall.SIGKILL)
		pass()
	}},
	{"is killed after a request", func(b *box, server string, pass func()) {
		pass()
		syscall.Kill(b.instance(server).PID, syscall.SIGKILL)
	}},
	{"is paused before a request, until another leads", func(b *box, server string, pass func()) {
		pid := b.instance(server).PID
		syscall.Kill(pid, syscall.SIGSTOP)
		pass()
		go func() {
			b.anotherLeads(server)
			syscall.Kill(pid, syscall.SIGCONT)
		}()
	}},
	{"is paused after a request, and stays so", func(b *box, server string, pass func()) {
		pass()
		syscall.Kill(b.instance(server).PID, syscall.SIGSTOP)
	}},
	{"is replaced before a request", func(b *box, server string, pass func()) {
		syscall.Kill(b.instance(server).PID, syscall.SIGTERM)
		b.anotherLeads(server)
		pass()
	}},
	{"is replaced after a request", func(b *box, server string, pass func()) {
		pass()
		syscall.Kill(b.instance(server).PID, syscall.SIGTERM)
		b.anotherLeads(server)
	}},
}

// Each command loses the leader at one of its requests: it ends in time, says what is true, and sends no
// change twice.
func TestLeadersAreLostInTheMiddleOfCommands(t *testing.T) {
	zktest.NeedsServer(t)
	t.Parallel()
	b := startBox(t)
	b.run("create kept -p 4", "create other -p 4", "set_app_envs default_ttl 100")
	for seed := *firstSeed; seed < *firstSeed+uint64(*leaderCount); seed++ {
		n := uint64(len(leaderCommands)) // no multiple of 7: all commands come in turn, each with every fault
		c, f := leaderCommands[7*seed%n], leaderFaults[(seed+seed/n*turn(n))%uint64(len(leaderFaults))]
		if !t.Run(fmt.Sprintf("%d %s, the leader %s", seed, c.line, f.name), func(t *testing.T) {
			b.T = t
			b.lose(c, f, rand.New(rand.NewPCG(seed, 1)))
		}) {
			t.Logf("to repeat: make torture SEED=%d COUNT=1", seed)
		}
		b.T = t
	}
}

// turn makes the faults of a command differ in every round over n commands.
func turn(n uint64) uint64 {
	return (uint64(len(leaderFaults)) + 1 - n%uint64(len(leaderFaults))) % uint64(len(leaderFaults))
}

// lose runs a command once to count its requests, and again with the fault at one of them.
func (b *box) lose(c leaderCommand, f leaderFault, random *rand.Rand) {
	b.heal()
	c.undo(b)
	b.connect()
	b.passage.begin(b.leader(), 0, nil)
	healthy, diagnostics, err := b.session.Run(b.filled(c.line), "y")
	healthy += b.saved()
	if err != nil {
		b.Fatalf("%s, on a healthy cluster: %v, printed %q and %q", c.line, err, healthy, diagnostics)
	}
	requests, _ := b.passage.sent()
	done := c.state(b)
	c.undo(b)
	b.heal()
	before, line := c.state(b), b.filled(c.line)

	at := 1 + random.IntN(requests)
	b.connect()
	b.passage.begin(b.leader(), at, func(server string, pass func()) { f.begin(b, server, pass) })
	ctx, cancel := context.WithCancel(b.Context()) // a deadline would be that of each call
	defer cancel()
	defer time.AfterFunc(commandBound, cancel).Stop()
	began := time.Now()
	out, diagnostics, err := b.session.RunIn(ctx, line, "y")
	took, file := time.Since(began), b.saved()
	count, changes := b.passage.sent()
	b.heal()
	after := c.state(b)
	b.passage.begin(b.leader(), 0, nil)

	said := out + diagnostics
	if err != nil {
		said += err.Error()
	}
	b.Logf("request %d of %d (%d with the fault), %.1f s, error = %v, changes %v", at, requests, count, took.Seconds(), err, changes)
	if ctx.Err() != nil {
		b.Errorf("it did not end within %v", commandBound)
	}
	for rpc, times := range changes {
		if times > 1 {
			b.Errorf("%s was sent %d times", rpc, times)
		}
	}
	if err != nil && file != "" {
		b.Errorf("it failed, and wrote %q", file)
	}
	out += file
	maybe := strings.Contains(said, "may have been carried out")
	switch {
	case err == nil && after != done && !c.fades:
		b.Errorf("it succeeded, and the state is %q, want %q", after, done)
	case err == nil && masked(out) != masked(healthy) && !c.varies:
		b.Errorf("it succeeded with an answer that differs:\n%s\nwant:\n%s", out, healthy)
	case err != nil && strings.TrimSpace(diagnostics) == "" && strings.TrimSpace(out) == "":
		b.Error("it failed without a word")
	case err != nil && after != before && !maybe && !strings.Contains(said, "is not ready") && !c.fades:
		b.Errorf("it failed as if nothing were changed, and the state is %q, it was %q", after, before)
	case len(changes) == 0 && after != before && !c.fades:
		b.Errorf("nothing was sent, and the state is %q, it was %q", after, before)
	}
	if b.Failed() {
		b.Logf("printed %q and %q", out, diagnostics)
	}
	c.undo(b)
}

// file is what a line writes to.
func (b *box) file() string { return filepath.Join(b.dir, "list") }

// saved is what a line has written, and removes it.
func (b *box) saved() string {
	b.Helper()
	content, err := os.ReadFile(b.file())
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	if err := errors.Join(err, os.Remove(b.file())); err != nil {
		b.Fatal(err)
	}
	return string(content)
}

// masked hides what differs from leader to leader: ports, times, sizes, and the width of columns.
func masked(out string) string {
	var b strings.Builder
	for _, word := range strings.Fields(out) {
		for _, r := range word {
			if r >= '0' && r <= '9' {
				r = '0'
			}
			b.WriteRune(r)
		}
		b.WriteByte(' ')
	}
	text := b.String()
	for strings.Contains(text, "00") {
		text = strings.ReplaceAll(text, "00", "0")
	}
	return text
}

func buildOnebox(to string) error {
	if out, err := exec.Command("go", "build", "-o", to, "pegashell/onebox").CombinedOutput(); err != nil {
		return fmt.Errorf("build the onebox: %w\n%s", err, out)
	}
	return nil
}
