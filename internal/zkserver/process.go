package zkserver

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"pegashell/internal/logtail"
)

// process is a started java and the goroutine that waits for its end.
type process struct {
	pid  int
	done chan struct{} // closed once the process is gone and err is set
	err  error
}

// launch starts the command in a process group of its own. Linux kills it when the thread that
// started it ends, so that nothing survives a test that is killed; hence that thread is kept for it
// alone.
func launch(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	return p, <-started
}

// stop sends SIGTERM and, when ctx ends first, SIGKILL; it returns once the process is gone.
func (p *process) stop(ctx context.Context) {
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-ctx.Done():
		p.kill()
	}
}

func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// signal does nothing for a process that has ended: its number may belong to another by now.
// Between the test and the signal the number is safe, except in the instant in which Wait returns.
func (p *process) signal(sig syscall.Signal) {
	select {
	case <-p.done:
	default:
		syscall.Kill(p.pid, sig)
	}
}

// A question to a starting server times out after firstProbe, so that one which is never answered
// costs little; the bound doubles up to longestProbe, for machines where answers take long.
const (
	firstProbe   = 20 * time.Millisecond
	longestProbe = time.Second
)

// waitServing polls until the server of c serves, its process ends or ctx does.
func (p *process) waitServing(ctx context.Context, c Config) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	patience := firstProbe
	for {
		probe, cancel := context.WithTimeout(ctx, patience)
		last := c.Serving(probe)
		if probe.Err() != nil {
			patience = min(2*patience, longestProbe)
		}
		cancel()
		if last == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("it ended at once (%w); its log ends with:\n%s", p.err, logtail.Read(c.logFile(), 0))
		case <-ctx.Done():
			return fmt.Errorf("it does not serve: %w: %w; its log ends with:\n%s", ctx.Err(), last, logtail.Read(c.logFile(), 0))
		case <-tick.C:
		}
	}
}

// portTaken reports whether the log of c says that a port was in use.
func portTaken(c Config) bool {
	return strings.Contains(logtail.Read(c.logFile(), 0), "Address already in use")
}
