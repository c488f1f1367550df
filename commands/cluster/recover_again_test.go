package cluster_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// recovering is a leader in recovery.
type recovering struct {
	// started is what it says of its start, serves whether it has left recovery.
	started atomic.Value
	serves  atomic.Bool
	// asked are the calls of recover; it answers none but the first of them that are given here.
	asked   atomic.Int32
	answers atomic.Pointer[wire.HintResponse]
	// sent is called when recover arrives that is not answered.
	sent atomic.Pointer[context.CancelFunc]
}

func (r *recovering) behave(nc net.Conn, q *wire.Request) error {
	switch q.RPC {
	case wire.RPCRemoteCommand:
		return metatest.Answer(nc, q, wire.OK, &wire.StringResult{Text: r.started.Load().(string)})
	case wire.RPCClusterInfo:
		code := wire.ErrUnderRecovery
		if r.serves.Load() {
			code = wire.OK
		}
		return metatest.Answer(nc, q, wire.OK, &wire.ClusterInfoResponse{Err: code})
	}
	r.asked.Add(1)
	if answer := r.answers.Load(); answer != nil {
		return metatest.Answer(nc, q, wire.OK, answer)
	}
	if cancel := r.sent.Load(); cancel != nil {
		(*cancel)()
	}
	return nil
}

const recoverLine = "recover -s 127.0.0.1:34801"

// interrupted gives a leader to which recover was sent from a shell that was interrupted then.
func interrupted(t *testing.T, state string) (*recovering, *shelltest.Session, string) {
	t.Helper()
	r := &recovering{}
	r.started.Store("Started at noon")
	server := metatest.Start(t, r.behave)
	s := shelltest.StartOn(t, metaadmin.Options{}, server.Address)
	s.Env.State = state
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r.sent.Store(&cancel)
	out, _, err := s.RunIn(ctx, recoverLine)
	if err == nil || !strings.Contains(out, "one at a time") || strings.Contains(out, "safe") {
		t.Fatalf("error = %v, standard output:\n%s", err, out)
	}
	return r, s, server.Address
}

func TestRecoverIsRefusedWhileAnEarlierOneMayBeUnderWay(t *testing.T) {
	for name, state := range map[string]string{"in the session": "", "in a file": filepath.Join(t.TempDir(), "state")} {
		t.Run(name, func(t *testing.T) {
			r, s, address := interrupted(t, state)
			for range 2 {
				out, diagnostics, err := s.Run(recoverLine)
				if err == nil || out != "" || !strings.Contains(diagnostics, "recover was sent to "+address+" at ") || !strings.Contains(diagnostics, "by this shell") || r.asked.Load() != 1 {
					t.Errorf("error = %v, printed %q and %q, asked %d times", err, out, diagnostics, r.asked.Load())
				}
			}
			other := shelltest.StartOn(t, metaadmin.Options{}, "127.0.0.1:1", address)
			other.Env.State = state
			r.answers.Store(&wire.HintResponse{Err: wire.OK})
			if _, diagnostics, err := other.Run(recoverLine); (err != nil) != (state != "") {
				t.Errorf("another shell: error = %v, %q", err, diagnostics)
			}
			if _, diagnostics, err := s.Run(recoverLine + " --again"); err != nil {
				t.Errorf("again: error = %v, %q", err, diagnostics)
			}
			if _, diagnostics, err := other.Run(recoverLine); err != nil {
				t.Errorf("another shell, after the answer: error = %v, %q", err, diagnostics)
			}
		})
	}
}

func TestRecoverIsSentAgainOnceTheEarlierOneIsOver(t *testing.T) {
	for name, end := range map[string]func(*recovering){
		"the server was restarted": func(r *recovering) { r.started.Store("Started at one") },
		"the cluster serves":       func(r *recovering) { r.serves.Store(true) },
		"nothing listens there":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			r, s, _ := interrupted(t, state)
			r.answers.Store(&wire.HintResponse{Err: wire.OK})
			if end != nil {
				end(r)
			} else {
				s.Env.Session.Recoveries[0].Server = metatest.Refusing(t)
				s.Env.State = ""
			}
			if out, diagnostics, err := s.Run(recoverLine); err != nil || !strings.Contains(out, "Recover result: ERR_OK") {
				t.Errorf("error = %v, printed %q and %q", err, out, diagnostics)
			}
			if left, err := filepath.Glob(filepath.Join(state, "*", "*")); end != nil && (err != nil || len(left) > 0) {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestRecoverThatWasAnsweredOrNotSentIsNotRemembered(t *testing.T) {
	answered := &recovering{}
	answered.answers.Store(&wire.HintResponse{Err: wire.ErrTryAgain, Hint: "a node is down\n"})
	for name, meta := range map[string]string{"answered": metatest.Start(t, answered.behave).Address, "not sent": metatest.Refusing(t)} {
		t.Run(name, func(t *testing.T) {
			s := shelltest.StartOn(t, metaadmin.Options{}, meta)
			s.Env.State = t.TempDir()
			for range 2 {
				if _, diagnostics, err := s.Run(recoverLine); err == nil || strings.Contains(diagnostics, "refused: ") {
					t.Errorf("error = %v, %q", err, diagnostics)
				}
			}
		})
	}
}

func TestRecoverOutlivesAStateFolderThatCannotBeUsed(t *testing.T) {
	file := shelltest.WriteFile(t, "state", "no folder")
	r := &recovering{}
	r.answers.Store(&wire.HintResponse{Err: wire.OK})
	s := shelltest.Start(t, r.behave)
	s.Env.State = file
	if _, diagnostics, err := s.Run(recoverLine); err != nil || !strings.Contains(diagnostics, "other shells will not know") {
		t.Errorf("error = %v, %q", err, diagnostics)
	}
	s.Env.State = t.TempDir()
	if err := os.MkdirAll(filepath.Join(s.Env.State, "recoveries"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Env.State, "recoveries", "x.json"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, diagnostics, err := s.Run(recoverLine); err != nil {
		t.Errorf("error = %v, %q", err, diagnostics)
	}
}
