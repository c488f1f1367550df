package repl

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"

	"pegashell/internal/program"
)

// shellSign begins a line that a person has the operating system's shell run.
const shellSign = "!"

// runOutside has the person's own shell ($SHELL, else sh) run a command, or be used itself where there is
// none. The command's outcome is said, and is no failure of this shell.
func (s *Shell) runOutside(ctx context.Context, command string) error {
	var args []string
	if command != "" {
		args = []string{"-c", command}
	}
	cmd := exec.Command(cmp.Or(os.Getenv("SHELL"), "sh"), args...)
	err := s.runProgram(ctx, cmd)
	var exit *program.ExitError
	switch {
	case errors.As(err, &exit):
		s.note("%v", exit)
	case err != nil:
		s.note("ERROR: %v", err)
	}
	return nil
}

// runProgram runs a program at the terminal, which is its own meanwhile.
func (s *Shell) runProgram(ctx context.Context, cmd *exec.Cmd) error {
	if s.Terminal != nil {
		cmd.Stdin = s.Terminal
	}
	cmd.Stdout, cmd.Stderr = s.Out, s.Err
	defer s.HandOver()()
	return program.Run(ctx, cmd)
}

// editLine has a program edit a line, which is in a file that nobody else can read. What the program left
// is the line then; it is not carried out yet.
func (s *Shell) editLine(text string) (edited string, ok bool) {
	file, err := program.Draft([]byte(text + "\n"))
	if err != nil {
		s.note("ERROR: write the line to a file for the editor: %v", err)
		return text, false
	}
	defer os.Remove(file)
	if err := s.runProgram(s.whole, program.EditorOf(file)); err != nil {
		s.note("ERROR: the editor %s failed: %v", program.Editor(), err)
		return text, false
	}
	written, err := os.ReadFile(file)
	if err != nil {
		s.note("ERROR: read what was edited: %v", err)
		return text, false
	}
	return strings.TrimRight(string(written), "\r\n"), true
}
