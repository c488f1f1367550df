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

// startShell starts the shell of this test binary on a terminal with settings of its own. change may adapt
// the program before it starts.
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

// closable gives a file whose reads end when it is closed, in place of one that Go reads blockingly.
func closable(t *testing.T, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := unix.Dup(int(f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(fd) // else the shell would hold its own terminal open
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

// unusualSettings makes sure that a shell which restores some terminal's usual settings is found out.
func (c *console) unusualSettings() {
	c.t.Helper()
	termios, err := unix.IoctlGetTermios(int(c.slave.Fd()), unix.TCGETS)
	if err != nil {
		c.t.Fatal(err)
	}
	termios.Iflag &^= unix.IXON
	termios.Lflag &^= unix.ECHOK
	termios.Cc[unix.VERASE] = 8
	termios.Cc[unix.VTIME] = 3
	if err := unix.IoctlSetTermios(int(c.slave.Fd()), unix.TCSETS, termios); err != nil {
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

// ready waits for the prompt and, since a prompt is drawn a moment before the keyboard is read, for the
// terminal being raw.
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

// exits waits for the end of the shell and checks its exit code and what it leaves behind.
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

func TestCommandsRunInTheTerminalsOwnSettings(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("tty\r")
	c.expect("settings " + c.before)
	c.ready()
	c.typeIn("say \"a b\" c\r")
	c.expect(`said ["a b" "c"]`)
	c.ready()
	c.typeIn("\r")
	if skipped := func() string { c.ready(); return c.seen }(); strings.Contains(skipped, "Invalid") {
		t.Errorf("an empty line printed %q", skipped)
	}
	c.typeIn("exit\r")
	c.exits(ExitOK)
}

func TestEditingKeysWork(t *testing.T) {
	c := startShell(t, nil)
	for keys, want := range map[string]string{
		"ay xd\x7f\x01s\r":                          `said ["x"]`,     // backspace, home
		"say ab\x02\x1b[3~\r":                       `said ["a"]`,     // left, delete
		"say ab\x02\x04\r":                          `said ["a"]`,     // left, Ctrl-D within a line
		"say bx\x1b[D\x1b[D\x1b[Ca\x05c\r":          `said ["baxc"]`,  // arrows ... end
		"y x\x1bOHsa\x1bOFz\r":                      `said ["xz"]`,    // application mode's Home and End
		"say 1\x1b[99~\x1bx2\r":                     `said ["12"]`,    // keys that are not known
		"say 表格\x7f \"é\"\r":                        `said ["表" "é"]`, // wide and combined characters
		"sa\t hello\r":                              `said ["hello"]`, // completion
		"say \x1b[200~a\tb\x1b[201~ c\r":            `said ["a" "b" "c"]`,
		"say " + strings.Repeat("long ", 40) + "\r": `"long" "long"]`,
	} {
		c.ready()
		c.typeIn(keys)
		c.expect(want)
	}
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

func TestCtrlCDropsTheLineAndKeepsTheHistory(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("say kept\r")
	c.expect(`said ["kept"]`)
	c.ready()
	c.typeIn("say dropped\x03")
	c.expect(">>> ")
	c.typeIn("\x1b[A\r")
	if skipped := c.expect(`said ["kept"]`); strings.Contains(skipped, "said") {
		t.Errorf("carried out %q", skipped)
	}
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

func TestCtrlCStopsACommandAndNotTheShell(t *testing.T) {
	c := startShell(t, nil)
	for range 3 {
		c.ready()
		c.typeIn("wait\r")
		c.expect("waiting")
		c.typeIn("\x03")
		c.expect("gave up: interrupted")
	}
	c.ready()
	c.typeIn("say still here\r")
	c.expect(`said ["still" "here"]`)
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

func TestCtrlCKillsACommandThatDoesNotStop(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("deaf\r")
	c.expect("not listening")
	c.typeIn("\x03")
	c.expect("^C\r\n")
	c.typeIn("\x03")
	c.expect("Ctrl-C again kills the shell.")
	c.typeIn("\x03")
	c.exits(-1)
}

func TestAShellThatWasAboutToBeKilledLivesOnWhenTheCommandStops(t *testing.T) {
	release := filepath.Join(t.TempDir(), "go")
	c := startShell(t, nil)
	c.ready()
	c.typeIn("slow " + release + "\r")
	c.expect("slow\r\n")
	c.typeIn("\x03")
	c.expect("^C\r\n")
	c.typeIn("\x03")
	c.expect("Ctrl-C again kills the shell.")
	if err := os.WriteFile(release, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.ready()
	c.typeIn("wait\r")
	c.expect("waiting")
	c.typeIn("\x03")
	c.expect("gave up: interrupted")
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

func TestSignalsRestoreTheTerminal(t *testing.T) {
	for _, where := range []string{"at the prompt", "during a command"} {
		for _, tc := range []struct {
			signal syscall.Signal
			code   int
		}{{syscall.SIGTERM, 143}, {syscall.SIGHUP, 129}, {syscall.SIGQUIT, 131}} {
			t.Run(tc.signal.String()+" "+where, func(t *testing.T) {
				c := startShell(t, nil)
				c.ready()
				c.typeIn("say half a l")
				c.expect("l")
				if where == "during a command" {
					c.typeIn("\x15wait\r")
					c.expect("waiting")
				}
				if err := c.cmd.Process.Signal(tc.signal); err != nil {
					t.Fatal(err)
				}
				c.exits(tc.code)
			})
		}
	}
}

func TestAPanicLeavesTheTerminalAsItWas(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("panic\r")
	c.expect("on purpose")
	c.exits(2)
}

func TestAPasteOfSeveralLinesRunsThemAll(t *testing.T) {
	for name, paste := range map[string]string{
		"marked":   "\x1b[200~say one\r\nask\ryes\rsay t",
		"unmarked": "say one\rask\ryes\rsay t",
	} {
		t.Run(name, func(t *testing.T) {
			c := startShell(t, nil)
			c.ready()
			c.typeIn(paste)
			if name == "marked" {
				c.typeIn("wo\x1b[201~")
			} else {
				c.typeIn("wo")
			}
			c.expect(`said ["one"]`)
			c.expect("Are you sure? ")
			c.expect(`answered "yes", <nil>`)
			c.ready()
			c.typeIn("\r")
			c.expect(`said ["two"]`)
			c.ready()
			c.typeIn("exit\r")
			c.exits(ExitOK)
		})
	}
}

func TestInterruptForgetsTheRestOfAPaste(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("wait\rsay dangerous\r")
	c.expect("waiting")
	c.typeIn("\x03")
	c.expect("gave up")
	c.ready()
	c.typeIn("say safe\r")
	if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "said") {
		t.Errorf("carried out %q", skipped)
	}
	c.typeIn("exit\r")
	c.exits(ExitOK)
}

func TestQuestionsAreAnsweredOrInterrupted(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("nx\bo\r") // the terminal's own erase key
	c.expect(`answered "no", <nil>`)
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("\x04")
	c.expect(`answered "", EOF`)
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("y\x03")
	c.expect(`answered "", interrupted`)
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

func TestHistoryIsThereInTheNextSession(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	withHistory := func(c *console) { c.cmd.Env = append(c.cmd.Env, asShell+"="+file) }
	first := startShell(t, withHistory)
	first.ready()
	first.typeIn("say before\r")
	first.expect(`said ["before"]`)
	first.ready()
	first.typeIn("\x04")
	first.exits(ExitOK)

	second := startShell(t, withHistory)
	second.ready()
	second.typeIn("\x10\r") // Ctrl-P
	second.expect(`said ["before"]`)
	second.ready()
	second.typeIn("\x04")
	second.exits(ExitOK)
}

func TestADumbTerminalGetsAPlainPrompt(t *testing.T) {
	c := startShell(t, func(c *console) { c.cmd.Env = append(c.cmd.Env, "TERM=dumb") })
	c.expect(">>> ")
	if after := settings(c.slave); after != c.before {
		t.Errorf("settings of the terminal: %s before, %s at the prompt", c.before, after)
	}
	c.typeIn("\r")
	c.expect(">>> ")
	c.typeIn("say dropped\x03")
	c.expect(">>> ")
	c.typeIn("say a\r")
	if skipped := c.expect(`said ["a"]`); strings.Contains(skipped, "said") || strings.Contains(skipped, "\x1b[") {
		t.Errorf("printed %q", skipped)
	}
	c.expect(">>> ")
	c.typeIn("wait\r")
	c.expect("waiting")
	c.typeIn("\x03")
	c.expect("gave up: interrupted")
	c.expect(">>> ")
	c.typeIn("\x04")
	c.exits(ExitOK)
}

// With the output in a file a person still sees the prompt, and the file gets the commands' output alone.
func TestPromptsStayOutOfAnOutputThatIsAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c := startShell(t, func(c *console) { c.cmd.Stdout = out })
	c.expect(">>> ")
	c.typeIn("say a\r")
	c.expect(">>> ")
	c.typeIn("\x04")
	c.exits(ExitOK)
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if want := "said [\"a\"]\n"; string(got) != want {
		t.Errorf("the file has %q, want %q", got, want)
	}
}

func TestATerminalWithoutASizeShowsThePrompt(t *testing.T) {
	c := startShell(t, func(c *console) { c.resize(0, 0) })
	c.ready()
	c.typeIn("say x\r")
	c.expect(`said ["x"]`)
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

func TestALineIsDrawnAgainInAnotherWindow(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	words := strings.Repeat("word ", 10)
	c.typeIn("say " + words)
	c.expect("say " + words)
	for range 3 {
		c.resize(10, 40)
		c.expect("\r\x1b[1A") // up the row that the line now has more
		c.expect(">>> ")
		c.expect("say " + words)
		c.resize(24, 80)
		c.expect("\r\x1b[")
		c.expect(">>> ")
		c.expect("say " + words)
	}
	c.typeIn("end\x01\x1b[3~S\x7fs\r") // also at its beginning
	c.expect(`"word" "end"]`)
	c.ready()
	c.typeIn("\x04")
	c.exits(ExitOK)
}

func TestAHungUpTerminalEndsTheShell(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.slave.Close()
	c.master.Close()
	c.wait()
	if got := c.cmd.ProcessState.ExitCode(); got != 129 {
		t.Errorf("exit code %d, want 129", got)
	}
}
