package ensemble

import (
	"path"
	"slices"
	"strings"
)

// IsRelative reports whether a word is a path below a place: one that begins with . or .. or, where there
// is a place, with something that names no ZooKeeper. A host needs its port then.
func (d *Directory) IsRelative(word string) bool {
	first, _, _ := strings.Cut(word, "/")
	if first == "." || first == ".." {
		return true
	}
	if d.Place == nil || first == "" || first == OwnName || strings.ContainsAny(first, ":,") {
		return false
	}
	if d.Manifest == nil {
		return true
	}
	_, named := d.Manifest.ZooKeepers[first]
	return !named
}

// Beside is the place that a relative path names; above the root of all znodes there is nothing.
func (a Address) Beside(relative string) Address {
	a.Path = path.Join("/", a.Path, relative)
	return a
}

// IsOn reports whether a place is on these servers, in whatever order they are named.
func (a Address) IsOn(servers []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a.Servers)), slices.Sorted(slices.Values(servers)))
}

// Short names a place as it can be typed: by the name of its ZooKeeper where it was named so, otherwise by
// its servers, of which only the first is shown.
func (a Address) Short() string {
	inChroot := a.Path == a.Chroot || strings.HasPrefix(a.Path, a.Chroot+"/")
	if a.Name != "" && inChroot {
		return a.Name + a.ClusterRoot()
	}
	if len(a.Servers) > 1 {
		return a.Servers[0] + ",..." + a.Path
	}
	return a.String()
}
