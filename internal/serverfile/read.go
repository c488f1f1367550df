package serverfile

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
	"unicode"

	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/program"
)

const (
	// MaxBytes bounds a configuration: a real one with every key and comment has some 600 KB.
	MaxBytes = 16 << 20
	// patience is how long a program may take that reads or writes one.
	patience = 30 * time.Second
	// maxSaid bounds what is kept of a program's complaints.
	maxSaid = 4096
)

// Read returns the configuration as it is now, whatever it is.
func (c *Configuration) Read(ctx context.Context) ([]byte, error) {
	if c.Path == "" {
		return c.readProgram(ctx)
	}
	data, err := readFile(c.Path)
	if err != nil {
		return nil, message.Errorf("read configuration: %w", err)
	}
	return data, nil
}

// Load reads the configuration and parses it. Positions in its errors begin with File.
func (c *Configuration) Load(ctx context.Context) (*ini.File, error) {
	data, err := c.Read(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.CheckText(data); err != nil {
		return nil, err
	}
	return ini.Parse(c.File(), data)
}

// CheckText says why what was read cannot be a configuration at all; nil where it can be one.
func (c *Configuration) CheckText(data []byte) error {
	switch {
	case len(data) == 0 && c.Path == "":
		return message.Errorf("%s: read_config: %s printed nothing", c.Server, commandLine(c.Site.ReadConfig))
	case bytes.IndexByte(data, 0) >= 0:
		return message.Errorf("%s: it has a zero byte on line %d, so it is not a configuration", c.Label(), 1+bytes.Count(data[:bytes.IndexByte(data, 0)], []byte("\n")))
	}
	return nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, message.Errorf("%s is a directory", path)
	case !info.Mode().IsRegular():
		return nil, message.Errorf("%s is not a regular file", path) // opening a pipe could wait for ever
	case info.Size() > MaxBytes:
		return nil, tooLarge(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err == nil && len(data) > MaxBytes { // it grows
		err = tooLarge(path)
	}
	return data, err
}

func tooLarge(what string) error {
	return message.Errorf("%s is larger than %d MiB, which no configuration is", what, MaxBytes>>20)
}

func (c *Configuration) readProgram(ctx context.Context) ([]byte, error) {
	out := &bounded{most: MaxBytes}
	err := c.run(ctx, "read_config", c.Site.ReadConfig, nil, out)
	switch {
	case err != nil:
		return nil, err
	case out.over:
		return nil, message.Errorf("%s: read_config: %w", c.Server, tooLarge("the output of "+commandLine(c.Site.ReadConfig)))
	}
	return append([]byte{}, out.Bytes()...), nil // not nil: an empty one is a configuration too
}

// run runs one of the site's programs. Its environment names the server, PEGASHELL_SERVER.
func (c *Configuration) run(ctx context.Context, key string, words []string, input []byte, out io.Writer) error {
	limit := cmp.Or(c.dir.Patience, patience)
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append(cmd.Environ(), "PEGASHELL_SERVER="+c.Server)
	if input != nil {
		cmd.Stdin = bytes.NewReader(input)
	}
	said := &bounded{most: maxSaid}
	cmd.Stdout, cmd.Stderr = out, said
	err := program.Run(limited, cmd)
	var stopped *program.StopError
	var ended *program.ExitError
	what := fmt.Sprintf("%s: %s: %s", c.Server, key, commandLine(words))
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stopped) && ctx.Err() != nil:
		return message.Errorf("%s: %w", what, err)
	case errors.As(err, &stopped) && len(stopped.Running) > 0:
		return message.Errorf("%s did not end within %v, could not be stopped and is still running (%s)", what, limit, stopped.PIDs())
	case errors.As(err, &stopped):
		return message.Errorf("%s was stopped: it did not end within %v", what, limit)
	case errors.As(err, &ended) && ended.Interrupted():
		return message.Errorf("%s: %w", what, context.Canceled)
	case errors.As(err, &ended): // not wrapped: its exit code is not that of the command
		return message.Errorf("%s: %s%s", what, ended.Error(), said.lastLine())
	}
	return message.Errorf("%s: %w", what, err)
}

// bounded keeps the first bytes of what is written to it.
type bounded struct {
	bytes.Buffer
	most int
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := b.most - b.Len()
	if len(p) > room {
		b.over = true
		b.Buffer.Write(p[:room])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

// lastLine is the last line that a program said, after a colon; "" for none.
func (b *bounded) lastLine() string {
	lines := strings.Split(strings.TrimSpace(strings.ToValidUTF8(b.String(), "?")), "\n")
	last := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, lines[len(lines)-1])
	if last != "" {
		return ": " + last
	}
	return ""
}
