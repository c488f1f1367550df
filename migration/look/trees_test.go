package look

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
)

// layouts are where a cluster's metadata and its lock are below a test's own path.
var layouts = []struct{ name, chroot, root, lock string }{
	{"lock at the root", "", "/c1", "/c1"},
	{"lock below the root", "", "/c1", "/c1/lock"},
	{"lock outside of the root", "", "/c1", "/locks/c1"},
	{"lock in a tree of its own, with a chroot", "/team", "/c1", "/locks"},
}

func TestBothTreesAreSeenInEveryLayout(t *testing.T) {
	oldZK, newZK := zktest.Shared(t), zktest.Start(t)
	conn, target := zktest.Connect(t, oldZK.Addr()), zktest.Connect(t, newZK.Addr())
	for _, c := range layouts {
		t.Run(c.name, func(t *testing.T) {
			own := zktest.OwnPath(t, conn)
			zktest.Plant(t, target, "", zktest.Znode{Path: own})
			above := own + c.chroot
			parents := []zktest.Znode{{Path: own + "/locks"}}
			if c.chroot != "" {
				parents = []zktest.Znode{{Path: above}, {Path: above + "/locks"}}
			}
			zktest.Plant(t, conn, "", parents...)
			root, lock := above+c.root, above+c.lock
			m := startMeta(t)
			zktest.Plant(t, conn, "", zktest.Znode{Path: root})
			plantTree(t, conn, root, lock, []string{m.Address, "127.0.0.1:1"}, app(1, "one"), app(2, "two"))
			prefix := ""
			if c.chroot == "" {
				prefix = own
			}
			m.config = metaadmin.ServerConfig{HostsList: oldZK.Addr() + strings.TrimPrefix(above, prefix), ClusterRoot: prefix + c.root, LockRoot: prefix + c.lock}

			o := optionsFor(t, quick, m.Address)
			o.Target = address(t, newZK.Addr())
			o.Target.Chroot = strings.TrimPrefix(above, prefix)
			s, err := Look(zktest.Context(t), o)
			if err != nil {
				t.Fatal(err)
			}
			if s.Source.Name != oldZK.Addr()+root || s.Target.Name != newZK.Addr()+root || s.Target.Exists || s.Target.Contents.Doubt != "" {
				t.Fatalf("old %+v\nnew %+v", s.Source, s.Target)
			}
			if got := len(s.Source.HeldOutside()) + int(s.Source.Ephemerals); got != 2 || len(s.Source.Unlocated) != 0 {
				t.Errorf("%d lock nodes are held, of 2; unlocated %v", got, s.Source.Unlocated)
			}
			if s.Compared.Doubt != "" || s.Compared.Equal || s.Compared.Missing != s.Source.Contents.Znodes {
				t.Errorf("compared with nothing: %+v", s.Compared)
			}
			if got := find(t, s, m.Address); got.Since.IsZero() || time.Since(got.Since) > time.Minute {
				t.Errorf("the leader has led since %v", got.Since)
			}
			copyTree(t, Address{Endpoint: session.Endpoint{Servers: []string{oldZK.Addr()}, Path: root}},
				Address{Endpoint: session.Endpoint{Servers: []string{newZK.Addr()}, Path: root}}, quick)
			for _, deep := range []bool{false, true} {
				o.Deep = deep
				if s, err = Look(zktest.Context(t), o); err != nil {
					t.Fatal(err)
				}
				if !s.Compared.Equal || s.Compared.Deep != deep || s.Source.Contents.Sum != s.Target.Contents.Sum || s.Source.Contents.Znodes != s.Target.Contents.Znodes {
					t.Errorf("deep %v: %+v\nold %+v\nnew %+v", deep, s.Compared, s.Source.Contents, s.Target.Contents)
				}
			}
		})
	}
}

// twoTrees are a tree, its copy, and a look at both.
type twoTrees struct {
	root               string
	source, target     *zk.Conn
	sourceAt, targetAt Address
	options            Options
}

func copiedTrees(t *testing.T, apps ...layout.App) *twoTrees {
	t.Helper()
	oldZK, newZK := zktest.Shared(t), zktest.Start(t)
	p := &twoTrees{source: zktest.Connect(t, oldZK.Addr()), target: zktest.Connect(t, newZK.Addr())}
	p.root = zktest.OwnPath(t, p.source)
	m := startMeta(t)
	plantTree(t, p.source, p.root, p.root, []string{m.Address}, apps...)
	m.config = metaadmin.ServerConfig{HostsList: oldZK.Addr(), ClusterRoot: p.root, LockRoot: p.root}
	p.sourceAt = Address{Endpoint: session.Endpoint{Servers: []string{oldZK.Addr()}, Path: p.root}}
	p.targetAt = Address{Endpoint: session.Endpoint{Servers: []string{newZK.Addr()}, Path: p.root}}
	copyTree(t, p.sourceAt, p.targetAt, quick)
	p.options = optionsFor(t, quick, m.Address)
	p.options.Target = &p.targetAt
	return p
}

