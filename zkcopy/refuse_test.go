package zkcopy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/tree"
)

func TestACopyOfAMissingSourceIsRefused(t *testing.T) {
	tt := twoServers(t)
	tt.source.Path += "/none"
	r, err := Copy(zktest.Context(t), tt.source, tt.target, CopyOptions{})
	var missing *tree.NotFoundError
	if !errors.As(err, &missing) || missing.Tree.Path != tt.source.Path || r == nil {
		t.Errorf("result %+v, error %v", r, err)
	}
	if zktest.Exists(t, tt.to, tree.ParentPath(tt.target.Path)) {
		t.Error("the target's parent was created")
	}
}

// A tree is the same through another name of its server; 127.0.0.1 has many.
func otherName(addr string) string { return strings.Replace(addr, "127.0.0.1", "localhost", 1) }

func TestOverlappingTreesOnTheSameServersAreRefused(t *testing.T) {
	a, b := zktest.Shared(t), second.start(t)
	conn, other := zktest.Connect(t, a.Addr()), zktest.Connect(t, b.Addr())
	root := zktest.OwnPath(t, conn)
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/s"}, zktest.Znode{Path: "/s/t"}, zktest.Znode{Path: "/st"})
	// The other server holds the same paths, made at another time.
	zktest.Plant(t, other, "", zktest.Znode{Path: root}, zktest.Znode{Path: root + "/s"})
	one, two, elsewhere := openServer(t, a), openAddr(t, otherName(a.Addr())), openServer(t, b)
	for name, test := range map[string]struct {
		source, target Tree
		want           Relation
	}{
		"equal":             {Tree{Client: one, Path: root + "/s"}, Tree{Client: two, Path: root + "/s"}, Same},
		"target inside":     {Tree{Client: one, Path: root + "/s"}, Tree{Client: two, Path: root + "/s/t/u"}, Inside},
		"target around":     {Tree{Client: one, Path: root + "/s/t"}, Tree{Client: two, Path: root}, Around},
		"source is /":       {Tree{Client: one, Path: "/"}, Tree{Client: two, Path: root + "/copy"}, Inside},
		"target is /":       {Tree{Client: one, Path: root + "/s"}, Tree{Client: two, Path: "/"}, Around},
		"both are /":        {Tree{Client: one, Path: "/"}, Tree{Client: one, Path: "/"}, Same},
		"only name common":  {Tree{Client: one, Path: root + "/s"}, Tree{Client: two, Path: root + "/st"}, Apart},
		"another server":    {Tree{Client: one, Path: root + "/s"}, Tree{Client: elsewhere, Path: root + "/s"}, Apart},
		"inside on another": {Tree{Client: one, Path: root}, Tree{Client: elsewhere, Path: root + "/s"}, Apart},
		"/ of another":      {Tree{Client: one, Path: root}, Tree{Client: elsewhere, Path: "/"}, Apart},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Relate(zktest.Context(t), test.target, test.source)
			if err != nil || got != test.want {
				t.Fatalf("target %v source, want %v; %v", got, test.want, err)
			}
			if test.want == Apart {
				return
			}
			_, err = Copy(zktest.Context(t), test.source, test.target, CopyOptions{})
			var overlap *OverlapError
			if !errors.As(err, &overlap) || overlap.Relation != test.want {
				t.Errorf("copy: %v", err)
			}
		})
	}
}

func TestServersOwnZnodesAreNotTouched(t *testing.T) {
	tt := twoServers(t)
	for _, path := range []string{"/zookeeper", "/zookeeper/config"} {
		var reserved *tree.ReservedPathError
		if _, err := Copy(zktest.Context(t), Tree{Client: tt.source.Client, Path: path}, tt.target, CopyOptions{}); !errors.As(err, &reserved) {
			t.Errorf("copy of %s: %v", path, err)
		}
		if _, err := Copy(zktest.Context(t), tt.source, Tree{Client: tt.target.Client, Path: path}, CopyOptions{}); !errors.As(err, &reserved) {
			t.Errorf("copy to %s: %v", path, err)
		}
		if _, err := Remove(zktest.Context(t), Tree{Client: tt.target.Client, Path: path}, RemoveOptions{}); !errors.As(err, &reserved) {
			t.Errorf("removal of %s: %v", path, err)
		}
	}
	var reserved *tree.ReservedPathError
	if _, err := Remove(zktest.Context(t), Tree{Client: tt.target.Client, Path: "/"}, RemoveOptions{}); !errors.As(err, &reserved) {
		t.Errorf("removal of /: %v", err)
	}
	for _, path := range []string{"", "x", "/x/", "/x/../y"} {
		if _, err := Copy(zktest.Context(t), tt.source, Tree{Client: tt.target.Client, Path: path}, CopyOptions{}); err == nil {
			t.Errorf("copy to %q succeeded", path)
		}
		if _, err := Remove(zktest.Context(t), Tree{Client: tt.target.Client, Path: path}, RemoveOptions{}); err == nil {
			t.Errorf("removal of %q succeeded", path)
		}
	}
}

func TestTheWholeServerIsCopiedWithoutItsOwnZnodes(t *testing.T) {
	from, to := zktest.Start(t), zktest.Start(t)
	conn, target := zktest.Connect(t, from.Addr()), zktest.Connect(t, to.Addr())
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/a", Data: []byte("1")}, zktest.Znode{Path: "/a/b"}, zktest.Znode{Path: "/zookeeper2"})
	if _, err := conn.Create("/zookeeper/quota/mine", nil, zk.FlagPersistent, tree.OpenACL()); err != nil {
		t.Fatal(err)
	}
	tt := trees{from: conn, to: target, source: Tree{Client: openServer(t, from), Path: "/"}, target: Tree{Client: openServer(t, to), Path: "/"}}
	check(t, &CopyResult{Read: 4, Bytes: 1, Created: 3, Equal: 1, Verified: true}, tt.copy(t, CopyOptions{Delete: true}))
	if zktest.Exists(t, target, "/zookeeper/quota/mine") {
		t.Error("/zookeeper was written to")
	}
	tt.target.Path = "/below"
	check(t, &CopyResult{Read: 4, Bytes: 1, Created: 4, Verified: true}, tt.copy(t, CopyOptions{}))
	if zktest.Exists(t, target, "/below/zookeeper") {
		t.Error("/zookeeper was copied")
	}
	// A child of the source that would become the target's /zookeeper.
	zktest.Plant(t, conn, "/a", zktest.Znode{Path: "/zookeeper"})
	_, err := Copy(zktest.Context(t), Tree{Client: tt.source.Client, Path: "/a"}, Tree{Client: tt.target.Client, Path: "/"}, CopyOptions{})
	var reserved *tree.ReservedPathError
	if !errors.As(err, &reserved) || reserved.Path != "/zookeeper" {
		t.Errorf("error is %v", err)
	}
}

func TestErrorsOfManyPathsShowTheFirstFew(t *testing.T) {
	for want, err := range map[string]error{
		"5 znodes of the source changed while it was copied: /a, /b, /c, ...": &SourceChangedError{Paths: []string{"/a", "/b", "/c", "/d"}, Total: 5},
		"1 znodes differ from the source after the copy: /a (other ACL)":      &VerifyError{Differences: []Difference{{"/a", OtherACL}}, Total: 1},
	} {
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
