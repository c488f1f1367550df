package zkcopy

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/zkcopy/tree"
)

var (
	scheduleSeed  = flag.Uint64("seed", 0, "the seed of the one random schedule to run, as a failure printed it")
	scheduleCount = flag.Int("schedules", 0, "how many random schedules a test runs, if not its usual number")
)

// inSchedules runs a test for some seeds, which are random unless one is asked for.
func inSchedules(t *testing.T, usual int, run func(*testing.T, *rand.Rand)) {
	t.Helper()
	count := usual
	if *scheduleCount > 0 {
		count = *scheduleCount
	}
	seeds := []uint64{*scheduleSeed}
	if seeds[0] == 0 {
		seeds = nil
		for range count {
			seeds = append(seeds, rand.Uint64())
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			test, _, _ := strings.Cut(t.Name(), "/")
			t.Logf("to repeat: go test ./zkcopy -run '^%s$' -seed %d", test, seed)
			run(t, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

// randomChanges makes random changes of two trees.
type randomChanges struct {
	*testing.T
	*rand.Rand
	tt       trees
	acls     [][]zk.ACL
	outages  bool // servers may be away
	schedule []string
}

// newRandomChanges makes some whose list is printed when the test fails.
func newRandomChanges(t *testing.T, rand *rand.Rand, tt trees) *randomChanges {
	admin := zk.DigestACL(zk.PermAll, "admin", "secret")
	r := &randomChanges{T: t, Rand: rand, tt: tt, acls: [][]zk.ACL{tree.OpenACL(), admin, append(readOnly, admin...)}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the schedule, of which an error ends a line that had one:\n%s", strings.Join(r.schedule, "\n"))
		}
	})
	return r
}

// note adds a line to the schedule.
func (r *randomChanges) note(format string, arguments ...any) {
	r.schedule = append(r.schedule, fmt.Sprintf(format, arguments...))
}

// path is one of some 400 that a tree may have.
func (r *randomChanges) path() string {
	rel := fmt.Sprintf("/%d", r.IntN(4))
	if r.IntN(8) > 0 {
		rel += fmt.Sprintf("/%d", r.IntN(25))
		if r.IntN(4) == 0 {
			rel += fmt.Sprintf("/%d", r.IntN(3))
		}
	}
	return rel
}

func (r *randomChanges) data() []byte {
	return [][]byte{nil, {}, []byte("1"), []byte("2"), []byte("longer")}[r.IntN(5)]
}

// change changes one znode of a side, or several; what cannot be done is left.
func (r *randomChanges) change(conn *zk.Conn, root string) {
	path := root + r.path()
	acl := r.IntN(len(r.acls))
	kind := []string{"set", "set", "create", "set ACL", "remove", "create again", "create ephemeral"}[r.IntN(7)]
	err := r.changeOne(conn, root, kind, path, r.acls[acl])
	r.note("%s %s, ACL %d: %v", kind, path, acl, err)
	expected := []error{nil, zk.ErrNoNode, zk.ErrNodeExists, zk.ErrNotEmpty, zk.ErrNoChildrenForEphemerals}
	if r.outages {
		expected = append(expected, zk.ErrConnectionClosed, zk.ErrSessionExpired, zk.ErrNoServer, zk.ErrSessionMoved)
	}
	for _, each := range expected {
		if errors.Is(err, each) {
			return
		}
	}
	r.Error(err)
}

func (r *randomChanges) changeOne(conn *zk.Conn, root, kind, path string, acl []zk.ACL) (err error) {
	create := func() error {
		_, err := conn.Create(path, r.data(), 0, acl)
		return err
	}
	switch kind {
	case "set":
		if _, err = conn.Set(path, r.data(), -1); errors.Is(err, zk.ErrNoNode) {
			err = create()
		}
	case "create":
		err = create()
	case "set ACL":
		_, err = conn.SetACL(path, acl, -1)
	case "remove":
		err = r.remove(conn, path)
	case "create again": // the same znode, or nearly
		var data []byte
		var was []zk.ACL
		if data, _, err = conn.Get(path); err == nil {
			if was, _, err = conn.GetACL(path); err == nil && r.IntN(2) == 0 {
				acl = was
			}
			if err = errors.Join(err, r.remove(conn, path)); err == nil {
				_, err = conn.Create(path, data, 0, acl)
			}
		}
	case "create ephemeral":
		_, err = conn.Create(path+"/e", nil, zk.FlagEphemeral, tree.OpenACL())
		if root == r.tt.target.Path { // where an ephemeral znode ends a copy
			err = errors.Join(err, conn.Delete(path+"/e", -1))
		}
	}
	return err
}

func (r *randomChanges) remove(conn *zk.Conn, path string) error {
	names, _, err := conn.Children(path)
	for _, name := range names {
		err = errors.Join(err, r.remove(conn, path+"/"+name))
	}
	if err != nil {
		return err
	}
	return conn.Delete(path, -1)
}

func (r *randomChanges) changeSource() { r.change(r.tt.from, r.tt.source.Path) }
func (r *randomChanges) changeTarget() { r.change(r.tt.to, r.tt.target.Path) }
