package manifest

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"pegashell/internal/homefile"
)

// External is a command that a program carries out.
type External struct {
	// Name is what is typed.
	Name string `toml:"name"`
	// Summary is one line for people, Usage what may follow the name; both may be empty.
	Summary string `toml:"summary"`
	Usage   string `toml:"usage"`
	// Program is a path, or a name that is looked up in PATH. In the file a leading ~/ is the home
	// folder, and other relative paths begin at the file's folder.
	Program string `toml:"program"`
	// Arguments come before the words that are typed after the name.
	Arguments []string `toml:"arguments"`
	// Words are completed after the name.
	Words []string `toml:"words"`
	// Timeout is how long the program may take, 0 for any time.
	Timeout Duration `toml:"timeout"`
	// Reads says that the program changes nothing, so that it may be repeated without asking.
	Reads bool `toml:"reads"`
	// Confirm says that a person is asked first.
	Confirm bool `toml:"confirm"`
}

// Duration is written as Go writes it, such as 30s or 1m30s.
type Duration time.Duration

// UnmarshalText is part of encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is not a duration such as 30s or 5m", text)
	}
	*d = Duration(v)
	return nil
}

// commandName is what can be typed as one word without quotes and is no sign of the shell's.
var commandName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)

// checkCommands checks the external commands of one file.
func (m *Manifest) checkCommands() error {
	seen := map[string]bool{}
	for i := range m.External {
		c := &m.External[i]
		if err := c.check(m.File); err != nil {
			return fmt.Errorf("%s: [[command]] %s: %w", m.Where("command", c.Name), orNumber(c.Name, i), err)
		}
		if seen[c.Name] {
			return fmt.Errorf("%s: [[command]] %s: two commands have this name", m.Where("command", c.Name), c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

func (c *External) check(file string) error {
	switch {
	case c.Name == "":
		return errors.New("name is missing")
	case !commandName.MatchString(c.Name):
		return fmt.Errorf("name: %q is not a word of letters, digits, _, - and . that begins with a letter", c.Name)
	case c.Program == "":
		return errors.New("program is missing")
	case strings.ContainsAny(c.Summary+c.Usage, "\n\r"):
		return errors.New("summary and usage are one line each")
	}
	for _, word := range c.Words {
		if word == "" || strings.ContainsAny(word, " \t\r\n'\"") {
			return fmt.Errorf("words: %q is not a word", word)
		}
	}
	program, err := programPath(c.Program, file)
	if err != nil {
		return fmt.Errorf("program: %w", err)
	}
	c.Program = program
	return nil
}

// programPath is the program that a file means.
func programPath(name, file string) (string, error) {
	full, err := homefile.Expand(name)
	if err != nil || filepath.IsAbs(full) || !strings.Contains(full, "/") {
		return full, err
	}
	return filepath.Abs(filepath.Join(filepath.Dir(file), full))
}

func orNumber(name string, i int) string {
	if name == "" {
		return fmt.Sprintf("number %d", i+1)
	}
	return name
}
