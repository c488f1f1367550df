package znodepath

import "testing"

func TestAChrootIsPutBeforeAPathAndFoundAgain(t *testing.T) {
	for _, c := range []struct{ chroot, path, full string }{
		{"", "/a/b", "/a/b"},
		{"/x", "/a/b", "/x/a/b"},
		{"/x/y", "/", "/x/y"},
		{"", "/", "/"},
	} {
		if full := Join(c.chroot, c.path); full != c.full {
			t.Errorf("%q before %q is %q, want %q", c.chroot, c.path, full, c.full)
		}
		if chroot, ok := Chroot(c.full, c.path); !ok || chroot != c.chroot {
			t.Errorf("the chroot of %q for %q is %q, %v, want %q", c.full, c.path, chroot, ok, c.chroot)
		}
	}
	for full, path := range map[string]string{"/a/b": "/b/a", "/xa": "/x", "": "/a"} {
		if chroot, ok := Chroot(full, path); ok {
			t.Errorf("%q has the chroot %q for %q", full, chroot, path)
		}
	}
	if full := Join("/x", ""); full != "" {
		t.Errorf("no path behind a chroot is %q", full)
	}
}
