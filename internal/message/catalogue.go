package message

import (
	"sync"

	"golang.org/x/text/message/catalog"
)

// translations returns the catalogue. It is built when a language other than English is used for
// the first time.
var translations = sync.OnceValue(func() *catalog.Builder {
	b := catalog.NewBuilder()
	for english, chinese := range zh {
		if err := b.SetString(Chinese.tag, english, chinese); err != nil {
			panic(err) // only for a malformed tag
		}
	}
	return b
})
