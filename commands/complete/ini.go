package complete

import (
	"os"

	"pegashell/internal/ini"
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

// IniValue is the kind of the value of the key that is the third word. It offers both values of a
// switch.
func IniValue(q *Query, typed string) (int, []suggestion.Suggestion) {
	if file := q.iniFile(); file != nil && len(q.Words) > 2 {
		if value, _ := file.Lookup(q.Words[1], q.Words[2]); value == "true" || value == "false" {
			return Boolean.Complete(q, typed)
		}
	}
	return 0, nil
}
