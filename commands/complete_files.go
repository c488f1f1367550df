package commands

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pegashell/internal/ini"
)

const (
	// maxFiles is how many files of a folder are looked at.
	maxFiles = 10_000
	// maxIniBytes is the size of a configuration file that is read while a line is typed.
	maxIniBytes = 1 << 20
)

// fileNames offers the files of the folder that the word names; folders end in /.
func fileNames(_ *query, kind Kind, typed string) (int, []Candidate) {
	keep := strings.LastIndexByte(typed, '/') + 1
	folder := cmp.Or(typed[:keep], ".")
	if rest, ok := strings.CutPrefix(folder, "~/"); ok && slices.Contains(kind[1:], "home") {
		home, err := os.UserHomeDir()
		if err != nil {
			return keep, nil
		}
		folder = filepath.Join(home, rest)
	}
	dir, err := os.Open(folder)
	if err != nil {
		return keep, nil
	}
	defer dir.Close()
	entries, _ := dir.ReadDir(maxFiles) // what could be read is offered
	var all []Candidate
	for _, entry := range entries {
		name := entry.Name()
		if name[0] == '.' && !strings.HasPrefix(typed[keep:], ".") {
			continue
		}
		if isFolder(folder, entry) {
			name += "/"
		}
		all = append(all, Candidate{Text: name})
	}
	slices.SortFunc(all, func(a, b Candidate) int { return strings.Compare(a.Text, b.Text) })
	return keep, all
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
func backupFiles(q *query, _ Kind, typed string) (int, []Candidate) {
	keep, all := fileNames(q, kindFile, typed)
	for i, c := range all {
		if hasBackupSuffix(c.Text) {
			all[i].Description = "backup"
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return strings.Compare(b.Description, a.Description) })
	return keep, all
}

// backupEndings are what the name of a new backup can end in.
var backupEndings = []string{".zkb.zst", ".zkb.gz", ".zkb"}

// newBackupFiles offers endings for the name that was typed, then the folders and backups that are there.
func newBackupFiles(q *query, _ Kind, typed string) (int, []Candidate) {
	keep, all := backupFiles(q, kindBackup, typed)
	name := typed[keep:]
	var offered []Candidate
	for _, ending := range backupEndings {
		begun := len(ending)
		for !strings.HasSuffix(name, ending[:begun]) {
			begun--
		}
		if stem := name[:len(name)-begun]; stem != "" && begun < len(ending) {
			offered = append(offered, Candidate{stem + ending, "a new backup"})
		}
	}
	for _, c := range all {
		known := slices.ContainsFunc(offered, func(o Candidate) bool { return o.Text == c.Text })
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
	info, err := os.Stat(q.words[0])
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxIniBytes {
		return nil
	}
	file, err := ini.Load(q.words[0])
	if err != nil {
		return nil
	}
	return file
}

func iniSections(q *query, _ Kind, _ string) (int, []Candidate) {
	var all []Candidate
	if file := q.iniFile(); file != nil {
		for _, section := range file.Sections() {
			all = append(all, Candidate{Text: section})
		}
	}
	return 0, all
}

func iniKeys(q *query, _ Kind, _ string) (int, []Candidate) {
	var all []Candidate
	if file := q.iniFile(); file != nil && len(q.words) > 1 {
		for _, key := range file.Keys(q.words[1]) {
			all = append(all, Candidate{Text: key})
		}
	}
	return 0, all
}

// iniValues offers both values of a switch.
func iniValues(q *query, _ Kind, typed string) (int, []Candidate) {
	if file := q.iniFile(); file != nil && len(q.words) > 2 {
		if value, _ := file.Lookup(q.words[1], q.words[2]); value == "true" || value == "false" {
			return kindBoolean.candidates(q, typed)
		}
	}
	return 0, nil
}
