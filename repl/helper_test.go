package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"pegashell/internal/outcome"
	"pegashell/internal/program"
	"pegashell/internal/suggestion"
	"pegashell/repl/lineedit"
)

// asShell makes the test binary a shell with test commands, so that tests can start it on a pseudo
// terminal. Its value is the file of the history.
const asShell = "PEGASHELL_TEST_HISTORY"

func TestMain(m *testing.M) {
	if _, ok := os.LookupEnv(asPrompt); ok {
		os.Exit(testPrompt())
	}
	if history, ok := os.LookupEnv(asShell); ok {
		os.Exit(testShell(history))
	}
	// Under nohup the shells that the tests start would ignore a hangup too: a signal that is
	// caught here is not ignored there.
	if signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	os.Exit(m.Run())
}

func testShell(historyFile string) int {
	source, err := Open(os.Stdin, os.Stdout, os.Stderr, Options{
		Prompt:   func() lineedit.Prompt { return lineedit.Prompt{Text: ">>> "} },
		Complete: completeTestCommands,
		History:  historyFile,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return ExitUsage
	}
	defer source.Close()
	shell := Shell{
		Source: source, Out: os.Stdout, Err: os.Stderr, StopAtFailure: len(os.Args) > 1,
		Terminal: os.Stdin, twice: patience,
	}
	shell.Execute = func(ctx context.Context, words []string) error {
		if words[0] == "hand" {
			return handOver(ctx, &shell, words[1])
		}
		return testCommand(ctx, source, words)
	}
	return shell.Run(context.Background())
}

func completeTestCommands(_ context.Context, text string) suggestion.Completion {
	var found suggestion.Completion
	for _, c := range []suggestion.Suggestion{
		{Text: "say", Description: "say the words"},
		{Text: "wait", Description: "wait to be interrupted"},
		{Text: "ask", Description: "ask a question"},
	} {
		if strings.HasPrefix(c.Text, text) && c.Text != text {
			found.Suggestions = append(found.Suggestions, c)
		}
	}
	return found
}

var errLeave = outcome.Leave(nil)

func testCommand(ctx context.Context, source Source, words []string) error {
	switch words[0] {
	case "say":
		fmt.Printf("said %q\n", words[1:])
	case "wait":
		fmt.Println("waiting")
		<-ctx.Done()
		fmt.Println("gave up:", context.Cause(ctx))
		return ctx.Err()
	case "deaf":
		fmt.Println("not listening")
		select {}
	case "ask":
		answer, err := source.Ask(ctx, "Are you sure? ")
		fmt.Printf("answered %q, %v (end of input: %t, canceled: %t)\n", answer, err, errors.Is(err, io.EOF), errors.Is(err, context.Canceled))
		return err
	case "password":
		answer, err := HiddenFrom(source, os.Stdin, os.Stderr)(ctx, "Password: ")
		fmt.Printf("answered %q, %v\n", answer, err)
		return err
	case "tty":
		fmt.Println("settings", settings(os.Stdin))
	case "panic":
		panic("on purpose")
	case "exit":
		return errLeave
	default:
		fmt.Println("unknown", words[0])
		return errors.New("unknown")
	}
	return nil
}

// tookInterrupt is printed when the shell has received a Ctrl-C during or after a program: that
// program can be quicker, and two that the shell has not received yet count as one.
const tookInterrupt = "SIGINT taken"

// handOver runs the script with sh, which uses the terminal.
func handOver(ctx context.Context, shell *Shell, script string) error {
	cmd := exec.Command("sh", "-c", script)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	takeBack := shell.HandOver()
	taken := make(chan os.Signal, 2)
	signal.Notify(taken, os.Interrupt)
	go func() {
		for range taken {
			fmt.Println(tookInterrupt)
		}
	}()
	err := program.Run(ctx, cmd)
	takeBack()
	if err != nil {
		fmt.Println(err)
	}
	return err
}

// settings returns a terminal's settings as far as the shell could have changed them.
func settings(f *os.File) string {
	t, err := unix.IoctlGetTermios(int(f.Fd()), getSettings)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%x %x %x %x %x", t.Iflag, t.Oflag, t.Cflag, t.Lflag, t.Cc)
}

// capture reads a recorded session of the original shell: what was piped in and what came out,
// without the last line, which only the original prints.
func capture(t *testing.T, name string) (in, out string) {
	t.Helper()
	return readFile(t, name+".in"), strings.TrimSuffix(readFile(t, name+".out"), "dsn exit with code 0\n")
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
