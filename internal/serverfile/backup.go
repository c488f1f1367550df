package serverfile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pegashell/internal/atomicfile"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
)

// Kept is how many old copies of a configuration stay.
const Kept = 10

// Backup is an old copy of a configuration.
type Backup struct {
	// Path is the copy, and Stamp the part of its name that distinguishes it: DATE_TIME, or
	// DATE_TIME-N for a second one that was made in the same second.
	Path, Stamp string
	// Time is when it was written, Size its length in bytes.
	Time time.Time
	Size int64

	date   string
	number int // from 1
}

// stamp is what follows .bak- in the name of a copy: 20270115_080000, or 20270115_080000-2.
var stamp = regexp.MustCompile(`^([0-9]{8}_[0-9]{6})(?:-([1-9][0-9]{0,8}))?$`)

// parseStamp reads the end of a copy's name; false for any other form.
func parseStamp(text string) (b Backup, ok bool) {
	m := stamp.FindStringSubmatch(text)
	if m == nil {
		return Backup{}, false
	}
	b = Backup{Stamp: text, date: m[1], number: 1}
	if m[2] != "" {
		b.number, _ = strconv.Atoi(m[2])
		ok = b.number > 1 // the first of a second has no number
		return b, ok
	}
	return b, true
}

// compare orders copies by their age, the oldest first. Names say it, since a new copy never gets a
// name before that of an older one, whatever the clock does.
func (b Backup) compare(other Backup) int {
	return cmp.Or(strings.Compare(b.date, other.date), cmp.Compare(b.number, other.number))
}

// backupStem is what the names of the configuration's copies begin with: they are beside the file,
// of a symbolic link beside the one that it points to, or in the shell's state folder for one that
// only programs can read.
func (c *Configuration) backupStem() (string, error) {
	if c.Path != "" {
		return target(c.Path) + ".bak-", nil
	}
	if c.dir.State == "" {
		return "", message.Errorf("%s: there is no folder for a copy of the old configuration: set HOME or XDG_STATE_HOME", c.Label())
	}
	return filepath.Join(c.dir.State, "configurations", url.PathEscape(c.Cluster), c.Server+".bak-"), nil
}

// Backups returns the copies that there are, the newest first.
func (c *Configuration) Backups() ([]Backup, error) {
	stem, err := c.backupStem()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Dir(stem))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, message.Errorf("look for old copies of %s: %w", c.Label(), err)
	}
	var all []Backup
	for _, entry := range entries {
		end, ok := strings.CutPrefix(entry.Name(), filepath.Base(stem))
		if !ok || !entry.Type().IsRegular() {
			continue
		}
		b, ok := parseStamp(end)
		info, err := entry.Info()
		if !ok || err != nil {
			continue
		}
		b.Path, b.Time, b.Size = stem+end, info.ModTime(), info.Size()
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b Backup) int { return b.compare(a) })
	return all, nil
}

// ReadBackup returns what a copy holds.
func ReadBackup(b Backup) ([]byte, error) {
	data, err := readFile(b.Path)
	if err != nil {
		return nil, message.Errorf("read %s: %w", b.Path, err)
	}
	return data, nil
}

// keep writes a copy and returns its name, which is after those of all others.
func (c *Configuration) keep(content []byte) (string, error) {
	stem, err := c.backupStem()
	if err != nil {
		return "", err
	}
	if c.Path == "" {
		if err := os.MkdirAll(filepath.Dir(stem), 0o700); err != nil {
			return "", message.Errorf("keep the old configuration: %w", err)
		}
	}
	all, err := c.Backups()
	if err != nil {
		return "", err
	}
	next := Backup{date: c.dir.Now().In(c.dir.Location).Format("20060102_150405"), number: 1}
	if len(all) > 0 && next.compare(all[0]) <= 0 {
		next = Backup{date: all[0].date, number: all[0].number + 1}
	}
	for {
		name := stem + next.date
		if next.number > 1 {
			name = fmt.Sprintf("%s-%d", name, next.number)
		}
		err := atomicfile.Create(name, 0o600, func(f *os.File) error {
			_, err := f.Write(content)
			return err
		})
		if !errors.Is(err, fs.ErrExist) {
			return name, err
		}
		next.number++ // something else has this name, such as a folder
	}
}

// Prune removes the oldest copies beyond Kept and returns their names.
func (c *Configuration) Prune() (removed []string, err error) {
	all, err := c.Backups()
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= Kept; i-- {
		if err := os.Remove(all[i].Path); err != nil {
			return removed, err
		}
		removed = append(removed, all[i].Path)
	}
	return removed, nil
}

// table is the heading of the server's table in the manifest.
func (c *Configuration) table() string { return manifest.ServerTable(c.Cluster, c.Server) }
