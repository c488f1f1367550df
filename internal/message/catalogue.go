package message

import (
	"maps"
	"sync"

	"golang.org/x/text/message/catalog"
)

// translations returns the catalogue. It is built when a language other than English is used for
// the first time.
var translations = sync.OnceValue(func() *catalog.Builder {
	b := catalog.NewBuilder()
	for english, chinese := range Translations() {
		if err := b.SetString(Chinese.tag, english, chinese); err != nil {
			panic(err) // only for a malformed tag
		}
	}
	return b
})

// Translations are the texts in simplified Chinese by their English formats.
func Translations() map[string]string {
	all := map[string]string{}
	for _, room := range zh {
		maps.Copy(all, room)
	}
	return all
}

// Twice are the formats that more than one room has a translation of.
func Twice() []string {
	var twice []string
	seen := map[string]bool{}
	for _, room := range zh {
		for english := range room {
			if seen[english] {
				twice = append(twice, english)
			}
			seen[english] = true
		}
	}
	return twice
}
