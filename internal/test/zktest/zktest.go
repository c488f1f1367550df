// Package zktest provides tests with real ZooKeeper servers.
package zktest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"go.uber.org/goleak"

	"pegashell/internal/zkserver"
)

const (
	// startTimeout is generous: a busy machine starts java slowly, and a hang is found all the
	// same.
	startTimeout   = 60 * time.Second
	stopTimeout    = 10 * time.Second
	sessionTimeout = 10 * time.Second
)

// Option changes the configuration of a server before it is started.
type Option func(*zkserver.Config)

// WithProperty sets a line of zoo.cfg.
func WithProperty(key, value string) Option {
	return func(c *zkserver.Config) { set(&c.Properties, key, value) }
}

// WithHeapMB sets the size of the java heap.
func WithHeapMB(mb int) Option { return func(c *zkserver.Config) { c.HeapMB = mb } }

// WithMaxBuffer sets jute.maxbuffer, in bytes.
func WithMaxBuffer(bytes int) Option { return func(c *zkserver.Config) { c.MaxBuffer = bytes } }

// WithTickTime sets ZooKeeper's unit of time; the shortest session is two of them or 1 s.
func WithTickTime(d time.Duration) Option { return func(c *zkserver.Config) { c.TickTime = d } }

func set(m *map[string]string, key, value string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[key] = value
}

func config(dir string, options []Option) zkserver.Config {
	c := zkserver.Config{Dir: dir, SkipFsync: true, Jar: os.Getenv(zkserver.JarVariable)}
	for _, option := range options {
		option(&c)
	}
	return c
}

// NeedsServer skips a test under -short, which starts no java. Whatever starts a ZooKeeper server
// for tests calls it first.
func NeedsServer(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("it needs a ZooKeeper server, which -short does not start")
	}
}

// Start runs a server for this test alone and stops it when the test ends.
func Start(t testing.TB, options ...Option) *zkserver.Server {
	t.Helper()
	NeedsServer(t)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	s, err := zkserver.Start(ctx, config(t.TempDir(), options))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Ensemble runs n servers as one ensemble for this test alone and stops them when the test ends.
func Ensemble(t testing.TB, n int, options ...Option) *zkserver.Ensemble {
	t.Helper()
	NeedsServer(t)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	e, err := zkserver.StartEnsemble(ctx, config(t.TempDir(), options), n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, s := range e.Servers {
			s.Kill()
		}
	})
	return e
}

// shared is the one server of the test binary.
var shared struct {
	sync.Mutex
	inMain bool
	dir    string
	server *zkserver.Server
}

// Shared returns the server that all tests of the package use together, started by the first of
// them. Its tests keep to root paths of their own (as "/"+t.Name()) and do not stop it. The
// package's TestMain must end with os.Exit(zktest.Main(m)).
func Shared(t testing.TB) *zkserver.Server {
	t.Helper()
	NeedsServer(t)
	shared.Lock()
	defer shared.Unlock()
	if !shared.inMain {
		t.Fatal("zktest.Shared needs a TestMain that calls zktest.Main, which stops the server")
	}
	if shared.server != nil {
		return shared.server
	}
	dir, err := os.MkdirTemp("", "zktest-*")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	s, err := zkserver.Start(ctx, config(dir, nil))
	if err != nil {
		os.RemoveAll(dir)
		t.Fatal(err)
	}
	shared.dir, shared.server = dir, s
	return s
}

// Main runs the tests of a package, stops what Shared started and whatever else is to be stopped,
// and looks whether the tests have left goroutines running. It returns the exit code. Under -short
// it leaves out the package's examples, which cannot skip themselves and need a server.
func Main(m *testing.M, stops ...func() error) int {
	shared.Lock()
	shared.inMain = true
	shared.Unlock()
	flag.Parse()
	if skip := flag.Lookup("test.skip"); testing.Short() && skip.Value.String() == "" {
		if err := skip.Value.Set("^Example"); err != nil {
			fmt.Fprintln(os.Stderr, "zktest:", err)
			return 1
		}
	}
	code := m.Run()
	stops = append(stops, stopShared)
	for _, stop := range stops {
		if err := stop(); err != nil {
			fmt.Fprintln(os.Stderr, "zktest:", err)
			code = max(code, 1)
		}
	}
	if code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "zktest:", err)
		return 1
	}
	return 0
}

func stopShared() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	return errors.Join(shared.server.Stop(ctx), os.RemoveAll(shared.dir))
}

// quiet drops the client's log: its lines would appear after the end of the test that caused them.
type quiet struct{}

func (quiet) Printf(string, ...any) {}

// ConnectAs does what Connect does, with credentials of the scheme digest.
func ConnectAs(t testing.TB, password string, addr ...string) *zk.Conn {
	t.Helper()
	conn := Connect(t, addr...)
	if err := conn.AddAuth("digest", []byte(password)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// Connect opens a session with the server at addr, or with an ensemble when several are given, and
// closes it when the test ends.
func Connect(t testing.TB, addr ...string) *zk.Conn {
	t.Helper()
	conn, events, err := zk.Connect(addr, sessionTimeout, zk.WithLogger(quiet{}), zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	deadline := time.After(startTimeout)
	for {
		select {
		case event := <-events:
			if event.State == zk.StateHasSession {
				return conn
			}
		case <-deadline:
			t.Fatalf("no session with %v after %v", addr, startTimeout)
		}
	}
}
