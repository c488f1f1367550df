package ini

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/allocated"
)

const sample = `; a comment
[apps..default]
  run = true

[meta_server]  ; behind a header
  server_list = 127.0.0.1:1,127.0.0.1:2 # two
  cluster_root=/pegasus/c=1
  token = a^#b^;c ; rest
  lone
  empty =
  placeholder = %port%
  root = %{cluster.name}
  lone = twice
[zookeeper]
	hosts_list	=	 127.0.0.1:2181	
  timeout_ms = 0x10
`

func mustParse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("config.ini", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParseReadsWhatTheServerReads(t *testing.T) {
	for name, text := range map[string]string{
		"unix":             sample,
		"dos":              strings.ReplaceAll(sample, "\n", "\r\n"),
		"no final newline": strings.TrimSuffix(sample, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			f := mustParse(t, text)
			want := map[place]string{
				{"apps..default", "run"}:       "true",
				{"meta_server", "server_list"}: "127.0.0.1:1,127.0.0.1:2", {"meta_server", "cluster_root"}: "/pegasus/c=1",
				{"meta_server", "token"}: "a#b;c", {"meta_server", "lone"}: "", {"meta_server", "empty"}: "",
				{"meta_server", "placeholder"}: "", {"meta_server", "root"}: "%{cluster.name}",
				{"zookeeper", "hosts_list"}: "127.0.0.1:2181", {"zookeeper", "timeout_ms"}: "0x10",
			}
			if diff := cmp.Diff(want, f.values()); diff != "" {
				t.Error(diff)
			}
			if string(f.Bytes()) != text {
				t.Error("Bytes differ from what was parsed")
			}
			if diff := cmp.Diff([]string{"apps..default", "meta_server", "zookeeper"}, f.Sections()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"config.ini:13: [meta_server] lone is skipped: it is already on line 9"}, f.Warnings()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseRefusesWhatTheServerRefusesAndNamesTheLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty file", "", "config.ini: the file is empty"},
		{"key before a section", "\na = 1\n", `config.ini:2: key "a" is before the first section`},
		{"word before a section", "hello", `config.ini:1: key "hello" is before the first section`},
		{"no bracket", "[a]\n[b\n", "config.ini:2: a section header without ]"},
		{"bracket in the comment", "[a ; ]\n", "config.ini:1: a section header without ]"},
		{"equals in a header", "[a] = 1\n", "config.ini:1: a section header with an equals sign"},
		{"nameless section", "[ ]\n", "config.ini:1: a section without a name"},
		{"section twice", "[a]\n[b]\n[ a ]\n", "config.ini:3: section [a] occurs twice"},
		{"value without a key", "[a]\n = 1\n", "config.ini:2: a value without a key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("config.ini", []byte(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("error = %v, want %s", err, c.want)
			}
		})
	}
}

func TestTypedValuesFallBackOnlyWhenTheKeyIsMissing(t *testing.T) {
	f := mustParse(t, "[s]\nn = 12\nhex = 0x1F\nyes = TRUE\nno = false\nbad = 1x\nminus = -1\nhuge = 9223372036854775807\nlist = a, b ,,c\n")
	check := func(what string, got, want any, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s = %v, %v; want %v", what, got, err, want)
		}
	}
	n, err := f.Int("s", "n", 7)
	check("n", n, int64(12), err)
	n, err = f.Int("s", "hex", 7)
	check("hex", n, int64(31), err)
	n, err = f.Int("other", "n", 7)
	check("missing", n, int64(7), err)
	b, err := f.Bool("s", "yes", false)
	check("yes", b, true, err)
	b, err = f.Bool("s", "no", true)
	check("no", b, false, err)
	b, err = f.Bool("s", "missing", true)
	check("missing", b, true, err)
	d, err := f.Duration("s", "n", time.Second, 0)
	check("n seconds", d, 12*time.Second, err)
	d, err = f.Duration("s", "missing", time.Second, time.Minute)
	check("missing", d, time.Minute, err)
	if diff := cmp.Diff([]string{"a", "b", "c"}, f.List("s", "list")); diff != "" {
		t.Error(diff)
	}
	for key, want := range map[string]string{
		"bad": `config.ini:6: [s] bad: "1x" is not a number`, "minus": `config.ini:7: [s] minus: "-1" is out of range`,
		"huge": `config.ini:8: [s] huge: "9223372036854775807" is out of range`,
	} {
		if _, err := f.Duration("s", key, time.Millisecond, 0); err == nil || err.Error() != want {
			t.Errorf("Duration of %s: error = %v, want %s", key, err, want)
		}
	}
	if _, err := f.Bool("s", "n", true); err == nil {
		t.Error("a number was taken for a bool")
	}
}

