package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/journal"
)

var update = flag.Bool("update", false, "write the golden files again")

// metas are the meta servers of the cluster in testdata.
var metas = []string{"10.0.1.1:34601", "10.0.1.2:34601"}

// example is the report of the journal in testdata.
func example(t *testing.T) *Report {
	t.Helper()
	contents, err := journal.ReadFile(filepath.Join("testdata", "copy.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("CST", 8*3600)
	return Of(contents, Options{Metas: metas, Now: time.Date(2026, 11, 26, 9, 0, 0, 0, zone), Location: zone,
		Journal: "/home/alice/.local/state/pegashell/journal.jsonl", Version: "1.2.3"})
}

func TestReportsAreAsTheGoldenFilesSay(t *testing.T) {
	r := example(t)
	for name, write := range map[string]func(io.Writer) error{"copy.html": r.WriteHTML, "copy.md": r.WriteMarkdown} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s (-want +got), -update writes it again:\n%s", name, diff)
		}
	}
}

func TestThePageNeedsNothingElseAndEscapesEverything(t *testing.T) {
	var b bytes.Buffer
	if err := example(t).WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, no := range []string{"<script", "<link", "<img", "src=", "href=", "@import", "url(", "http:", "https:", "<b>users&", "ZgotmplZ"} {
		if strings.Contains(page, no) {
			t.Errorf("the page has %q", no)
		}
	}
	page = strings.NewReplacer("<wbr>", "", `<span class="w">`, "", "</span>", "").Replace(page)
	if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") || !strings.Contains(page, "rename users &lt;b&gt;users&amp;co&lt;/b&gt;|x") {
		t.Error("what was typed is not shown as it was")
	}
}
