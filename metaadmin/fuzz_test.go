package metaadmin

import (
	"net"
	"testing"

	"pegashell/internal/test/allocated"
)

func FuzzCheckServer(f *testing.F) {
	for _, seed := range []string{"127.0.0.1:34601", "host:1", "[::1]:2", "a", ":1", "h:", "h:65536", "h:0x1", "h:-1", "ü:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var err error
		allocated.Check(t, len(text), 256, func() { err = CheckServer(text) })
		if err != nil {
			return
		}
		if host, port, err := net.SplitHostPort(text); err != nil || host == "" || port == "" {
			t.Errorf("%q is accepted: %q, %q, %v", text, host, port, err)
		}
	})
}
