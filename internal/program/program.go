// Package program runs other programs in the shell's own terminal: pagers, and the commands of a site.
//
// A program stays in the process group of the shell. So the keys of the terminal (Ctrl-C, Ctrl-Z) reach both,
// it may read the terminal, and several of them can work together in a pipe, as under system(3). What it has
// started is therefore not told by the group alone: it carries a mark in its environment.
package program

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// grace is how long a program that is to stop may take to do so before it is killed.
	grace = 2 * time.Second
	// look is how often it is looked whether everything has stopped.
	look = 20 * time.Millisecond
	// straggle is how long output is still taken from what a program has left behind.
	straggle = time.Second
)

// ExitError is the end of a program that did not succeed.
type ExitError struct {
	// Program is its name, without folders.
	Program string
	// Code is its exit code; with a signal it is 128 and the signal's number.
	Code int
	// Signal ended it; 0 for none.
	Signal syscall.Signal
}

func (e *ExitError) Error() string {
	if e.Signal != 0 {
		return fmt.Sprintf("%s was ended by signal %d (%s)", e.Program, int(e.Signal), e.Signal)
	}
	return fmt.Sprintf("%s exited with %d", e.Program, e.Code)
}

// ExitCode is the code that a Unix shell gives.
func (e *ExitError) ExitCode() int { return e.Code }

// Complete says that the program ended by itself.
func (e *ExitError) Complete() bool { return e.Signal == 0 && !e.Interrupted() }

// Interrupted says that Ctrl-C ended the program, as far as its exit tells.
func (e *ExitError) Interrupted() bool { return e.Code == 128+int(syscall.SIGINT) }

// Is takes a program that Ctrl-C ended for one that was canceled.
func (e *ExitError) Is(target error) bool { return target == context.Canceled && e.Interrupted() }

// Program is a program that runs.
type Program struct {
	cmd   *exec.Cmd
	mark  string
	ended chan error // what cmd.Wait gave
}

// Start starts cmd, whose streams and environment are set. Wait must be called.
func Start(cmd *exec.Cmd) (*Program, error) {
	p := &Program{cmd: cmd, mark: nextMark(), ended: make(chan error, 1)}
	cmd.Env = marked(cmd.Environ(), p.mark)
	cmd.WaitDelay = straggle
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, unwrapPath(err))
	}
	go func() { p.ended <- cmd.Wait() }()
	return p, nil
}

// Run starts cmd and waits for its end.
func Run(ctx context.Context, cmd *exec.Cmd) error {
	p, err := Start(cmd)
	if err != nil {
		return err
	}
	return p.Wait(ctx)
}

// Wait waits for the end of the program and gives an *ExitError if it failed. When ctx ends first, the program
// and what it has started in the shell's process group are asked to stop (SIGTERM) and killed if they are still
// there 2 s later; the error then wraps the context's.
func (p *Program) Wait(ctx context.Context) error {
	select {
	case err := <-p.ended:
		return p.outcome(err)
	case <-ctx.Done():
	}
	p.stop()
	return fmt.Errorf("%s was stopped: %w", p.name(), ctx.Err())
}

// stop returns when nothing of the program runs any more.
func (p *Program) stop() {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	patience := time.NewTimer(grace)
	defer patience.Stop()
	p.signal(syscall.SIGTERM)
	p.signal(syscall.SIGCONT) // one that Ctrl-Z stopped would not hear of it
	running, killing := true, false
	for running || len(members(p.mark)) > 0 {
		select {
		case <-p.ended:
			running = false
		case <-patience.C:
			killing = true
		case <-ticker.C:
		}
		if killing {
			p.signal(syscall.SIGKILL)
		}
	}
}

// signal sends a signal to the program and to what it has started.
func (p *Program) signal(s syscall.Signal) {
	p.cmd.Process.Signal(s) // one that has ended cannot be hit: os.Process knows
	for _, pid := range members(p.mark) {
		if pid != p.cmd.Process.Pid {
			syscall.Kill(pid, s)
		}
	}
}

func (p *Program) name() string { return filepath.Base(p.cmd.Path) }

func (p *Program) outcome(err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay): // what is left behind keeps the output open
		return nil
	case !errors.As(err, &exit):
		return fmt.Errorf("run %s: %w", p.name(), err)
	}
	e := &ExitError{Program: p.name(), Code: exit.ExitCode()}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		e.Signal = status.Signal()
		e.Code = 128 + int(e.Signal)
	}
	return e
}

// unwrapPath takes the words "fork/exec PATH" off an error: the path is told already.
func unwrapPath(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	return err
}
