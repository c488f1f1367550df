package complete

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/homefile"
	"pegashell/internal/suggestion"
	"pegashell/zkcopy/backup"
)

// maxFiles is how many files of a folder are looked at.
const maxFiles = 10_000

// File is the kind of a file: it offers those of the folder that the word names; folders end in /.
func File(q *Query, typed string) (int, []suggestion.Suggestion) { return files(q, typed, false) }

// NewFile is the kind of a file that will be written, one that is there too.
func NewFile(q *Query, typed string) (int, []suggestion.Suggestion) {
	q.Careful = true
	return files(q, typed, false)
}

// NewHomeFile is NewFile where ~/ is the home folder.
func NewHomeFile(q *Query, typed string) (int, []suggestion.Suggestion) {
	q.Careful = true
	return files(q, typed, true)
}

// HomeFile is File where ~/ is the home folder.
func HomeFile(q *Query, typed string) (int, []suggestion.Suggestion) { return files(q, typed, true) }

func files(q *Query, typed string, home bool) (int, []suggestion.Suggestion) {
	keep := strings.LastIndexByte(typed, '/') + 1
	folder := cmp.Or(typed[:keep], ".")
	if home {
		var err error
		if folder, err = homefile.Expand(folder); err != nil {
			return keep, nil
		}
	}
	listed, _ := lookAt(q, folder, ReadFolder)
	var all []suggestion.Suggestion
	for _, name := range listed.names {
		if name[0] != '.' || strings.HasPrefix(typed[keep:], ".") {
			all = append(all, suggestion.Suggestion{Text: name})
		}
	}
	return keep, all
}

// lookAt returns the description of a file or a folder, if it is known before the time for a key is
// over: a file server may not answer. Each is looked at once per line.
func lookAt[T any](q *Query, path string, look func(path string) T) (T, bool) {
	key := Key{Place: "file " + path, Item: strconv.FormatInt(q.lines.Load(), 10)}
	return Ask(q.Patience, q.Catalog, key, func(ctx context.Context) (T, error) {
		return Detached(ctx, q.Catalog, key.Place, func() (T, error) { return look(path), nil })
	})
}

// Folder is what there is in a folder.
type Folder struct {
	there bool     // it is a folder
	names []string // in order; those of folders end in /
}

// ReadFolder reads a folder; after an error it returns what could be read.
func ReadFolder(folder string) Folder {
	var l Folder
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return l // opening a pipe, for example, would wait for a writer
	}
	l.there = true
	dir, err := os.Open(folder)
	if err != nil {
		return l
	}
	defer dir.Close()
	entries, _ := dir.ReadDir(maxFiles)
	for _, entry := range entries {
		name := entry.Name()
		if isFolder(folder, entry) {
			name += "/"
		}
		l.names = append(l.names, name)
	}
	slices.Sort(l.names)
	return l
}

// isFolder follows symbolic links.
func isFolder(folder string, entry os.DirEntry) bool {
	if entry.Type()&os.ModeSymlink == 0 {
		return entry.IsDir()
	}
	info, err := os.Stat(filepath.Join(folder, entry.Name()))
	return err == nil && info.IsDir()
}

// Backup is the kind of a backup file that is there. It offers files, those first that are named as
// backups are.
func Backup(q *Query, typed string) (int, []suggestion.Suggestion) {
	keep, all := File(q, typed)
	for i, c := range all {
		if backup.HasSuffix(c.Text) {
			all[i].Description = "backup"
		}
	}
	slices.SortStableFunc(all, func(a, b suggestion.Suggestion) int { return strings.Compare(b.Description, a.Description) })
	return keep, all
}

// backupEndings are what the name of a new backup can end in.
var backupEndings = []string{".zkb.zst", ".zkb.gz", ".zkb"}

// NewBackup is the kind of a backup file to be written. It offers endings for the name that was
// typed, then the folders and backups that are there.
func NewBackup(q *Query, typed string) (int, []suggestion.Suggestion) {
	keep, all := Backup(q, typed)
	name := typed[keep:]
	var offered []suggestion.Suggestion
	for _, ending := range backupEndings {
		begun := len(ending)
		for !strings.HasSuffix(name, ending[:begun]) {
			begun--
		}
		if stem := name[:len(name)-begun]; stem != "" && begun < len(ending) {
			offered = append(offered, suggestion.Suggestion{Text: stem + ending, Description: "a new backup"})
		}
	}
	for _, c := range all {
		known := slices.ContainsFunc(offered, func(o suggestion.Suggestion) bool { return o.Text == c.Text })
		if !known && (c.Description != "" || strings.HasSuffix(c.Text, "/")) {
			offered = append(offered, c)
		}
	}
	return keep, offered
}
