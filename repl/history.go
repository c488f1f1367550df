package repl

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pegashell/internal/atomicfile"
	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/internal/secret"
)

const (
	// keptHistory is how many lines are kept, in memory and in the file.
	keptHistory = 5000
	// fullHistory is how many lines there may be until they are cut to keptHistory, so that the
	// file is not rewritten for each line from then on.
	fullHistory = 5500
	// private is the mode of the file.
	private = 0o600
)

// History keeps the lines typed at the prompt, in memory and in a file that the next session reads.
// Each line is appended to the file as it comes, so that several shells can share it and none loses
// lines in a crash. A file that cannot be read or written is reported once and has no other effect.
type History struct {
	path  string // empty: in memory only
	lines []string
	// saved is the last line that this session wrote to the file or read from it, inFile how many
	// it holds.
	saved  string
	inFile int
}

// DefaultHistoryFile is $XDG_STATE_HOME/pegashell/history, or the same below ~/.local/state; empty
// if there is no home folder.
func DefaultHistoryFile() string {
	if state := homefile.State(); state != "" {
		return filepath.Join(state, "history")
	}
	return ""
}

// OpenHistory reads the file at path, which need not exist. Empty and a device, such as /dev/null,
// keep lines in memory only. A leading ~/ means the home folder. The history can be used after an
// error too: it is then in memory only.
func OpenHistory(path string) (*History, error) {
	path, err := homefile.Expand(path)
	if err != nil {
		return &History{}, message.Errorf("read the history: %w", err)
	}
	if path == "" || isDevice(path) {
		return &History{}, nil
	}
	h := &History{path: path}
	lines, err := readHistory(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err == nil {
		err = os.Chmod(path, private)
	}
	if err != nil {
		return &History{}, message.Errorf("read the history: %w", err)
	}
	h.lines, h.inFile = lines, len(lines)
	if len(lines) > 0 {
		h.saved = lines[len(lines)-1]
	}
	if len(lines) > keptHistory {
		h.lines = lines[len(lines)-keptHistory:]
		if err := h.rewrite(h.lines); err != nil {
			return &History{lines: h.lines}, err
		}
	}
	return h, nil
}

// Lines are the lines in the order of their typing.
func (h *History) Lines() []string { return slices.Clone(h.lines) }

// Add keeps a line, without the blanks at its end, unless it is blank, the same as the one before,
// or looks like it holds a credential. After an error the file is left alone.
func (h *History) Add(line string) error {
	line = strings.TrimRight(line, " \t")
	if strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\n\r\x00") || secret.InLine(line) {
		return nil
	}
	if n := len(h.lines); n == 0 || h.lines[n-1] != line {
		h.lines = append(h.lines, line)
	}
	if len(h.lines) > fullHistory {
		h.lines = slices.Clone(h.lines[len(h.lines)-keptHistory:])
	}
	if h.path == "" || line == h.saved {
		return nil
	}
	if err := h.save(line); err != nil {
		h.path = ""
		return err
	}
	h.saved = line
	return nil
}

// save appends a line to the file, or makes the file shorter first if it is full. A file that
// others may read by now is made private again.
func (h *History) save(line string) error {
	if info, err := os.Stat(h.path); err == nil && info.Mode().IsRegular() && info.Mode().Perm() != private {
		if err := os.Chmod(h.path, private); err != nil {
			return message.Errorf("write the history: %w", err)
		}
	}
	if h.inFile >= fullHistory {
		lines, err := readHistory(h.path) // other shells may have added theirs
		if err != nil {
			return message.Errorf("write the history: %w", err)
		}
		return h.rewrite(append(lines[max(0, len(lines)-keptHistory+1):], line))
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return message.Errorf("write the history: %w", err)
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, private)
	if err != nil {
		return message.Errorf("write the history: %w", err)
	}
	_, err = f.WriteString(line + "\n") // one write, so that lines of two shells do not mix
	if err := errors.Join(err, f.Close()); err != nil {
		return message.Errorf("write the history: %w", err)
	}
	h.inFile++
	return nil
}

func (h *History) rewrite(lines []string) error {
	err := atomicfile.Write(h.path, private, func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
		return err
	})
	if err != nil {
		return message.Errorf("write the history: %w", err)
	}
	h.inFile = len(lines)
	return nil
}

func isDevice(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeDevice != 0
}

// readHistory returns the lines of the file that are not empty. A named pipe, for example, might
// never end, so it is refused.
func readHistory(path string) ([]string, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, message.Errorf("%s is not a regular file", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(strings.Split(string(data), "\n"), func(line string) bool { return line == "" }), nil
}
