package config

import (
	"slices"
	"strings"

	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
)

// missingKey says what is missing and which section has the key instead: the documented place of
// hosts_list, for one, is not where servers read it.
func missingKey(file *ini.File, name, section, key string) error {
	var elsewhere []string
	for _, s := range file.Sections() {
		if _, ok := file.Lookup(s, key); ok {
			elsewhere = append(elsewhere, "["+s+"]")
		}
	}
	problem := message.New("section [%s] has no key %s", section, key)
	if !slices.Contains(file.Sections(), section) {
		problem = message.New("there is no section [%s]", section)
	}
	if len(elsewhere) > 0 {
		problem = message.New("%s; %s has %s", problem, strings.Join(elsewhere, ", "), key)
	} else if question := nearKey(file, section, key); !question.IsZero() {
		problem = message.Join(": ", problem, question)
	}
	return message.Errorf("%s: %s", name, problem)
}

// nearKey asks whether a near section of the file was meant, or a near key of the section.
func nearKey(file *ini.File, section, key string) message.Text {
	if slices.Contains(file.Sections(), section) {
		return nearmiss.Question(key, file.Keys(section))
	}
	return nearmiss.Question(section, file.Sections())
}
