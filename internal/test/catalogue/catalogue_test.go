package catalogue

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/prose"
	"pegashell/internal/suggestion"
)

// top is the source's top folder.
func top(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// declared are the texts that commands declare for their help.
func declared() []Use {
	var all []Use
	for _, c := range commands.NewRegistry(nil).All() {
		add := func(text string) {
			if text != "" {
				all = append(all, Use{Where: "command " + c.Name, Format: text})
			}
		}
		add(c.Summary)
		for _, paragraph := range prose.Paragraphs(c.Notes) {
			add(paragraph)
		}
		add(c.Interrupted)
		for _, f := range c.FlagTexts() {
			if !strings.HasPrefix(f.Meaning, command.OverrideMeaning) { // the names that follow are no words
				add(f.Meaning)
			}
		}
		for _, e := range c.ExitStates() {
			add(e.When)
		}
		for _, d := range command.OverridableBy(c.Name) {
			add(d)
		}
		for _, value := range fixedValues(c) {
			if !strings.HasPrefix(value.Text, "./") { // a file
				add(value.Description)
			}
		}
	}
	return all
}

// fixedValues are the values of a command's flags and words that Tab offers wherever it is typed.
func fixedValues(c *command.Command) (all []suggestion.Suggestion) {
	nowhere := &complete.Query{Sources: complete.NewSources(nil), Patience: context.Background()}
	defer nowhere.Close()
	kinds := append(slices.Clone(c.Args), c.RestArgs)
	flags := c.Flags()
	flags.VisitAll(func(f *pflag.Flag) { kinds = append(kinds, flags.Kind(f.Name)) })
	for _, kind := range kinds {
		if kind != nil {
			_, values := kind(nowhere, "")
			all = append(all, values...)
		}
	}
	return all
}

func TestEveryTextIsTranslated(t *testing.T) {
	found, err := Find(top(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range found.Faults {
		t.Error(fault)
	}
	used := map[string]bool{}
	translations := message.Translations()
	wholes := slices.Concat(found.Wholes, declared())
	for _, use := range slices.Concat(found.Formats, wholes) {
		if used[use.Format] {
			continue
		}
		used[use.Format] = true
		if _, ok := translations[use.Format]; !ok && !Wordless(use.Format) {
			t.Errorf("%s: no translation of %q", use.Where, use.Format)
		}
	}
	for _, use := range found.Formats {
		if fault := use.Fits(); fault != "" {
			t.Errorf("%s: %s", use.Where, fault)
		}
		if chinese, ok := translations[use.Format]; ok {
			if fault := SameVerbs(use.Format, chinese); fault != "" {
				t.Errorf("%s: %q: %s", use.Where, use.Format, fault)
			}
		}
	}
	for english, chinese := range translations {
		if lost := LostWords(english, chinese); len(lost) > 0 {
			t.Errorf("the translation of %q is without %q", english, lost)
		}
		switch {
		case !used[english]:
			t.Errorf("the translation of %q is of no use", english)
		case message.Chinese.Whole(english) != chinese:
			t.Errorf("the catalogue has %q for %q", message.Chinese.Whole(english), english)
		}
	}
	for _, english := range message.Twice() {
		t.Errorf("%q is translated twice", english)
	}
}

func TestTheSearchFindsWhatItIsFor(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module pegashell\n\ngo 1.26\n",
		"internal/message/message.go": `package message

type Text struct{}

func New(format string, args ...any) Text { return Text{} }

func Errorf(format string, args ...any) error { return nil }
`,
		"room/room.go": `package room

import "pegashell/internal/message"

type env interface{ Warn(format string, args ...any) }

const end = " end"

func wrap(kind int, format string, args ...any) message.Text { return message.New(format, args...) }

func again(format string) message.Text { return wrap(1, format, 2) }

func all(e env, open string) {
	message.New("constant" + end)
	wrap(1, "wrapped %d", 3)
	again("twice wrapped %d")
	e.Warn("warned %s", open)
	number := open + end
	e.Warn(number)
	note := func(format string, args ...any) { message.New(format, args...) }
	note("noted")
	_ = message.Errorf("wrong %d", open)
}
`,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	var formats, misfits []string
	for _, use := range found.Formats {
		formats = append(formats, use.Format)
		if fault := use.Fits(); fault != "" {
			misfits = append(misfits, use.Where+": "+fault)
		}
	}
	for name, c := range map[string]struct{ got, want []string }{
		"formats": {formats, []string{"constant end", "wrapped %d", "twice wrapped %d", "warned %s", "noted", "wrong %d"}},
		"faults":  {found.Faults, []string{"room/room.go:19: the format is not a constant"}},
		"misfits": {misfits, []string{`room/room.go:22: "wrong %d" uses argument 1, string, with %d`}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
}

func TestATranslationUsesTheSameArguments(t *testing.T) {
	for _, c := range []struct{ format, translation, fault string }{
		{"%s has %d", "%[2]d of %[1]s", ""},
		{"%s has %d", "%s", "its arguments are map[1:s 2:d], those of its translation map[1:s]"},
		{"%s has %d", "%d of %s", "its arguments are map[1:s 2:d], those of its translation map[1:d 2:s]"},
		{"%[1]s is %[1]s", "%[1]s", ""},
		{"100%% of %s", "%s 的 100%%", ""},
		{"all of %s", "%s 的 100% 的", `its translation: "%s 的 100% 的" has a % that begins no verb`},
	} {
		if got := SameVerbs(c.format, c.translation); got != c.fault {
			t.Errorf("%q and %q: %q, want %q", c.format, c.translation, got, c.fault)
		}
	}
}

func TestATranslationKeepsWhatIsTyped(t *testing.T) {
	for _, c := range []struct {
		text, translation string
		lost              []string
	}{
		{"run set_meta_level blind", "请执行 set_meta_level blind", nil},
		{"run set_meta_level blind", "请设置级别", []string{"set_meta_level"}},
		{"--delete removes them, `-j` lists them", "--delete 会删除它们", []string{"`-j`"}},
		{"hosts_list of section [zookeeper] in config.ini", "hosts_list", []string{"[zookeeper]", "config.ini"}},
	} {
		if got := LostWords(c.text, c.translation); !slices.Equal(got, c.lost) {
			t.Errorf("%q and %q: lost %q, want %q", c.text, c.translation, got, c.lost)
		}
	}
}
