package freeport

import (
	"fmt"
	"net"
	"testing"
)

func TestPickGivesDifferentPortsThatCanBeListenedOn(t *testing.T) {
	seen := map[int]bool{}
	for range 5 {
		ports, err := Pick(4)
		if err != nil {
			t.Fatal(err)
		}
		for _, port := range ports {
			if seen[port] {
				t.Errorf("port %d was given twice", port)
			}
			seen[port] = true
			l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
			if err != nil {
				t.Errorf("listen on a picked port: %v", err)
				continue
			}
			defer l.Close()
			if Free(port) {
				t.Errorf("port %d is called free while it is listened on", port)
			}
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d ports, want 20", len(seen))
	}
}
