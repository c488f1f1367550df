package command

import (
	"bytes"
	"os"
	"testing"

	"github.com/creack/pty"

	"pegashell/commands/render"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
)

func TestTheLanguageIsTheManifestsOrAtATerminalTheLocales(t *testing.T) {
	master, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer terminal.Close()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, c := range map[string]struct {
		setting string
		in, out *os.File
		want    message.Language
		named   bool
	}{
		"at a terminal":                {"", terminal, terminal, message.Chinese, false},
		"input of a script":            {"", file, terminal, message.English, false},
		"output to a file":             {"", terminal, file, message.English, false},
		"named, in a script":           {"zh", file, file, message.Chinese, true},
		"English, named at a terminal": {"en", terminal, terminal, message.English, true},
	} {
		m := &manifest.Manifest{Shell: manifest.Shell{Language: c.setting}}
		got, named := ChooseLanguage(m, c.in, c.out, func(variable string) string {
			return map[string]string{"LANG": "zh_CN.UTF-8", "TERM": "xterm"}[variable]
		})
		if got != c.want || named != c.named {
			t.Errorf("%s: %v, named %v", name, got, named)
		}
	}
}

func TestTextsInFilesAreEnglishUnlessALanguageIsNamed(t *testing.T) {
	screen, file := &render.Screen{Writer: &bytes.Buffer{}}, &bytes.Buffer{}
	at := &World{Language: message.Chinese, Out: file, Err: screen}
	if at.LanguageOf(screen) != message.Chinese || at.LanguageOf(file) != message.English {
		t.Error("by the locale: not Chinese on the screen and English in a file")
	}
	at.LanguageNamed = true
	if at.LanguageOf(file) != message.Chinese {
		t.Error("by the manifest: a file has no Chinese")
	}
}
