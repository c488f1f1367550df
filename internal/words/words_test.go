package words

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

// A nil want is an error.
var splitCases = map[string][]string{
	"":                          {},
	"   \t\r\n\v\f":             {},
	"ls":                        {"ls"},
	"  ls\t-d \r":               {"ls", "-d"},
	"a\vb\fc":                   {"a\vb\fc"},
	"\va":                       {"a"},
	`ls "-d"`:                   {"ls", "-d"},
	`a""`:                       {"a"},
	`""`:                        {""},
	`'' ""`:                     {"", ""},
	`a"b c"`:                    {"ab c"},
	`a'b c' d`:                  {"ab c", "d"},
	`"\n\r\t\b\a"`:              {"\n\r\t\b\a"},
	`"\x41\xfF\x00z"`:           {"A\xff\x00z"},
	`"\x4"`:                     {"x4"},
	`"\xg1"`:                    {"xg1"},
	`"\\ \" \q"`:                {`\ " q`},
	`'\' \n \\ '`:               {`' \n \\ `},
	`a\ b\n`:                    {`a\`, `b\n`},
	`"it's" 'say "x"'`:          {"it's", `say "x"`},
	"\"a\"\v\"b\"":              {"a", "b"},
	"set 表 \xc3\x28":            {"set", "表", "\xc3\x28"},
	"ls\x00 -d":                 {"ls"},
	"# a comment is no comment": {"#", "a", "comment", "is", "no", "comment"},
	`ls "-d`:                    nil,
	`ls '-d`:                    nil,
	`"a"b`:                      nil,
	`'a'b`:                      nil,
	`"a"'b'`:                    nil,
	`"a\`:                       nil,
	`"a\"`:                      nil,
	`'a\'`:                      nil,
	"\"a\x00\"":                 nil,
}

func TestSplitFollowsTheOriginalShell(t *testing.T) {
	for line, want := range splitCases {
		got, err := Split(line)
		if (err != nil) != (want == nil) {
			t.Errorf("Split(%q) = %q, %v", line, got, err)
			continue
		}
		if diff := cmp.Diff(want, append([]string{}, got...)); want != nil && diff != "" {
			t.Errorf("Split(%q) (-want +got):\n%s", line, diff)
		}
	}
}

// quote writes words as a line that Split must read back.
func quote(words []string) string {
	var line strings.Builder
	for _, word := range words {
		line.WriteByte('"')
		for i := range len(word) {
			line.WriteString(`\x`)
			line.WriteByte("0123456789abcdef"[word[i]>>4])
			line.WriteByte("0123456789ABCDEF"[word[i]&15])
		}
		line.WriteString("\" ")
	}
	return line.String()
}

func FuzzSplitReadsBackWhatIsQuoted(f *testing.F) {
	for line := range splitCases {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var words []string
		var err error
		allocated.Check(t, len(line), 256, func() { words, err = Split(line) })
		if err != nil {
			return
		}
		again, err := Split(quote(words))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(words, again); diff != "" {
			t.Errorf("words of %q (-first +again):\n%s", line, diff)
		}
	})
}

func TestABackslashAtTheEndContinuesALine(t *testing.T) {
	for line, want := range map[string]string{`a \`: `a `, `\`: ``, `a\\\`: `a\\`, `a`: ``, `a\\`: ``, `a \ `: ``, ``: ``,
		`# see C:\x\`: ``, ` #it's \`: ``, `a # b\`: `a # b`, `"#" \`: `"#" `} {
		begun, ok := Continued(line)
		if continued := want != "" || line == `\`; ok != continued || ok && begun != want || !ok && begun != line {
			t.Errorf("%q: %q, %t", line, begun, ok)
		}
	}
}

func TestSignsThatJoinNoCommandsAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"ls && nodes": "&&", "ls ; nodes": ";", "a || b": "||", "a &": "&", "ls": "", "echo ';' \"&&\"": "", "# ls ; nodes": "",
		"ls | grep a ; true": "", "set_app_envs k a;b": "",
		"ls; nodes": ";", "ls;nodes": ";", "ls&&nodes": "&&", "ls&": "&", "ls||nodes": "||", "drop x;": ";", "drop x; ls": ";", "drop 'x;' ls": "",
		"set_app_envs k a&&b&": "", "'ls;' nodes": "", "ls > a;": "", "echo 'a": "",
	} {
		if got := Joiner(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
