package repl

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"pegashell/repl/lineedit"
)

// signalError is the cause of a context that a signal to the whole shell ended.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return "ended by signal: " + e.signal.String() }

// signals delivers signals to the shell.
type signals struct{ ch chan os.Signal }

func newSignals() *signals { return &signals{ch: make(chan os.Signal, 8)} }

// listen subscribes to signals, except those that the parent process made ignored (nohup does so
// with SIGHUP).
func (s *signals) listen(wanted ...os.Signal) {
	for _, sig := range wanted {
		if !signal.Ignored(sig) {
			signal.Notify(s.ch, sig)
		}
	}
}

func (s *signals) stop() { signal.Stop(s.ch) }

// watch ends contexts when signals arrive: that of the whole shell, or that of the current step,
// which reads a line or executes one.
type watch struct {
	ctx         context.Context // of the whole shell
	end         context.CancelCauseFunc
	signals     *signals
	interactive bool
	twice       time.Duration                    // how soon a second Ctrl-C must follow the first to end the shell
	note        func(format string, args ...any) // prints a message
	// abandoned is closed when the shell stops waiting for a command that does not stop.
	abandoned chan struct{}

	mu      sync.Mutex
	giveUp  context.CancelCauseFunc // ends the step; nil between two
	running bool                    // the step executes a command
	hit     bool                    // Ctrl-C came since a line was asked for
	last    time.Time               // when Ctrl-C came last
	leaving *time.Timer             // closes abandoned; nil until the shell must end
	holders []*holder               // programs that use the terminal; the last one is the current one

	quit chan struct{}
	done sync.WaitGroup
}

// holder is another program that uses the terminal: Ctrl-C reaches it without the shell's help.
type holder struct {
	// giveUp cancels the work that is done for the program; nil for none.
	giveUp context.CancelCauseFunc
	// keeps is set for programs such as pagers, where Ctrl-C never ends the shell, even if it comes
	// twice.
	keeps bool
}

func startWatch(ctx context.Context, sig *signals, interactive bool, twice time.Duration, note func(format string, args ...any)) *watch {
	w := &watch{
		signals: sig, interactive: interactive, twice: twice, note: note,
		abandoned: make(chan struct{}), quit: make(chan struct{}),
	}
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
	if w.leaving != nil {
		w.leaving.Stop()
	}
	w.end(nil)
}

// exitCode is the exit code of a shell whose context has ended.
func (w *watch) exitCode() int {
	var by *signalError
	if errors.As(context.Cause(w.ctx), &by) {
		if s, ok := by.signal.(syscall.Signal); ok {
			return 128 + int(s)
		}
	}
	return ExitFailed
}

// step begins to read a line or to execute one; done must be called at its end. A Ctrl-C that came
// after a line interrupts the step that executes it.
func (w *watch) step(running bool) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(w.ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.giveUp, w.running = cancel, running
	switch {
	case !running:
		w.hit = false
	case w.hit:
		cancel(lineedit.ErrInterrupted)
		w.note("") // ends the line with the terminal's ^C
	default:
		w.last = time.Time{} // a line was typed in between
	}
	return ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.giveUp = nil
		cancel(nil)
	}
}

// again reports whether a Ctrl-C now would be the second one.
func (w *watch) again() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Since(w.last) < w.twice
}

// typed makes the next Ctrl-C count as the first one, since a line was typed in between.
func (w *watch) typed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = time.Time{}
}

// interrupted reports whether Ctrl-C came during the step.
func (w *watch) interrupted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hit
}

// hand lets another program use the terminal until back is called.
func (w *watch) hand(h *holder) (back func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.holders); n > 0 && w.holders[n-1].keeps {
		h.keeps = true
	}
	w.holders = append(w.holders, h)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.holders = w.holders[:len(w.holders)-1]
	}
}

// handed reports whether another program uses the terminal.
func (w *watch) handed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.holders) > 0
}

func (w *watch) handle(s os.Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s != os.Interrupt || !w.interactive {
		w.leave(s)
		return
	}
	again := time.Since(w.last) < w.twice
	w.last, w.hit = time.Now(), true
	if n := len(w.holders); n > 0 {
		h := w.holders[n-1]
		if h.giveUp != nil {
			h.giveUp(lineedit.ErrInterrupted)
		}
		switch {
		case h.keeps:
			w.last = time.Time{}
		case again:
			w.leave(s)
		}
		return
	}
	if w.running && !again {
		w.note("") // ends the line with the terminal's ^C, before the command says that it was interrupted
	}
	if w.giveUp != nil {
		w.giveUp(lineedit.ErrInterrupted)
	}
	if again {
		w.leave(s)
	}
}

// leave ends the shell because of a signal. If the running command does not stop for some time, the
// shell ends without it.
func (w *watch) leave(by os.Signal) {
	if by == os.Interrupt {
		signal.Reset(os.Interrupt) // the next one kills
	}
	if w.leaving != nil {
		return
	}
	if by == os.Interrupt && w.interactive {
		w.note("\nCtrl-C was pressed twice within a second: the shell exits.")
	}
	w.end(&signalError{by})
	w.leaving = time.AfterFunc(stopPatience, func() { close(w.abandoned) })
}
