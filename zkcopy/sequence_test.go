package zkcopy

import (
	"fmt"
	"testing"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

// numbered creates sequential znodes.
func numbered(t *testing.T, conn *zk.Conn, parent string, n int) (names []string) {
	t.Helper()
	for range n {
		path, err := conn.Create(parent+"/n-", nil, zk.FlagSequence, tree.OpenACL())
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, path[len(parent):])
	}
	return names
}

func TestCountersThatWillBeLowerInTheTargetAreNamed(t *testing.T) {
	for name, test := range map[string]struct {
		names, gone int
		plain       bool
		lower       bool
	}{
		"none went":                  {3, 0, false, false},
		"some went":                  {4, 2, false, true},
		"all went":                   {4, 4, false, false},
		"some went, none sequential": {4, 2, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			tt := twoServers(t)
			zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: "/q"}, zktest.Znode{Path: "/empty"})
			paths := numbered(t, tt.from, tt.source.Path+"/q", test.names)
			if test.plain {
				for i, path := range paths {
					if err := tt.from.Delete(tt.source.Path+"/q"+path, -1); err != nil {
						t.Fatal(err)
					}
					paths[i] = fmt.Sprintf("/plain%d", i)
					zktest.Plant(t, tt.from, tt.source.Path+"/q", zktest.Znode{Path: paths[i]})
				}
			}
			for _, path := range paths[:test.gone] {
				if err := tt.from.Delete(tt.source.Path+"/q"+path, -1); err != nil {
					t.Fatal(err)
				}
			}
			var want []string
			if test.lower {
				want = []string{tt.source.Path + "/q"}
			}
			for what, o := range map[string]CopyOptions{"a plan": {DryRun: true}, "a copy": {Proofs: t.TempDir()}, "a repeat": {}} {
				if r := tt.copy(t, o); cmp.Diff(want, r.Counters) != "" || r.CountersTotal != int64(len(want)) {
					t.Errorf("%s: %v of %d", what, r.Counters, r.CountersTotal)
				}
				if what != "a copy" {
					continue
				}
				if r := tt.copy(t, o); !r.ByProof || cmp.Diff(want, r.Counters) != "" {
					t.Errorf("by proof: %+v", r)
				}
			}
			_, stat, err := tt.from.Exists(tt.source.Path + "/q")
			if err != nil {
				t.Fatal(err)
			}
			want = []string{fmt.Sprintf("/n-%010d", everCreated(stat))}
			if diff := cmp.Diff(want, numbered(t, tt.from, tt.source.Path+"/q", 1)); diff != "" {
				t.Errorf("the server's next name (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamesOfTenDigitsAreSequential(t *testing.T) {
	for rel, want := range map[string]bool{"/0123456789": true, "/a0123456789": true, "/a/b-0000000001": true, "/123456789": false, "0123456789": false, "/a012345678x": false, "": false} {
		if got := isSequential(rel); got != want {
			t.Errorf("%q: %v", rel, got)
		}
	}
}