func TestSetChangesTheValueAndNoOtherByte(t *testing.T) {
	for _, c := range []struct{ name, before, value, after string }{
		{"longer", "[s]\n  k = old # why\nx = 1\n", "newer value", "[s]\n  k = newer value # why\nx = 1\n"},
		{"no blanks", "[s]\nk=old", "new", "[s]\nk=new"},
		{"dos", "[s]\r\nk = old\r\nx = 1\r\n", "new", "[s]\r\nk = new\r\nx = 1\r\n"},
		{"trailing blanks", "[s]\nk =\told \t; c\n", "new", "[s]\nk =\tnew \t; c\n"},
		{"to empty", "[s]\nk = old\n", "", "[s]\nk = \n"},
		{"from empty", "[s]\nk =\n", "new", "[s]\nk = new\n"},
		{"from empty with a comment", "[s]\nk = ; none\n", "new", "[s]\nk = new ; none\n"},
		{"without equals", "[s]\nk\n", "new", "[s]\nk = new\n"},
		{"placeholder", "[s]\nk = %port%\n", "new", "[s]\nk = new\n"},
		{"escapes", "[s]\nk = a^#b # c\n", "x;y^", "[s]\nk = x^;y^ # c\n"},
		{"the first of two", "[s]\nk = 1\nk = 2\n", "3", "[s]\nk = 3\nk = 2\n"},
		{"same key elsewhere", "[a]\nk = 1\n[s]\nk = 1\n", "2", "[a]\nk = 1\n[s]\nk = 2\n"},
		{"equals in the value", "[s]\nk = a=b\n", "c=d", "[s]\nk = c=d\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := mustParse(t, c.before)
			if err := f.Set("s", "k", c.value); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.after, string(f.Bytes())); diff != "" {
				t.Error(diff)
			}
			if got := f.String("s", "k", "none"); got != c.value {
				t.Errorf("reads %q, want %q", got, c.value)
			}
		})
	}
}

func TestPutAddsWhatIsMissing(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"below the last key", "[s]\n\tx = 1\n\n; about t\n[t]\ny = 2\n", "[s]\n\tx = 1\n\tk = v\n\n; about t\n[t]\ny = 2\n"},
		{"to a section without keys", "[s]\n[t]\n", "[s]\n  k = v\n[t]\n"},
		{"to a file without a final newline", "[s]\r\nx = 1", "[s]\r\nx = 1\r\nk = v\r\n"},
		{"to a new section", "[t]\nx = 1", "[t]\nx = 1\n\n[s]\n  k = v\n"},
		{"an existing key", "[s]\nk = 1\n", "[s]\nk = v\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := mustParse(t, c.before)
			if err := f.Put("s", "k", "v"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.after, string(f.Bytes())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestChangesThatTheFormatCannotExpressAreRefused(t *testing.T) {
	for _, c := range []struct{ section, key, value string }{
		{"s", "k", "two\nlines"}, {"s", "k", "v\n[t]"}, {"s", "k", " blank"}, {"s", "k", "blank\t"}, {"s", "k", "%x%"},
		{"s", "a=b", "v"}, {"s", "", "v"}, {"s", "; c", "v"}, {"s", "[k", "v"}, {"t]", "k", "v"}, {"", "k", "v"}, {"t\nx = 1\n[u", "k", "v"},
	} {
		f := mustParse(t, "[s]\nk = old\n")
		if err := f.Put(c.section, c.key, c.value); err == nil {
			t.Errorf("[%s] %s = %q was written as\n%s", c.section, c.key, c.value, f.Bytes())
		}
		if got := string(f.Bytes()); got != "[s]\nk = old\n" {
			t.Errorf("[%s] %s = %q was refused but left\n%s", c.section, c.key, c.value, got)
		}
	}
	f := mustParse(t, "[s]\nk = old\n")
	if err := f.Set("s", "other", "v"); !errors.Is(err, ErrNoKey) {
		t.Errorf("Set of a missing key: %v, want ErrNoKey", err)
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.ini")
	if _, err := Load(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error = %v, want os.ErrNotExist", err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	var syntax *SyntaxError
	if _, err := Load(path); !errors.As(err, &syntax) || syntax.File != path || syntax.Line != 1 {
		t.Errorf("error = %v, want a SyntaxError of %s, line 1", err, path)
	}
}

func FuzzSetKeepsEverythingElse(f *testing.F) {
	f.Add(sample, "new;value")
	f.Add("[a]\r\nk", "#")
	f.Add("[a]\n^;k = ^#; x", "^")
	f.Fuzz(func(t *testing.T, text, value string) {
		var file *File
		var err error
		allocated.Check(t, len(text), 512, func() { file, err = Parse("f", []byte(text)) })
		if err != nil {
			return
		}
		for p := range file.values() {
			before := file.Bytes()
			old, _ := file.Lookup(p.section, p.key)
			if err := file.Set(p.section, p.key, value); err != nil {
				if string(before) != string(file.Bytes()) {
					t.Fatalf("refused, but changed: %q", file.Bytes())
				}
				continue
			}
			if got, _ := file.Lookup(p.section, p.key); got != value {
				t.Fatalf("[%s] %s reads %q, want %q", p.section, p.key, got, value)
			}
			if err := file.Set(p.section, p.key, old); err != nil {
				t.Fatalf("cannot set the old value %q again: %v", old, err)
			}
		}
	})
}

func TestKeysAreThoseThatCount(t *testing.T) {
	f, err := Parse("config.ini", []byte("[a]\ny = 1\nx\n[b]\n[c]\nx = 1\nx = 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"a": {"y", "x"}, "b": nil, "c": {"x"}, "missing": nil}
	for section, keys := range want {
		if diff := cmp.Diff(keys, f.Keys(section)); diff != "" {
			t.Errorf("keys of [%s] (-want +got):\n%s", section, diff)
		}
	}
}
