package session

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

func TestParseEndpointFillsInWhatIsLeftOut(t *testing.T) {
	for text, want := range map[string]Endpoint{
		"h1":                       {Servers: []string{"h1:2181"}},
		"h1:2182/":                 {Servers: []string{"h1:2182"}, Path: "/"},
		"h1:2181,h2, h_3.x:1/a/b":  {Servers: []string{"h1:2181", "h2:2181", "h_3.x:1"}, Path: "/a/b"},
		"[::1]/p":                  {Servers: []string{"[::1]:2181"}, Path: "/p"},
		"[fe80::1%eth0]:2183,10.1": {Servers: []string{"[fe80::1%eth0]:2183", "10.1:2181"}},
		"h/ü/..a/a.b/.x/日本":        {Servers: []string{"h:2181"}, Path: "/ü/..a/a.b/.x/日本"},
	} {
		got, err := ParseEndpoint(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

func TestParseEndpointSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":             "no server",
		"/a":           "no server",
		"h,,i":         "is empty",
		"h:0":          "port",
		"h:65536":      "port",
		"h:+1":         "port",
		"h:x":          "port",
		"h:":           "port is missing",
		":2181":        "host is missing",
		"::1":          "brackets",
		"[::1":         "brackets",
		"[h]:1":        "brackets",
		"[::1]2181":    "colon",
		"h 1":          "character",
		"h;i":          "character",
		"h/a/":         "ends with /",
		"h//a":         "empty component",
		"h/a//b":       "empty component",
		"h/./a":        "relative",
		"h/a/..":       "relative",
		"h/a\x00b":     "U+0000",
		"h/a\u009f":    "U+009F",
		"h/\ue000":     "U+E000",
		"h/\U0001F600": "U+1F600",
		"h/\xff":       "UTF-8",
	} {
		got, err := ParseEndpoint(text)
		if err == nil {
			t.Errorf("%q was read as %+v", text, got)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q does not say %q", text, err, want)
		}
	}
}

func FuzzParseEndpoint(f *testing.F) {
	for _, seed := range []string{"h", "h:1,[::1]:2/a", "h/../a", "h/a\x00", "[", "]:", "h:2181,/", "[::1%]:9/ü"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var e Endpoint
		var err error
		allocated.Check(t, len(text), 1024, func() { e, err = ParseEndpoint(text) })
		if err != nil {
			return
		}
		again, err := ParseEndpoint(e.String())
		if err != nil {
			t.Fatalf("%q was read as %q, which is refused: %v", text, e, err)
		}
		if diff := cmp.Diff(e, again); diff != "" {
			t.Errorf("%q changed when read twice:\n%s", text, diff)
		}
		if e.Path != "" && ValidatePath(e.Path) != nil {
			t.Errorf("%q gave the invalid path %q", text, e.Path)
		}
	})
}
