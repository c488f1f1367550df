package report

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pegashell/internal/journal"
)

// browsers are names of programs that show the page as a person sees it.
var browsers = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"}

// inBrowser runs a headless browser on a file and returns what it printed.
func inBrowser(t *testing.T, file string, args ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	program := ""
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Fatal("no chromium was found: make deps installs chromium-headless-shell")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, program, append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + home,
	}, append(args, "file://"+file)...)...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, &said)
	}
	return string(out)
}

// pageFile writes a report to a file, with more at the end of its body.
func pageFile(t *testing.T, r *Report, more string) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.html")
	text := strings.Replace(b.String(), "</body>", more+"</body>", 1)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// large is a report with long words and many steps.
func large(t *testing.T) *Report {
	t.Helper()
	long := strings.Repeat("x", 700)
	contents := journal.Contents{}
	for i := range 30 {
		at := time.Date(2026, 1, 2, 3, i, 0, 0, time.UTC)
		contents.Records = append(contents.Records, journal.Record{Ended: at.Add(time.Second), Entry: journal.Entry{
			ID: fmt.Sprint(i), Kind: journal.After, Time: at, User: fmt.Sprintf("user%d%s", i%5, long[:60*(i%2)]), Host: "h", Metas: metas,
			Cluster: long, Command: "x", Line: "zk_copy -t " + long, Outcome: journal.Failed, Error: "no " + long, Guard: long[:90],
			Facts: map[string]any{"source": long, long[:50]: i, "target": long}, Overridden: []string{long[:100]},
		}})
	}
	contents.Records = append(contents.Records, journal.Record{Entry: journal.Entry{
		ID: "seen", Kind: journal.Sight, Time: time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC), Metas: metas,
		Seen: &journal.Seen{Leader: long, Hosts: long, Root: "/" + long, Level: "steady", Leaders: 1},
	}})
	return Of(contents, Options{Metas: metas, Journal: "/" + long, Now: time.Date(2026, 1, 2, 5, 0, 0, 0, time.UTC)})
}

// measure lists what is wider than the window, and how wide that is.
const measure = `<script>
const wide = [];
for (const e of document.querySelectorAll("body *")) {
  if (e.closest("svg") && e.tagName !== "svg" || e.tagName === "SCRIPT" || e.tagName === "WBR") continue;
  const r = e.getBoundingClientRect();
  if (r.right > innerWidth + 0.5 || r.left < -0.5) wide.push(e.tagName + "." + e.className + " from " + r.left + " to " + r.right);
}
const measured = document.createElement("p");
measured.id = "measured";
measured.textContent = "window " + innerWidth + ", page " + document.documentElement.scrollWidth + ", wider: " + wide.slice(0, 5).join("; ") + ".";
document.body.append(measured);
</script>`

var measured = regexp.MustCompile(`<p id="measured">([^<]*)</p>`)

func TestNothingIsWiderThanTheWindow(t *testing.T) {
	for name, r := range map[string]*Report{"example": example(t), "large": large(t)} {
		file := pageFile(t, r, measure)
		for _, width := range []int{1280, 800, 500} {
			found := measured.FindStringSubmatch(inBrowser(t, file, fmt.Sprintf("--window-size=%d,900", width), "--dump-dom"))
			want := fmt.Sprintf("window %d, page %d, wider: .", width, width)
			if found == nil || found[1] != want {
				t.Errorf("%s: %q, want %q", name, found, want)
			}
		}
	}
}

func TestTheMarginsOfTheWindowStayEmpty(t *testing.T) {
	light, dark := color.RGBA{0xff, 0xff, 0xff, 0xff}, color.RGBA{0x14, 0x18, 0x1c, 0xff}
	file := pageFile(t, example(t), "")
	for name, c := range map[string]struct {
		width  int
		scheme string
		ground color.RGBA
	}{
		"a wide window":        {1280, "1", light},
		"a narrow window":      {800, "1", light},
		"a window in the dark": {1280, "0", dark},
	} {
		shot := filepath.Join(t.TempDir(), "shot.png")
		inBrowser(t, file, fmt.Sprintf("--window-size=%d,1400", c.width), "--blink-settings=preferredColorScheme="+c.scheme, "--screenshot="+shot)
		picture := decoded(t, shot)
		if w := picture.Bounds().Dx(); w != c.width {
			t.Errorf("%s: the picture is %d wide", name, w)
		}
		inked := 0
		for y := range picture.Bounds().Dy() {
			for x := range c.width {
				if rgba := color.RGBAModel.Convert(picture.At(x, y)); rgba == c.ground {
					continue
				}
				inked++
				if x < 10 || x >= c.width-10 {
					t.Fatalf("%s: the margin has something at %d, %d: %v", name, x, y, picture.At(x, y))
				}
			}
		}
		if inked < 20_000 {
			t.Errorf("%s: only %d dots differ from the ground", name, inked)
		}
	}
}

func decoded(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestItPrintsOnPagesOfA4(t *testing.T) {
	for name, c := range map[string]struct {
		report      *Report
		least, most int
	}{"example": {example(t), 2, 4}, "large": {large(t), 5, 60}} {
		pdf := filepath.Join(t.TempDir(), "report.pdf")
		inBrowser(t, pageFile(t, c.report, ""), "--no-pdf-header-footer", "--print-to-pdf="+pdf)
		printed, err := os.ReadFile(pdf)
		if err != nil {
			t.Fatal(err)
		}
		pages := regexp.MustCompile(`/Type /Page\b`).FindAll(printed, -1)
		a4 := regexp.MustCompile(`/MediaBox \[0 0 59[45]\S* 84[12]\S*\]`).FindAll(printed, -1)
		if n := len(pages); n < c.least || n > c.most || len(a4) != n {
			t.Errorf("%s: %d pages, %d of them of A4; want %d to %d", name, n, len(a4), c.least, c.most)
		}
	}
}
