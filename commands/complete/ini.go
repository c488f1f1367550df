package complete

import (
	"maps"
	"os"
	"slices"

	"pegashell/internal/ini"
	"pegashell/internal/pegasusconf"
	"pegashell/internal/suggestion"
)

// maxIniBytes is the size of a configuration file that is read while a line is typed.
const maxIniBytes = 1 << 20

// iniFile reads the configuration file that is the line's first word; nil if it cannot be read.
func (q *Query) iniFile() *ini.File {
	if len(q.Words) == 0 {
		return nil
	}
	file, _ := lookAt(q, q.Words[0], readIni)
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

// IniSection is the kind of a section of the configuration file that is the first word.
func IniSection(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	if file := q.iniFile(); file != nil {
		for _, section := range file.Sections() {
			all = append(all, suggestion.Suggestion{Text: section})
		}
	}
	return 0, all
}

// IniKey is the kind of a key of the section that is the second word.
func IniKey(q *Query, _ string) (int, []suggestion.Suggestion) {
	var all []suggestion.Suggestion
	if file := q.iniFile(); file != nil && len(q.Words) > 1 {
		for _, key := range file.Keys(q.Words[1]) {
			all = append(all, suggestion.Suggestion{Text: key})
		}
	}
	return 0, all
}

// IniValue is the kind of the value of the key that is the third word. It offers the values of a key that can have a
// few only, both values of a switch, and the ZooKeepers that have a name for the one of meta servers.
func IniValue(q *Query, typed string) (int, []suggestion.Suggestion) {
	if len(q.Words) < 3 {
		return 0, nil
	}
	section, key := q.Words[1], q.Words[2]
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
