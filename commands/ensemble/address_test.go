package ensemble

import (
	"testing"

	"pegashell/internal/manifest"
)

func TestAChrootGoesBeforeThePathOfANamedZooKeeper(t *testing.T) {
	d := Directory{Manifest: &manifest.Manifest{ZooKeepers: map[string]manifest.ZooKeeper{
		"plain": {Hosts: []string{"a:1", "b:2"}, Root: "/pegasus/c1"},
		"team":  {Hosts: []string{"c:3"}, Chroot: "/team", Root: "/pegasus/c1"},
		"bare":  {Hosts: []string{"d:4"}, Chroot: "/team"},
	}}}
	for text, want := range map[string]struct{ tree, chroot, root string }{
		"plain":         {"a:1,b:2/pegasus/c1", "", "/pegasus/c1"},
		"plain/x":       {"a:1,b:2/x", "", "/x"},
		"team":          {"c:3/team/pegasus/c1", "/team", "/pegasus/c1"},
		"team/x/":       {"c:3/team/x", "/team", "/x"},
		"team/":         {"c:3/team", "/team", "/"},
		"bare":          {"d:4", "/team", ""},
		"bare/x":        {"d:4/team/x", "/team", "/x"},
		"c:3/team/x":    {"c:3/team/x", "", "/team/x"},
		"c:3/teamster":  {"c:3/teamster", "", "/teamster"},
		"unknown:1/x/y": {"unknown:1/x/y", "", "/x/y"},
	} {
		at, err := d.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if at.String() != want.tree || at.Chroot != want.chroot || at.ClusterRoot() != want.root {
			t.Errorf("%s is %s, chroot %q, root %q; want %+v", text, at, at.Chroot, at.ClusterRoot(), want)
		}
	}
	for text, want := range map[string]string{"c:3/team/pegasus/c1": "team", "c:3/team": "team", "d:4": "bare", "d:4/team/x": "bare"} {
		at, err := d.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if name, _ := d.Lookup(at); name != want {
			t.Errorf("%s lies in %q, want %q", text, name, want)
		}
	}
}

func TestAPathOfAnotherEnsembleIsPutBehindTheChroot(t *testing.T) {
	at := Address{Chroot: "/team"}
	for path, want := range map[string]string{"/pegasus": "/team/pegasus", "/team/pegasus": "/team/pegasus", "/team": "/team", "/teams": "/team/teams", "/": "/team", "": ""} {
		if got := at.Below(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	at = Address{}
	for _, path := range []string{"", "/", "/a"} {
		if got := at.Below(path); got != path {
			t.Errorf("without a chroot %s is %s", path, got)
		}
	}
}
