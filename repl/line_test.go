package repl

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/words"
)

func TestALineTellsWhereItsOutputGoes(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for text, want := range map[string]line{
		"ls -d":                            {words: []string{"ls", "-d"}},
		"ls | less":                        {words: []string{"ls"}, to: toProgram, program: "less"},
		"ls |":                             {words: []string{"ls"}, to: toProgram},
		"ls | grep 'it''s' | wc -l > n":    {words: []string{"ls"}, to: toProgram, program: "grep 'it''s' | wc -l > n"},
		"ls |\tgrep \"unbalanced":          {words: []string{"ls"}, to: toProgram, program: "grep \"unbalanced"},
		"ls > f":                           {words: []string{"ls"}, to: toFile, file: "f"},
		"ls -a >> \"a b\"  ":               {words: []string{"ls", "-a"}, to: toEnd, file: "a b"},
		"ls > ~/f":                         {words: []string{"ls"}, to: toFile, file: "/home/me/f"},
		"ls > '~/f'":                       {words: []string{"ls"}, to: toFile, file: "~/f"},
		"ls > ~f":                          {words: []string{"ls"}, to: toFile, file: "~f"},
		"ls > |":                           {words: []string{"ls"}, to: toFile, file: "|"},
		"set_app_envs a b>c d|e >f |g":     {words: []string{"set_app_envs", "a", "b>c", "d|e", ">f", "|g"}},
		"echo '|' \"less\" '>' f '' \">\"": {words: []string{"echo", "|", "less", ">", "f", "", ">"}},
		"echo || x >>> y":                  {words: []string{"echo", "||", "x", ">>>", "y"}},
		"# ls | less":                      {},
		"  #ls 'unbalanced":                {},
		"ls # x":                           {words: []string{"ls", "#", "x"}},
		"'#'":                              {words: []string{"#"}},
		"":                                 {},
		" \t ":                             {},
		"\x00ls":                           {},
		"ls\x00 | x":                       {words: []string{"ls"}},
	} {
		got, err := parseLine(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestALineWithoutSenseIsRefused(t *testing.T) {
	for text, want := range map[string]error{
		"| less":     errNoCommand,
		"> f":        errNoCommand,
		"ls >":       errFileName,
		"ls >> \t":   errFileName,
		"ls > ''":    errFileName,
		"ls > a b":   errFileName,
		"ls > a | b": errFileName,
		"ls > 'a":    words.ErrQuotes,
		"'ls | less": words.ErrQuotes,
		"ls 'a'b |":  words.ErrQuotes,
	} {
		if got, err := parseLine(text); err != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add("ls -d | grep 'x' > y")
	f.Add("ls >> \"~/f\"")
	f.Fuzz(func(t *testing.T, text string) {
		split, err := words.Split(text)
		l, lineErr := parseLine(text)
		if lineErr == nil && l.to == toShell && len(l.words) > 0 {
			if diff := cmp.Diff(split, l.words); err != nil || diff != "" {
				t.Errorf("a line without signs is not what the original takes it for: %v\n%s", err, diff)
			}
		}
	})
}
