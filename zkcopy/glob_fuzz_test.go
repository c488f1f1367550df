package zkcopy

import (
	"strings"
	"testing"

	"pegashell/internal/test/allocated"
)

func FuzzGlob(f *testing.F) {
	for _, seed := range [][2]string{{"a/*", "/a/b"}, {"**/[a-c]?", "/x/y/bz"}, {"{a,{b,c}}/d", "/c/d"}, {"\\*", "/*"}, {"[", "/["}, {"/root/x/", "/x"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		allocated.Check(t, len(text)*len(text)+len(path), 4096, func() { // what may lie above it is compiled for each slash
			g, err := newGlob(text, "/root")
			if err != nil {
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("the error has several lines: %q", err)
				}
				return
			}
			g.matches(path)
			g.overtakenBy(path)
		})
	})
}
