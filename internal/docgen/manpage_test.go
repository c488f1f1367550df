package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"pegashell/commands"
)

func testPage() string {
	options := pflag.NewFlagSet("pegashell", pflag.ContinueOnError)
	options.StringP("file", "f", "", ".dots, 'quotes' and \\ of the `FILE` stay")
	return manPage(commands.NewRegistry(nil).Commands(), options)
}

func TestTheManPageHasEveryCommandFlagAndSection(t *testing.T) {
	page := testPage()
	for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "FILES", "ENVIRONMENT", "EXIT STATUS", "EXAMPLES", "SEE ALSO"} {
		if strings.Count(page, "\n.SH \""+section+"\"\n") != 1 {
			t.Errorf("section %s is missing, or there twice", section)
		}
	}
	for _, c := range commands.NewRegistry(nil).Commands() {
		_, about, ok := strings.Cut(page, "\n.SS \""+c.Name+"\"\n")
		if !ok {
			t.Errorf("%s is missing", c.Name)
		}
		about, _, _ = strings.Cut(about, "\n.S")
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(about, `\fB\-\-`+f.Name+`\fR`) {
				t.Errorf("%s: --%s is missing", c.Name, f.Name)
			}
		})
	}
}

// requests are the lines that may begin with a dot.
var requests = regexp.MustCompile(`^\.(\\" .*|TH( "[^"]*"){5}|(SH|SS|RS) "[^"]*"|TP|PP|RE|nf|fi|nh)$`)

func TestTheManPageIsWellFormed(t *testing.T) {
	page := testPage()
	for i, line := range strings.Split(strings.TrimSuffix(page, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "'"), line == "":
			t.Errorf("line %d is taken for a request or for a paragraph: %q", i+1, line)
		case strings.HasPrefix(line, ".") && !requests.MatchString(line):
			t.Errorf("line %d is no request of man(7): %q", i+1, line)
		case !strings.HasPrefix(line, ".") && regexp.MustCompile(`(^|[^\\])-`).MatchString(line):
			t.Errorf("line %d has a hyphen that is not escaped: %q", i+1, line)
		case strings.Count(line, `\fB`) > strings.Count(line, `\fR`)+1:
			t.Errorf("line %d has bold that does not end: %q", i+1, line)
		}
	}
	if strings.Count(page, `\fB`) != strings.Count(page, `\fR`) {
		t.Error("bold begins and ends at different numbers of places")
	}
	if !strings.Contains(page, "\n\\&.dots, \\(aqquotes\\(aq and \\e of the FILE stay.\n") {
		t.Error("a text with dots, quotes and backslashes does not stay as it is")
	}
}

func TestTheManPageMakesNoTypesetterComplain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pegashell.1")
	if err := os.WriteFile(file, []byte(testPage()), 0o644); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, tool := range [][]string{{"groff", "-man", "-Tutf8", "-ww", "-z"}, {"mandoc", "-Tlint", "-Werror"}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			continue
		}
		ran++
		if out, err := exec.Command(tool[0], append(tool[1:], file)...).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", tool[0], err, out)
		}
	}
	if ran == 0 {
		t.Skip("neither groff nor mandoc is installed")
	}
}
