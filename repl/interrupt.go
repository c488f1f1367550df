package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// errInterrupted is the cause of a context that Ctrl-C ended.
var errInterrupted = errors.New("interrupted")

// signalError is the cause of a context that a signal to the whole shell ended.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return "ended by signal: " + e.signal.String() }

// signals delivers signals to the shell.
type signals struct{ ch chan os.Signal }

func newSignals() *signals { return &signals{ch: make(chan os.Signal, 8)} }

// listen asks for signals, but for those that the parent process made ignored (nohup does so with SIGHUP).
func (s *signals) listen(wanted ...os.Signal) {
	for _, sig := range wanted {
		if !signal.Ignored(sig) {
			signal.Notify(s.ch, sig)
		}
	}
}

func (s *signals) stop() { signal.Stop(s.ch) }

// watch turns signals into the end of contexts: that of the whole shell, or that of the step under way,
// which is reading a line or carrying one out.
type watch struct {
	ctx         context.Context // of the whole shell
	end         context.CancelCauseFunc
	signals     *signals
	interactive bool
	diag        io.Writer

	mu         sync.Mutex
	giveUp     context.CancelCauseFunc // ends the step; nil between two
	running    bool                    // the step carries out a command
	interrupts int                     // of the step

	quit chan struct{}
	done sync.WaitGroup
}

func startWatch(ctx context.Context, sig *signals, interactive bool, diag io.Writer) *watch {
	w := &watch{signals: sig, interactive: interactive, diag: diag, quit: make(chan struct{})}
	w.ctx, w.end = context.WithCancelCause(ctx)
	w.done.Go(func() {
		for {
			select {
			case s := <-sig.ch:
				w.handle(s)
			case <-w.quit:
				return
			}
		}
	})
	return w
}

func (w *watch) stop() {
	close(w.quit)
	w.done.Wait()
	w.end(nil)
}

// exitCode is that of a shell whose context has ended.
func (w *watch) exitCode() int {
	var by *signalError
	if errors.As(context.Cause(w.ctx), &by) {
		if s, ok := by.signal.(syscall.Signal); ok {
			return 128 + int(s)
		}
	}
	return ExitFailed
}

// step begins reading a line or carrying one out; done must be called at its end.
func (w *watch) step(running bool) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(w.ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.interrupts > 1 {
		w.signals.listen(os.Interrupt) // handle took it away, but the command did stop
	}
	w.giveUp, w.running, w.interrupts = cancel, running, 0
	return ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.giveUp = nil
		cancel(nil)
	}
}

func (w *watch) handle(s os.Signal) {
	if s != os.Interrupt || !w.interactive {
		w.end(&signalError{s})
		if s == os.Interrupt {
			signal.Reset(os.Interrupt) // the next one kills a command that does not stop
		}
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.giveUp == nil {
		return
	}
	w.giveUp(errInterrupted)
	w.interrupts++
	switch {
	case !w.running:
	case w.interrupts == 1:
		fmt.Fprintln(w.diag) // ends the line with the terminal's ^C
	case w.interrupts == 2:
		signal.Reset(os.Interrupt)
		fmt.Fprintln(w.diag, "The command is still stopping. Ctrl-C again kills the shell.")
	}
}
