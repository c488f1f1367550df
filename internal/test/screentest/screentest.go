// Package screentest drives a program on a pseudo terminal and looks at what a person would see:
// keys in, screen out. Behind the pseudo terminal is an emulator of a terminal (vt10x) that does
// not reflow lines when its window changes, as xterm does not.
package screentest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// patience bounds each wait; it is only used up by a failure.
const patience = 20 * time.Second

// Options say how a program is started.
type Options struct {
	// Rows and Columns are the window's size: 24 and 80 where they are 0.
	Rows, Columns int
	// Env is added to the environment, which has TERM=xterm-256color, no NO_COLOR, no pager, and a new empty
	// folder as HOME, XDG_CONFIG_HOME and XDG_STATE_HOME.
	Env []string
	// Dir is the program's working folder: a new empty one if it is not named.
	Dir string
	// Stty are arguments of stty for the terminal's settings before the program starts.
	Stty []string
}

// Terminal is a pseudo terminal, the program on it, and the person before it. Its methods fail the
// test instead of giving errors; they are called from one goroutine.
type Terminal struct {
	t      testing.TB
	master *os.File
	// slave is the program's side, kept open so that the settings outlive the program.
	slave  *os.File
	cmd    *exec.Cmd
	before string   // the settings when the program started
	masks  []string // what Golden replaces, and by what
	// patterns are applied after masks.
	patterns []maskedPattern

	changed chan struct{} // has a token when something was printed since it was taken
	closed  chan struct{} // when the output has ended

	mu      sync.Mutex
	display *Display
	printed strings.Builder
}

// Start starts a program on a terminal of its own, which it gets as its controlling terminal, and
// ends it with the test.
func Start(t testing.TB, opt Options, program string, args ...string) *Terminal {
	t.Helper()
	if opt.Rows == 0 {
		opt.Rows = 24
	}
	if opt.Columns == 0 {
		opt.Columns = 80
	}
	master, slave, err := open()
	if err != nil {
		t.Fatal(err)
	}
	s := &Terminal{
		t: t, master: master, slave: slave,
		changed: make(chan struct{}, 1),
		closed:  make(chan struct{}),
		display: NewDisplay(opt.Rows, opt.Columns, master),
	}
	s.setSize(opt.Rows, opt.Columns)
	if len(opt.Stty) > 0 {
		s.stty(opt.Stty...)
	}
	s.before = s.Stty()
	s.cmd = exec.Command(program, args...)
	s.cmd.Env = append(environment(t.TempDir()), opt.Env...)
	s.cmd.Dir = opt.Dir
	if s.cmd.Dir == "" {
		s.cmd.Dir = t.TempDir()
	}
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = slave, slave, slave
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(errors.Join(err, slave.Close(), master.Close()))
	}
	go s.watch()
	t.Cleanup(s.end)
	return s
}

// open returns a pseudo terminal. Reads of the master end when it is closed, which those of a file
// that Go reads blockingly do not.
func open() (master, slave *os.File, err error) {
	blocking, slave, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer blocking.Close()
	fd, err := unix.Dup(int(blocking.Fd()))
	if err != nil {
		return nil, nil, errors.Join(err, slave.Close())
	}
	unix.CloseOnExec(fd) // otherwise the program would hold its own terminal open
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, nil, errors.Join(err, unix.Close(fd), slave.Close())
	}
	return os.NewFile(uintptr(fd), blocking.Name()), slave, nil
}

