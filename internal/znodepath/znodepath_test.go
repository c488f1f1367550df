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

func TestANameOfAZnodeIsOneComponent(t *testing.T) {
	for name, want := range map[string]string{
		"daily": "", "a b": "", "ü": "", "...": "", "": "is empty", "a/b": "has a slash", "/": "has a slash", ".": "is a relative path",
		"..": "is a relative path", "a\xff": "is not UTF-8", "a\tb": "has the character U+0009 at byte 1, which ZooKeeper does not allow",
		"\u007f": "has the character U+007F at byte 0, which ZooKeeper does not allow", "a\U0001F600": "has the character U+1F600 at byte 1, which ZooKeeper does not allow",
	} {
		got := ""
		if err := CheckName(name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