func (p *twoTrees) look(t *testing.T) *migration.Survey {
	t.Helper()
	s, err := Look(zktest.Context(t), p.options)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, conn *zk.Conn, path string, data []byte) {
	t.Helper()
	if _, err := conn.Set(path, data, -1); err != nil {
		t.Fatal(err)
	}
}

func TestWhatHasChangedInTheNewTreeIsNamed(t *testing.T) {
	p := copiedTrees(t, app(1, "one"), app(2, "two"), app(3, "three"))
	if got := p.look(t).Compared; !got.Equal {
		t.Fatalf("the copy differs: %+v", got)
	}
	path := func(id int32) string { return layout.AppPath(p.root, id) }
	renamed, dropped := app(1, "eno"), app(2, "two")
	dropped.Status = layout.AppDropped
	put(t, p.target, path(1), renamed.Encode())
	put(t, p.target, path(2), dropped.Encode())
	id := layout.GPID{AppID: 3, Index: 1}
	put(t, p.target, layout.PartitionPath(p.root, id), partitionOn(id, "127.0.0.1:34802", 4)) // as long as before
	plantTable(t, p.target, p.root, app(7, "seven"))
	want := []string{"table 1 renamed from one to eno", "table 2 (two) dropped", "table 7 (seven) created", "partition 3.1 moved"}
	for _, deep := range []bool{false, true} {
		p.options.Deep = deep
		s := p.look(t)
		var got []string
		for _, text := range s.Compared.Tables {
			got = append(got, text.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("deep %v:\n%s", deep, diff)
		}
		if c := s.Compared; c.Equal || c.Missing != 0 || c.Extra != 3 || c.Different != 3 {
			t.Errorf("deep %v: %+v", deep, c)
		}
		wantChanged := []string{path(1), path(2), layout.PartitionPath(p.root, id)}
		if diff := cmp.Diff(wantChanged, s.Target.Changed); diff != "" {
			t.Errorf("deep %v:\n%s", deep, diff)
		}
	}
}

func TestWhatHasChangedInTheOldTreeIsNotTakenForAChangeOfTheNew(t *testing.T) {
	p := copiedTrees(t, app(1, "one"), app(2, "two"))
	id := layout.GPID{AppID: 2, Index: 0}
	put(t, p.source, layout.PartitionPath(p.root, id), partitionOn(id, "127.0.0.1:34802", 4)) // as long as before
	plantTable(t, p.source, p.root, app(7, "seven"))
	s := p.look(t)
	want := migration.Comparison{Missing: 3, Different: 1, Paths: []string{"/apps/2/0", "/apps/7"}}
	if diff := cmp.Diff(want, s.Compared); diff != "" || len(s.Target.Changed) > 0 {
		t.Errorf("%v\n%s", s.Target.Changed, diff)
	}
}

func TestTheSumsDoNotSeeACLs(t *testing.T) {
	p := copiedTrees(t, app(1, "one"))
	if _, err := p.target.SetACL(p.root+"/backup", zk.WorldACL(zk.PermRead), -1); err != nil {
		t.Fatal(err)
	}
	if !p.look(t).Compared.Equal {
		t.Error("they do")
	}
	p.options.Deep = true
	if got := p.look(t).Compared; got.Equal || got.Different != 1 || len(got.Tables) != 0 {
		t.Errorf("a deep comparison does not either: %+v", got)
	}
}

func TestOneEnsembleByTwoNamesIsOne(t *testing.T) {
	server := zktest.Start(t) // alone, so that nothing but the names can show it
	conn := zktest.Connect(t, server.Addr())
	m := startMeta(t)
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/p"})
	plantTree(t, conn, "/p", "/p", []string{m.Address}, app(1, "one"))
	byName := "localhost:" + port(server.Addr())
	m.config = metaadmin.ServerConfig{HostsList: server.Addr(), ClusterRoot: "/p", LockRoot: "/p"}
	o := optionsFor(t, quick, m.Address)
	o.Target = address(t, byName+"/p")
	s, err := Look(zktest.Context(t), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Target.Name != byName+"/p" || s.Source.Name != "" {
		t.Errorf("old %q, new %q", s.Source.Name, s.Target.Name)
	}
	if diff := cmp.Diff([]string{server.Addr()}, s.Target.Contents.Aliases); diff != "" {
		t.Error(diff)
	}
}

func TestOneEnsembleByNamesThatNobodyResolvesIsOneByItsZnodes(t *testing.T) {
	server := zktest.Start(t)
	conn := zktest.Connect(t, server.Addr())
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/other"})
	o := optionsFor(t, session.Options{Dialer: dialing(server.Addr())}, "127.0.0.1:1")
	o.Admin = nil
	o.From, o.Target = address(t, "old.invalid:1/p"), address(t, "new.invalid:2/p")
	s, err := Look(zktest.Context(t), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Source.Name == "" || s.Target.Name != "" {
		t.Errorf("old %q, new %q: they are one by the znodes at /", s.Source.Name, s.Target.Name)
	}
}

func TestATreeOnlyReadableWithCredentialsIsReadWithThem(t *testing.T) {
	auth := session.Options{Auth: []session.Auth{{Scheme: "digest", Data: []byte("u:p")}}}
	server := zktest.Start(t)
	conn := zktest.Connect(t, server.Addr())
	if err := conn.AddAuth("digest", []byte("u:p")); err != nil {
		t.Fatal(err)
	}
	root := zktest.OwnPath(t, conn)
	closed := zk.DigestACL(zk.PermAll, "u", "p")
	zktest.Plant(t, conn, root, zktest.Znode{Path: "/c", ACL: closed}, zktest.Znode{Path: "/c/apps", Data: []byte("unlock"), ACL: closed},
		zktest.Znode{Path: "/c/apps/1", Data: app(1, "one").Encode(), ACL: closed})
	for _, o := range []session.Options{auth, quick} {
		options := optionsFor(t, o, "127.0.0.1:1")
		options.Admin = nil
		options.From = address(t, server.Addr()+root+"/c")
		s, err := Look(zktest.Context(t), options)
		if err != nil {
			t.Fatal(err)
		}
		if readable := len(o.Auth) > 0; (s.Source.Contents.Doubt == "") != readable || s.Source.Contents.Denied == readable || readable && s.Source.Contents.Znodes != 3 {
			t.Errorf("with %d credentials: %+v", len(o.Auth), s.Source)
		}
	}
}

func TestUnreachableZooKeepersSayWhyAndSoon(t *testing.T) {
	m := startMeta(t)
	m.refusal = wire.ErrForwardToOthers
	gone, hanging := metatest.Refusing(t), metatest.Start(t, metatest.Hangs)
	m.config = metaadmin.ServerConfig{HostsList: gone, ClusterRoot: "/p", LockRoot: "/p"}
	o := optionsFor(t, quick, m.Address)
	o.Target = address(t, hanging.Address)
	began := time.Now()
	s, err := Look(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 3*Patience {
		t.Errorf("it took %v", took)
	}
	if !strings.Contains(s.Source.Contents.Doubt, "refused") || s.Target.Contents.Doubt == "" || s.Compared.Doubt == "" {
		t.Errorf("old %q, new %q, compared %q", s.Source.Contents.Doubt, s.Target.Contents.Doubt, s.Compared.Doubt)
	}
}

func TestAnEnsembleWithoutQuorumSaysSoSoon(t *testing.T) {
	t.Setenv("JAVA_TOOL_OPTIONS", "-Dreadonlymode.enabled=true") // one that lets clients read without a quorum, too
	ensemble := zktest.Ensemble(t, 3)
	conn := zktest.Connect(t, ensemble.Addrs()...)
	zktest.Plant(t, conn, "", zktest.Znode{Path: "/p"})
	plantTree(t, conn, "/p", "/p", []string{"127.0.0.1:1"}, app(1, "one"))
	o := optionsFor(t, quick, metatest.Refusing(t))
	o.From = address(t, strings.Join(ensemble.Addrs(), ",")+"/p")
	look := func() migration.Tree {
		t.Helper()
		began := time.Now()
		s, err := Look(zktest.Context(t), o)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 4*Patience {
			t.Errorf("it took %v", took)
		}
		return s.Source
	}
	ensemble.Servers[0].Kill()
	if got := look(); got.Contents.Doubt != "" || !got.Exists || len(got.Clusters) != 1 {
		t.Errorf("without one server: %+v", got)
	}
	ensemble.Servers[1].Kill()
	if got := look(); got.Contents.Doubt == "" {
		t.Errorf("without a quorum: %+v", got)
	}
}

func TestReplicaServersAreKnownFromTheOldTree(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	root := zktest.OwnPath(t, conn)
	plantTree(t, conn, root, "", nil, app(1, "one"))
	o := optionsFor(t, quick, metatest.Refusing(t))
	o.From = address(t, server.Addr()+root)
	s, err := Look(zktest.Context(t), o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range s.Replicas {
		got = append(got, fmt.Sprintf("%s %v %v", r.Address, r.Alive, r.Doubt != ""))
	}
	if diff := cmp.Diff([]string{"127.0.0.1:34801 false true", "127.0.0.1:34803 false true"}, got); diff != "" {
		t.Error(diff)
	}
}
