package serverfile

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"pegashell/internal/atomicfile"
	"pegashell/internal/message"
	"pegashell/internal/words"
)

// DamageError reports a configuration that may now hold neither the old nor the new text.
type DamageError struct {
	// Name and Label are those of the configuration, Backup is the copy of the old text.
	Name, Label, Backup string
	// What is known of it.
	What message.Text
	// Err is why the write failed; nil where the program did not notice.
	Err error
}

// In returns the text in a language.
func (e *DamageError) In(l message.Language) string {
	text := message.New("%s: %s. The old configuration is in %s; config_revert %s goes back to it", e.Label, e.What, e.Backup, words.Quote(e.Name))
	if e.Err != nil {
		text = message.New("%s\n%s", e.Err, text)
	}
	return text.In(l)
}

func (e *DamageError) Error() string { return e.In(message.English) }

func (e *DamageError) Unwrap() error { return e.Err }

// CheckWritable says what is known to keep Write from succeeding; nil where nothing is.
func (c *Configuration) CheckWritable() error {
	if c.Path == "" {
		if c.ReadOnly() {
			return message.Errorf("%s: it can only be read: %s has no write_config", c.Label(), c.table())
		}
		if _, err := exec.LookPath(c.Site.WriteConfig[0]); err != nil {
			return message.Errorf("%s: write_config: %w", c.Label(), err)
		}
		_, err := c.backupStem()
		return err
	}
	path := target(c.Path)
	dir := filepath.Dir(path)
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil { // the file is replaced by a new one
		return message.Errorf("%s: the folder %s cannot be written: %w", c.Label(), dir, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return message.Errorf("%s: %w", c.Label(), err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && os.Geteuid() != 0 && int(owner.Uid) != os.Geteuid() {
		return message.Errorf("%s: it belongs to user %d, and only root can write it and keep its owner", c.Label(), owner.Uid)
	}
	return nil
}

// Write replaces the configuration, which must still be before, by after, and returns the name of
// the copy of the old one. A file keeps its permission bits and its owner, and a symbolic link
// stays. What a program wrote is read back. On an error the configuration is as it was, unless the
// error is a *DamageError.
func (c *Configuration) Write(ctx context.Context, before, after []byte) (backup string, err error) {
	if err := c.CheckWritable(); err != nil {
		return "", err
	}
	now, err := c.Read(ctx)
	switch {
	case err != nil:
		return "", err
	case !bytes.Equal(now, before):
		return "", message.Errorf("%s was changed by somebody else a moment ago; nothing was written: repeat the command", c.Label())
	}
	backup, err = c.keep(before)
	if err != nil {
		return "", err
	}
	if c.Path == "" {
		err = c.writeProgram(ctx, before, after, backup)
	} else {
		err = atomicfile.WriteBytes(c.Path, 0o644, after)
	}
	var damage *DamageError
	if err != nil && !errors.As(err, &damage) {
		os.Remove(backup) // it would be a copy of what is there
		backup = ""
	}
	return backup, err
}

// writeProgram hands the new text to the site's program and reads back what the server has then.
func (c *Configuration) writeProgram(ctx context.Context, before, after []byte, backup string) error {
	failure := c.run(ctx, "write_config", c.Site.WriteConfig, after, &bounded{})
	damage := func(what message.Text) error {
		return &DamageError{Name: c.Name, Label: c.Label(), Backup: backup, What: what, Err: failure}
	}
	checking := ctx
	if failure != nil { // an interrupt too: what the program has left behind is to be known
		checking = context.WithoutCancel(ctx)
	}
	now, err := c.Read(checking)
	switch {
	case err != nil:
		return damage(message.New("what it holds now is not known, because it could not be read back: %v", err))
	case bytes.Equal(now, after) && failure != nil:
		return damage(message.New("it holds the new text, though its program failed"))
	case bytes.Equal(now, after):
		return nil
	case bytes.Equal(now, before) && failure != nil:
		return failure
	case bytes.Equal(now, before):
		return message.Errorf("%s: write_config: %s reported success, but the configuration that was read back is the old one", c.Label(), commandLine(c.Site.WriteConfig))
	}
	return damage(message.New("it holds neither the old nor the new text: read back it differs from what was written, from line %d on (%d bytes, not %d)",
		firstDifference(now, after), len(now), len(after)))
}

// firstDifference is the first line, from 1, in which two texts differ.
func firstDifference(a, b []byte) int {
	line := 1
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '\n' {
			line++
		}
	}
	return line
}

// target is the file itself where the path is that of a link.
func target(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}
