package commands

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"pegashell/commands/complete"
	"pegashell/internal/homefile"
	"pegashell/internal/ini"
	"pegashell/internal/suggestion"
)

const (
	// maxFiles is how many files of a folder are looked at.
	maxFiles = 10_000
	// maxIniBytes is the size of a configuration file that is read while a line is typed.
	maxIniBytes = 1 << 20
)

// fileNames offers the files of the folder that the word names; folders end in /.
func fileNames(q *query, kind Kind, typed string) (int, []suggestion.Suggestion) {
	keep := strings.LastIndexByte(typed, '/') + 1
	folder := cmp.Or(typed[:keep], ".")
	if slices.Contains(kind[1:], "home") {
		var err error
		if folder, err = homefile.Expand(folder); err != nil {
			return keep, nil
		}
	}
	listed, _ := lookAt(q, folder, readFolder)
	var all []suggestion.Suggestion
	for _, name := range listed.names {
		if name[0] != '.' || strings.HasPrefix(typed[keep:], ".") {
			all = append(all, suggestion.Suggestion{Text: name})
		}
	}
	return keep, all
}

// lookAt gives what there is to be told of a file or a folder, as far as it is known by the time that a key may
// take: a file server need not answer. It is looked at once a line.
func lookAt[T any](q *query, path string, look func(path string) T) (T, bool) {
	key := complete.Key{Place: "file " + path, Item: strconv.FormatInt(q.lines.Load(), 10)}
	return complete.Ask(q.patience, q.catalog, key, func(ctx context.Context) (T, error) {
		return complete.Detached(ctx, q.catalog, key.Place, func() (T, error) { return look(path), nil })
	})
}

// folderListing is what there is in a folder.
type folderListing struct {
	there bool     // it is a folder
	names []string // in order; those of folders end in /
}

// readFolder reads a folder; what could be read of it counts.
func readFolder(folder string) folderListing {
	var l folderListing
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return l // a pipe, for one, would not be opened before somebody writes into it
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

// backupFiles offers files, those first that are named as backups are.
func backupFiles(q *query, _ Kind, typed string) (int, []suggestion.Suggestion) {
	keep, all := fileNames(q, kindFile, typed)
	for i, c := range all {
		if hasBackupSuffix(c.Text) {
			all[i].Description = "backup"
		}
	}
	slices.SortStableFunc(all, func(a, b suggestion.Suggestion) int { return strings.Compare(b.Description, a.Description) })
	return keep, all
}

// backupEndings are what the name of a new backup can end in.
var backupEndings = []string{".zkb.zst", ".zkb.gz", ".zkb"}

// newBackupFiles offers endings for the name that was typed, then the folders and backups that are there.
func newBackupFiles(q *query, _ Kind, typed string) (int, []suggestion.Suggestion) {
	keep, all := backupFiles(q, kindBackup, typed)
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

// iniFile reads the configuration file that is the line's first word; nil if it cannot be read.
func (q *query) iniFile() *ini.File {
	if len(q.words) == 0 {
		return nil
	}
	file, _ := lookAt(q, q.words[0], readIni)
	return file
}

func readIni(path string) *ini.File {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxIniBytes {
		return nil
	}
	file, err := ini.Load(path)
	if err != nil {
		return nil
	}
	return file
}

func iniSections(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	if file := q.iniFile(); file != nil {
		for _, section := range file.Sections() {
			all = append(all, suggestion.Suggestion{Text: section})
		}
	}
	return 0, all
}

func iniKeys(q *query, _ Kind, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	if file := q.iniFile(); file != nil && len(q.words) > 1 {
		for _, key := range file.Keys(q.words[1]) {
			all = append(all, suggestion.Suggestion{Text: key})
		}
	}
	return 0, all
}

// iniValues offers both values of a switch.
func iniValues(q *query, _ Kind, typed string) (int, []suggestion.Suggestion) {
	if file := q.iniFile(); file != nil && len(q.words) > 2 {
		if value, _ := file.Lookup(q.words[1], q.words[2]); value == "true" || value == "false" {
			return kindBoolean.candidates(q, typed)
		}
	}
	return 0, nil
}
