package homefile

import "testing"

func TestOnlyALeadingTildeMeansTheHomeFolder(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for path, want := range map[string]string{
		"~/a/b": "/home/me/a/b", "~/": "/home/me",
		"": "", "~": "~", "~you/a": "~you/a", "a/~/b": "a/~/b", "/a": "/a", "a": "a",
	} {
		if got, err := Expand(path); err != nil || got != want {
			t.Errorf("Expand(%q) = %q, %v; want %q", path, got, err, want)
		}
	}
	t.Setenv("HOME", "")
	if _, err := Expand("~/a"); err == nil {
		t.Error("a home folder was found without HOME")
	}
}
