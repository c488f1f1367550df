package command

import (
	"io"
	"os"

	"pegashell/commands/render"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
)

// ChooseLanguage returns the language of texts for a person: the one that the manifest names or, if
// it names none and a terminal is used, the one of the environment's locale. Scripts read English
// unless the manifest says otherwise.
func ChooseLanguage(m *manifest.Manifest, in, out *os.File, getenv func(name string) string) (l message.Language, named bool) {
	if l, named = message.Named(m.Shell.Language); named {
		return l, true
	}
	for _, f := range []*os.File{in, out} {
		if render.ScreenOf(render.NewScreen(f, getenv)) == nil {
			return message.English, false
		}
	}
	return message.OfEnvironment(getenv), false
}

// LanguageOf is the language of texts that are written to w: that of the person on a screen, and in
// a file or for a program only one that the manifest names.
func (e *World) LanguageOf(w io.Writer) message.Language {
	if e.LanguageNamed || render.ScreenOf(w) != nil {
		return e.Language
	}
	return message.English
}
