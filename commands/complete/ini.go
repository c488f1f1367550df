package complete

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"

	"pegashell/internal/ini"
	"pegashell/internal/pegasusconf"
	"pegashell/internal/serverfile"
	"pegashell/internal/suggestion"
)

// maxIniBytes is the size of a configuration file that is read while a line is typed.
const maxIniBytes = 1 << 20

// ConfigWord is the kind of a word of the commands on configurations: the configuration itself is
// word 0, then come section, key and value. With --all there is no word 0.
func ConfigWord(n int) Kind {
	return func(q *Query, typed string) (int, []suggestion.Suggestion) {
		at := n
		if q.ofAll() {
			at++
		}
		switch at {
		case 0:
			return Configuration(q, typed)
		case 1:
			return iniSection(q)
		case 2:
			return iniKey(q)
		case 3:
			return iniValue(q, typed)
		}
		return 0, nil
	}
}

// ofAll says that the line is about all meta servers.
func (q *Query) ofAll() bool {
	_, all := q.Given["all"]
	return all
}

// configurations finds configurations by name.
func (q *Query) configurations() serverfile.Directory {
	return serverfile.Directory{Manifest: q.Manifest, Metas: q.Metas, State: q.State}
}

// Configuration is the kind of a configuration: a meta server that the manifest describes, or a file.
func Configuration(q *Query, typed string) (int, []suggestion.Suggestion) {
	directory := q.configurations()
	var all []suggestion.Suggestion
	for _, name := range directory.Names() {
		if c, err := directory.Find(name); err == nil && strings.HasPrefix(name, typed) {
			all = append(all, suggestion.Suggestion{Text: name, Description: cmp.Or(c.Path, "read by a program")})
		}
	}
	keep, found := File(q, typed)
	if len(all) > 0 && keep == 0 {
		found = append(all, found...)
	}
	return keep, found
}

// ConfigBackup is the kind of an old copy of the configuration that is the first word. It is named by
// its date and time.
func ConfigBackup(q *Query, _ string) (int, []suggestion.Suggestion) {
	c := q.configuration()
	if c == nil {
		return 0, nil
	}
	backups, _ := lookAt(q, "copies of "+c.Name, func(string) []serverfile.Backup {
		all, _ := c.Backups()
		return all
	})
	var all []suggestion.Suggestion
	for _, b := range backups {
		all = append(all, suggestion.Suggestion{Text: b.Stamp, Description: b.Path})
	}
	return 0, all
}

// iniWords returns section, key and value as far as they are typed.
func (q *Query) iniWords() []string {
	if q.ofAll() {
		return q.Words
	}
	return q.Words[min(1, len(q.Words)):]
}

// configuration is the one that the line is about, with --all the first one; nil for none.
func (q *Query) configuration() *serverfile.Configuration {
	directory := q.configurations()
	if q.ofAll() {
		all, _ := directory.All()
		if len(all) == 0 {
			return nil
		}
		return all[0]
	}
	if len(q.Words) == 0 {
		return nil
	}
	c, _ := directory.Find(q.Words[0])
	return c
}

// iniFile reads the configuration that the line is about; nil if it cannot be read. Programs are not
// run while a line is typed.
func (q *Query) iniFile() *ini.File {
	c := q.configuration()
	if c == nil || c.Path == "" {
		return nil
	}
	file, _ := lookAt(q, c.Path, readIni)
	return file
}

// iniNames returns names of the file, or those that are known where only a program could read it.
func (q *Query) iniNames(of func(*ini.File) []string, known []string) []string {
	if c := q.configuration(); c != nil && c.Path == "" {
		return known
	}
	if file := q.iniFile(); file != nil {
		return of(file)
	}
	return nil
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

// iniSection offers the sections of the configuration.
func iniSection(q *Query) (int, []suggestion.Suggestion) {
	return 0, Plain(q.iniNames((*ini.File).Sections, pegasusconf.Sections())...)
}

// iniKey offers the keys of the section that is typed.
func iniKey(q *Query) (int, []suggestion.Suggestion) {
	words := q.iniWords()
	if len(words) == 0 {
		return 0, nil
	}
	keys := func(file *ini.File) []string { return file.Keys(words[0]) }
	return 0, Plain(q.iniNames(keys, pegasusconf.Keys(words[0]))...)
}

// iniValue offers the values of a key that can have a few only, both values of a switch, and the
// ZooKeepers that have a name for the one of meta servers.
func iniValue(q *Query, typed string) (int, []suggestion.Suggestion) {
	words := q.iniWords()
	if len(words) < 2 {
		return 0, nil
	}
	section, key := words[0], words[1]
	if values := pegasusconf.Values(section, key); values != nil {
		all := make([]suggestion.Suggestion, len(values))
		for i, value := range values {
			all[i].Text = value
		}
		return 0, all
	}
	if pegasusconf.KindOf(section, key) == pegasusconf.HostsList && q.Manifest != nil {
		var all []suggestion.Suggestion
		for _, name := range slices.Sorted(maps.Keys(q.Manifest.ZooKeepers)) {
			all = append(all, suggestion.Suggestion{Text: name, Description: q.Manifest.ZooKeepers[name].HostsList()})
		}
		return 0, all
	}
	if file := q.iniFile(); file != nil {
		if value, _ := file.Lookup(section, key); value == "true" || value == "false" {
			return Boolean.Complete(q, typed)
		}
	}
	return 0, nil
}
