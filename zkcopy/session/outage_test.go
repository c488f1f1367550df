package session

import (
	"testing"
	"time"

	"pegashell/internal/test/zktest"
)

func TestOutageLastsUntilTheServerIsBack(t *testing.T) {
	server := zktest.Start(t)
	client := openAddr(t, server.Addr(), func(o *Options) { o.SessionTimeout = time.Minute })
	if lasts, patience := client.Outage(); lasts != 0 || patience != time.Minute {
		t.Errorf("connected: an outage of %v, patience %v", lasts, patience)
	}
	began := time.Now()
	server.Kill()
	ctx := zktest.Context(t)
	for {
		if lasts, _ := client.Outage(); lasts > 0 {
			if most := time.Since(began); lasts > most {
				t.Errorf("the outage lasts %v, the server is gone for %v", lasts, most)
			}
			break
		}
		if err := sleep(ctx, 10*time.Millisecond); err != nil {
			t.Fatal("the loss of the server was not noticed")
		}
	}
	if err := server.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Stat(ctx, "/"); err != nil {
		t.Fatal(err)
	}
	if lasts, _ := client.Outage(); lasts > 0 {
		t.Errorf("the server is back, and the outage goes on for %v", lasts)
	}
}
