package repl

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// patience bounds each wait for the shell; it is only used up by a failure.
const patience = 20 * time.Second

// console is a shell on a pseudo terminal and the person before it.
type console struct {
	t      *testing.T
	master *os.File // the person's side
	slave  *os.File // the shell's side, kept open so that its settings outlive the shell
	cmd    *exec.Cmd
	chunks chan string
	seen   string // printed and not yet expected
	before string // settings of the terminal
}

// startShell starts the shell of this test binary on a terminal with settings of its own. change
// may adapt the program before it starts.
func startShell(t *testing.T, change func(*console)) *console {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, master: closable(t, master), slave: slave, chunks: make(chan string, 1024)}
	c.resize(24, 80)
	c.unusualSettings()
	c.before = settings(slave)

	c.cmd = exec.Command(os.Args[0])
	c.cmd.Env = append(os.Environ(), asShell+"="+filepath.Join(t.TempDir(), "history"), "TERM=xterm", "GORACE=atexit_sleep_ms=0")
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = slave, slave, slave
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if change != nil {
		change(c)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.chunks)
		for {
			buf := make([]byte, 4096)
			n, err := c.master.Read(buf)
			if err != nil {
				return
			}
			c.chunks <- string(buf[:n])
		}
	}()
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		c.cmd.Wait()
		slave.Close()
		c.master.Close()
		for range c.chunks {
		}
	})
	return c
}

// closable returns a file whose reads end when it is closed, in place of one that Go reads
// blockingly.
func closable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(fd) // otherwise the shell would hold its own terminal open
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// resize changes the size of the window.
func (c *console) resize(rows, columns uint16) {
	c.t.Helper()
	if err := pty.Setsize(c.slave, &pty.Winsize{Rows: rows, Cols: columns}); err != nil {
		c.t.Fatal(err)
	}
}

// unusualSettings makes sure that a shell which restores some terminal's usual settings is found
// out.
func (c *console) unusualSettings() {
	c.t.Helper()
	termios, err := unix.IoctlGetTermios(int(c.slave.Fd()), getSettings)
	if err != nil {
		c.t.Fatal(err)
	}
	termios.Iflag &^= unix.IXON
	termios.Lflag &^= unix.ECHOK
	termios.Cc[unix.VERASE] = 8
	termios.Cc[unix.VTIME] = 3
	if err := unix.IoctlSetTermios(int(c.slave.Fd()), setSettings, termios); err != nil {
		c.t.Fatal(err)
	}
}

func (c *console) typeIn(keys string) {
	c.t.Helper()
	if _, err := io.WriteString(c.master, keys); err != nil {
		c.t.Fatal(err)
	}
}

// expect waits until text is printed and forgets what was printed up to its end.
func (c *console) expect(text string) (skipped string) {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		if before, after, ok := strings.Cut(c.seen, text); ok {
			c.seen = after
			return before
		}
		select {
		case chunk, ok := <-c.chunks:
			if !ok {
				c.t.Fatalf("the terminal was closed before %q; seen %q", text, c.seen)
			}
			c.seen += chunk
		case <-deadline:
			c.t.Fatalf("%q was not printed; seen %q", text, c.seen)
		}
	}
}

// ready waits for the prompt and, since a prompt is drawn a moment before the keyboard is read, for
// the terminal being raw.
func (c *console) ready() {
	c.t.Helper()
	c.expect(">>> ")
	deadline := time.Now().Add(patience)
	for settings(c.slave) == c.before {
		if time.Now().After(deadline) {
			c.t.Fatal("the terminal did not become raw")
		}
		time.Sleep(time.Millisecond)
	}
}

// wait waits for the end of the shell.
func (c *console) wait() error {
	c.t.Helper()
	hung := time.AfterFunc(patience, func() { c.cmd.Process.Kill() })
	defer hung.Stop()
	return c.cmd.Wait()
}

// exits waits for the end of the shell and checks its exit code and what it leaves after.
func (c *console) exits(code int) {
	c.t.Helper()
	err := c.wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	if got := c.cmd.ProcessState.ExitCode(); got != code {
		c.t.Errorf("exit code %d, want %d", got, code)
	}
	if after := settings(c.slave); after != c.before {
		c.t.Errorf("settings of the terminal: %s before, %s after", c.before, after)
	}
}

// leave ends the shell as people do.
func (c *console) leave() {
	c.t.Helper()
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

// interruptCommand begins a command at the prompt and interrupts it.
func (c *console) interruptCommand() {
	c.t.Helper()
	c.typeIn("wait\r")
	c.expect("waiting")
	c.typeIn("\x03")
	c.expect("gave up: interrupted")
}
