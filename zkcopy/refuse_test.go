package zkcopy

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/zktest"
)

func TestACopyOfAMissingSourceIsRefused(t *testing.T) {
	tt := twoServers(t)
	tt.source.Path += "/none"
	r, err := Copy(testContext(t), tt.source, tt.target, CopyOptions{})
	var missing *NotFoundError
	if !errors.As(err, &missing) || missing.Tree.Path != tt.source.Path || r == nil {
		t.Errorf("result %+v, error %v", r, err)
	}
	if exists(t, tt.to, parentPath(tt.target.Path)) {
		t.Error("the target's parent was created")
	}
}

// A tree is the same through another name of its server; 127.0.0.1 has many.
func otherName(addr string) string { return strings.Replace(addr, "127.0.0.1", "localhost", 1) }

func TestOverlappingTreesOnTheSameServersAreRefused(t *testing.T) {
	a, b := zktest.Shared(t), second.start(t)
	conn, other := zktest.Connect(t, a.Addr()), zktest.Connect(t, b.Addr())
	root := ownPath(t, conn)
	plant(t, conn, root, planted{path: "/s"}, planted{path: "/s/t"}, planted{path: "/st"})
	// The other server holds the same paths, made at another time.
	plant(t, other, "", planted{path: root}, planted{path: root + "/s"})
	one, two, elsewhere := openServer(t, a), openAddr(t, otherName(a.Addr())), openServer(t, b)
	for name, test := range map[string]struct {
		source, target Tree
		want           Relation
	}{
		"equal":             {Tree{one, root + "/s"}, Tree{two, root + "/s"}, Same},
		"target inside":     {Tree{one, root + "/s"}, Tree{two, root + "/s/t/u"}, Inside},
		"target around":     {Tree{one, root + "/s/t"}, Tree{two, root}, Around},
		"source is /":       {Tree{one, "/"}, Tree{two, root + "/copy"}, Inside},
		"target is /":       {Tree{one, root + "/s"}, Tree{two, "/"}, Around},
		"both are /":        {Tree{one, "/"}, Tree{one, "/"}, Same},
		"only name common":  {Tree{one, root + "/s"}, Tree{two, root + "/st"}, Apart},
		"another server":    {Tree{one, root + "/s"}, Tree{elsewhere, root + "/s"}, Apart},
		"inside on another": {Tree{one, root}, Tree{elsewhere, root + "/s"}, Apart},
		"/ of another":      {Tree{one, root}, Tree{elsewhere, "/"}, Apart},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Relate(testContext(t), test.target, test.source)
			if err != nil || got != test.want {
				t.Fatalf("target %v source, want %v; %v", got, test.want, err)
			}
			if test.want == Apart {
				return
			}
			_, err = Copy(testContext(t), test.source, test.target, CopyOptions{})
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
		var reserved *ReservedPathError
		if _, err := Copy(testContext(t), Tree{tt.source.Client, path}, tt.target, CopyOptions{}); !errors.As(err, &reserved) {
			t.Errorf("copy of %s: %v", path, err)
		}
		if _, err := Copy(testContext(t), tt.source, Tree{tt.target.Client, path}, CopyOptions{}); !errors.As(err, &reserved) {
			t.Errorf("copy to %s: %v", path, err)
		}
		if _, err := Remove(testContext(t), Tree{tt.target.Client, path}, RemoveOptions{}); !errors.As(err, &reserved) {
			t.Errorf("removal of %s: %v", path, err)
		}
	}
	var reserved *ReservedPathError
	if _, err := Remove(testContext(t), Tree{tt.target.Client, "/"}, RemoveOptions{}); !errors.As(err, &reserved) {
		t.Errorf("removal of /: %v", err)
	}
	for _, path := range []string{"", "x", "/x/", "/x/../y"} {
		if _, err := Copy(testContext(t), tt.source, Tree{tt.target.Client, path}, CopyOptions{}); err == nil {
			t.Errorf("copy to %q succeeded", path)
		}
		if _, err := Remove(testContext(t), Tree{tt.target.Client, path}, RemoveOptions{}); err == nil {
			t.Errorf("removal of %q succeeded", path)
		}
	}
}

func TestTheWholeServerIsCopiedWithoutItsOwnZnodes(t *testing.T) {
	from, to := zktest.Start(t), zktest.Start(t)
	conn, target := zktest.Connect(t, from.Addr()), zktest.Connect(t, to.Addr())
	plant(t, conn, "", planted{path: "/a", data: []byte("1")}, planted{path: "/a/b"}, planted{path: "/zookeeper2"})
	if _, err := conn.Create("/zookeeper/quota/mine", nil, zk.FlagPersistent, OpenACL()); err != nil {
		t.Fatal(err)
	}
	tt := trees{from: conn, to: target, source: Tree{openServer(t, from), "/"}, target: Tree{openServer(t, to), "/"}}
	check(t, &CopyResult{Read: 4, Bytes: 1, Created: 3, Equal: 1, Verified: true}, tt.copy(t, CopyOptions{Delete: true}))
	if exists(t, target, "/zookeeper/quota/mine") {
		t.Error("/zookeeper was written to")
	}
	tt.target.Path = "/below"
	check(t, &CopyResult{Read: 4, Bytes: 1, Created: 4, Verified: true}, tt.copy(t, CopyOptions{}))
	if exists(t, target, "/below/zookeeper") {
		t.Error("/zookeeper was copied")
	}
	// A child of the source that would become the target's /zookeeper.
	plant(t, conn, "/a", planted{path: "/zookeeper"})
	_, err := Copy(testContext(t), Tree{tt.source.Client, "/a"}, Tree{tt.target.Client, "/"}, CopyOptions{})
	var reserved *ReservedPathError
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