func environment(home string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NO_COLOR=") })
	return append(env, "TERM=xterm-256color", "LC_ALL=", "LC_MESSAGES=", "LANG=C.UTF-8", "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "PAGER=cat", "GORACE=atexit_sleep_ms=0")
}

// watch shows what the program prints.
func (s *Terminal) watch() {
	defer close(s.closed)
	buf := make([]byte, 32<<10)
	for {
		n, err := s.master.Read(buf)
		if n > 0 {
			s.mu.Lock()
			s.printed.Write(buf[:n])
			s.display.Write(buf[:n])
			s.mu.Unlock()
			select {
			case s.changed <- struct{}{}:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

func (s *Terminal) end() {
	s.cmd.Process.Kill() // it may have ended
	s.cmd.Wait()
	s.slave.Close()
	s.master.Close()
	<-s.closed
}

// Send types keys, such as "ls\r" or "\x1b[A".
func (s *Terminal) Send(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.master, keys); err != nil {
		s.t.Fatalf("type %q: %v", keys, err)
	}
}

// WaitFor waits until the screen shows the text, which must not go over the end of a line.
func (s *Terminal) WaitFor(text string) {
	s.t.Helper()
	s.WaitUntil("the screen shows "+text, func(screen Screen) bool { return screen.Contains(text) })
}

// WaitUntil waits until the screen fulfils the condition; what says in words which one that is.
func (s *Terminal) WaitUntil(what string, condition func(Screen) bool) {
	s.t.Helper()
	if screen, ok := s.until(condition, patience); !ok {
		s.t.Fatalf("waited without success until %s; the screen is\n%s", what, screen)
	}
}

// until returns the first screen that fulfils the condition, or the last one.
func (s *Terminal) until(condition func(Screen) bool, patience time.Duration) (Screen, bool) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		screen := s.Screen()
		if condition(screen) {
			return screen, true
		}
		select {
		case <-s.changed:
		case <-deadline.C:
			return screen, false
		}
	}
}

// WaitPrinted waits until the program has printed the bytes, wherever they went on the screen.
func (s *Terminal) WaitPrinted(text string) {
	s.t.Helper()
	s.WaitUntil("printed "+text, func(Screen) bool { return strings.Contains(s.Printed(), text) })
}

// Printed returns every byte that the program has printed.
func (s *Terminal) Printed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.printed.String()
}

// Screen returns the screen as it is now.
func (s *Terminal) Screen() Screen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.display.Screen()
}

// Resize changes the window's size. The program receives SIGWINCH.
func (s *Terminal) Resize(rows, columns int) {
	s.t.Helper()
	s.mu.Lock()
	s.display.resize(rows, columns)
	s.mu.Unlock()
	s.setSize(rows, columns)
}

func (s *Terminal) setSize(rows, columns int) {
	s.t.Helper()
	if err := pty.Setsize(s.slave, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)}); err != nil {
		s.t.Fatal(err)
	}
}

// Stty returns the terminal's settings as `stty -a` prints them, without its first line: the
// window's size.
func (s *Terminal) Stty() string {
	s.t.Helper()
	_, settings, _ := strings.Cut(s.stty("-a"), "\n")
	return settings
}

// CheckStty fails the test if the settings are not those that the program was started with.
func (s *Terminal) CheckStty() {
	s.t.Helper()
	if diff := cmp.Diff(s.before, s.Stty()); diff != "" {
		s.t.Errorf("settings of the terminal (-before +now):\n%s", diff)
	}
}

func (s *Terminal) stty(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("stty", args...)
	cmd.Stdin = s.slave
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("stty %q: %v: %s", args, err, out)
	}
	return string(out)
}

// Pid is the program's process number.
func (s *Terminal) Pid() int { return s.cmd.Process.Pid }

// Signal sends a signal to the program.
func (s *Terminal) Signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// Wait waits for the program's end and returns its exit code, -1 if a signal killed it. What it
// printed is on the screen then.
func (s *Terminal) Wait() int {
	s.t.Helper()
	hung := time.AfterFunc(patience, func() { s.cmd.Process.Kill() })
	defer hung.Stop()
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	if !hung.Stop() {
		s.t.Fatalf("the program did not end; the screen is\n%s", s.Screen())
	}
	s.drain()
	return s.cmd.ProcessState.ExitCode()
}

// drain waits until the last output has arrived: what is written on the slave after it comes after
// it.
func (s *Terminal) drain() {
	s.t.Helper()
	const mark = "\x1b]screentest\a" // a sequence that shows nothing
	if _, err := io.WriteString(s.slave, mark); err != nil {
		s.t.Fatal(err)
	}
	s.WaitPrinted(mark)
}
