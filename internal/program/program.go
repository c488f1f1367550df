// Package program runs other programs in the shell's own terminal: pagers, and the commands of a
// site.
//
// A program stays in the process group of the shell. So the keys of the terminal (Ctrl-C, Ctrl-Z)
// reach both, it may read the terminal, and several of them can work together in a pipe, as under
// system(3). The group alone therefore does not show what a program has started: that carries a
// mark in its environment.
package program

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

const (
	// grace is how long a program may take to stop before it is killed.
	grace = 2 * time.Second
	// agony is how long killed processes may take to end. A system call that cannot be interrupted,
	// such as on a file server that does not answer, takes any time.
	agony = time.Second
	// firstLook and lastLook are the shortest and the longest time between two looks whether all
	// has stopped.
	firstLook = 10 * time.Millisecond
	lastLook  = 160 * time.Millisecond
	// straggle is how long output is still read from what an ended program has left running.
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

func (e *ExitError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *ExitError) In(l message.Language) string {
	if e.Signal != 0 {
		return message.New("%s was ended by signal %d (%s)", e.Program, int(e.Signal), e.Signal).In(l)
	}
	return message.New("%s exited with %d", e.Program, e.Code).In(l)
}

// Interrupted reports whether Ctrl-C ended the program, as far as its exit shows.
func (e *ExitError) Interrupted() bool { return e.Code == 128+int(syscall.SIGINT) }

// Is makes a program that Ctrl-C ended count as canceled.
func (e *ExitError) Is(target error) bool { return target == context.Canceled && e.Interrupted() }

// StopError reports that a program was stopped, or could not be.
type StopError struct {
	// Program is its name, without folders.
	Program string
	// Running are the ids of the processes that could not be stopped: another user's, as with sudo,
	// or ones that hang in the system. Empty if all have ended.
	Running []int
	// Err is why it was to stop: the context's error.
	Err error
}

func (e *StopError) Error() string { return e.In(message.English) }

// In returns the error's text in a language.
func (e *StopError) In(l message.Language) string {
	if len(e.Running) == 0 {
		return message.New("%s was stopped: %v", e.Program, e.Err).In(l)
	}
	return message.New("%s could not be stopped and is still running (%s): %v", e.Program, e.PIDs(), e.Err).In(l)
}

func (e *StopError) Unwrap() error { return e.Err }

// PIDs returns what still runs as text, such as "pid 17, 18".
func (e *StopError) PIDs() string {
	pids := make([]string, len(e.Running))
	for i, pid := range e.Running {
		pids[i] = strconv.Itoa(pid)
	}
	return "pid " + strings.Join(pids, ", ")
}

// Program is a program that runs.
type Program struct {
	cmd      *exec.Cmd
	mark     string
	out, err *gate      // its outputs, nil for those that it writes itself
	ended    chan error // what cmd.Wait returned
}

// Start starts cmd, whose streams and environment are set. Wait must be called.
func Start(cmd *exec.Cmd) (*Program, error) {
	p := &Program{cmd: cmd, mark: nextMark(), ended: make(chan error, 1)}
	p.out, p.err = gates(cmd)
	cmd.Env = marked(cmd.Environ(), p.mark)
	cmd.WaitDelay = straggle
	if err := cmd.Start(); err != nil {
		return nil, message.Errorf("start %s: %w", cmd.Path, unwrapPath(err))
	}
	go func() { p.ended <- cmd.Wait() }() // outlives Wait only if the program does
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

// Wait waits for the end of the program and returns an *ExitError if it failed. When ctx ends
// first, the program and what it has started in the shell's process group are asked to stop
// (SIGTERM), killed if they are still there 2 s later, and left running if they do not end within
// another second, or may not be killed. The error is then a *StopError. What still runs can no
// longer print through this process.
func (p *Program) Wait(ctx context.Context) error {
	select {
	case err := <-p.ended:
		return p.failureOf(err)
	case <-ctx.Done():
	}
	left := p.stop()
	if len(left) == 0 {
		<-p.ended // the last output; it takes no longer than straggle
	}
	p.out.shut()
	p.err.shut()
	return &StopError{Program: p.name(), Running: left, Err: ctx.Err()}
}

// stop returns when nothing of the program runs any more, or nothing can be done about it; it
// returns what is left.
func (p *Program) stop() (left []int) {
	p.signal(syscall.SIGTERM)
	p.signal(syscall.SIGCONT) // a program that Ctrl-Z stopped would not receive SIGTERM
	if left = p.waitGone(grace); len(left) == 0 {
		return nil
	}
	if p.signal(syscall.SIGKILL) {
		return p.waitGone(agony)
	}
	return p.running()
}

// waitGone waits for the end of all that runs, so long at most, and returns what is left. It looks
// less and less often: every look reads what the system knows about all processes.
func (p *Program) waitGone(atMost time.Duration) []int {
	end := time.NewTimer(atMost)
	defer end.Stop()
	pause := firstLook
	for {
		left := p.running()
		if len(left) == 0 {
			return nil
		}
		select {
		case <-end.C:
			return left
		case <-time.After(pause):
			pause = min(2*pause, lastLook)
		}
	}
}

// running are the processes that there still are, the program's own one first.
func (p *Program) running() []int {
	own := p.cmd.Process.Pid
	left := slices.DeleteFunc(members(p.mark), func(pid int) bool { return pid == own })
	if errors.Is(p.cmd.Process.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		return left
	}
	return append([]int{own}, left...)
}

// signal sends a signal to the program and to what it has started, and reports whether that was
// allowed for all.
func (p *Program) signal(s syscall.Signal) (allowed bool) {
	allowed = true
	for _, pid := range p.running() {
		var err error
		if pid == p.cmd.Process.Pid {
			err = p.cmd.Process.Signal(s) // a process that has ended cannot be hit: os.Process knows
		} else {
			err = syscall.Kill(pid, s)
		}
		allowed = allowed && !errors.Is(err, syscall.EPERM)
	}
	return allowed
}

func (p *Program) name() string { return filepath.Base(p.cmd.Path) }

func (p *Program) failureOf(err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay): // what is still running keeps the output open
		return nil
	case !errors.As(err, &exit):
		return message.Errorf("run %s: %w", p.name(), err)
	}
	e := &ExitError{Program: p.name(), Code: exit.ExitCode()}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		e.Signal = status.Signal()
		e.Code = 128 + int(e.Signal)
	}
	return &outcome.Failure{Err: e, Code: e.Code, Result: e.Signal == 0 && !e.Interrupted()}
}

// unwrapPath removes the words "fork/exec PATH" from an error, which names the path already.
func unwrapPath(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number
	}
	return err
}
