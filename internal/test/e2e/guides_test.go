package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/freeport"
	"pegashell/internal/test/zktest"
	"pegashell/internal/transcript"
)

var writeGuides = flag.Bool("guides", false, "write the screens of the guides again, instead of comparing them")

// A guide is a page whose screens are carried out, in their order, on a cluster of its own: the lines that
// the page has typed are typed, with the addresses of that cluster for those of the page, and what is
// printed must be what the page shows. `make guides` writes them again.
func TestTheGuidesShowWhatIsPrinted(t *testing.T) {
	zktest.NeedsServer(t)
	for _, name := range []string{
		"docs/migration-by-copy.md", "docs/migration-by-recovery.md",
		"docs/zh/migration-by-copy.md", "docs/zh/migration-by-recovery.md",
	} {
		t.Run(strings.TrimSuffix(strings.ReplaceAll(name, "/", "_"), ".md"), func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("..", "..", "..", filepath.FromSlash(name))
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			pieces, err := transcript.Pieces(string(text))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			g := newGuide(t, pieces)
			for turn := 1; turn <= 9; turn++ {
				for i, p := range pieces {
					if p.Turn == turn {
						if err := g.perform(&pieces[i]); err != nil {
							t.Fatalf("%s:%d: %v", name, p.Line, err)
						}
						if !*writeGuides && transcript.Words(p.Text) != transcript.Words(pieces[i].Text) {
							t.Errorf("%s:%d: the screen is out of date; write it again with make guides and review the difference (-page +printed):\n%s",
								name, p.Line, cmp.Diff(strings.Split(p.Text, "\n"), strings.Split(pieces[i].Text, "\n")))
						}
					}
				}
			}
			if *writeGuides {
				if err := os.WriteFile(file, []byte(transcript.Join(pieces)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// guide is the cluster of a page, and how the page names it.
type guide struct {
	dir          string            // where the shell runs
	real, shown  *strings.Replacer // from the names of the page to those of the cluster, and back
	environment  []string
	instance     map[string]string // by address: the number of a meta server
	firstOfMetas string
}

// guideMembers are the servers of the cluster, as the pages name them, in the order of their ports.
var guideMembers = []string{
	"10.0.0.11:34601", "10.0.0.12:34601", "10.0.0.13:34601",
	"10.0.0.21:34801", "10.0.0.22:34801", "10.0.0.23:34801",
	"10.0.0.101:2181", "10.0.0.201:2181", // as long as 127.0.0.1 with its port, so that tables keep their widths
}

// guideTool is the site's tool that starts and stops meta servers.
const guideTool = `#!/bin/sh
exec onebox "$1" -m "${2#meta}" --dir "$GUIDE_BOX"
`

func newGuide(t *testing.T, pieces []transcript.Piece) *guide {
	t.Helper()
	dir := t.TempDir()
	box := filepath.Join(dir, "box")
	addresses := startGuideBox(t, box)
	if err := os.WriteFile(filepath.Join(dir, "meta_service.sh"), []byte(guideTool), 0o755); err != nil {
		t.Fatal(err)
	}
	real, shown := []string{"/mnt/pegasus/", box + "/"}, []string{box + "/", "/mnt/pegasus/", dir + "/", ""}
	for i, name := range guideMembers {
		real, shown = append(real, name, addresses[i]), append(shown, addresses[i], name)
	}
	g := &guide{
		dir: dir, real: strings.NewReplacer(real...), shown: strings.NewReplacer(shown...),
		instance: map[string]string{addresses[0]: "1", addresses[1]: "2", addresses[2]: "3"}, firstOfMetas: addresses[0],
	}
	g.environment = append(os.Environ(), "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir, "TZ=UTC", "LC_ALL=C", "GUIDE_BOX="+box,
		"PATH="+strings.Join([]string{dir, bin, os.Getenv("PATH")}, string(os.PathListSeparator)))
	for _, p := range pieces {
		if p.Kind == transcript.File {
			if err := os.WriteFile(filepath.Join(dir, p.Name), []byte(g.real.Replace(p.Text)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return g
}

// startGuideBox starts the cluster on ports in the order of its servers, and returns the addresses.
func startGuideBox(t *testing.T, box string) []string {
	t.Helper()
	t.Cleanup(func() { clearBox(t, box) })
	offsets := []int{1, 2, 3, 201, 202, 203, 401, 402}
	var out string
	for range 20 {
		base := 32000 + 4*rand.IntN(80) // above the ports that other tests pick, below those of outgoing connections
		if slices.ContainsFunc(offsets, func(n int) bool { return !freeport.Free(base + n) }) {
			continue
		}
		var err error
		if out, err = oneboxOutput("start", "--dir", box, "--base_port", fmt.Sprint(base), "--meta_count", "3", "--replica_count", "3", "--zk_count", "2",
			"--cluster_name", "production", "--cluster_root", "/pegasus/production"); err == nil {
			var addresses []string
			for _, n := range offsets {
				addresses = append(addresses, fmt.Sprintf("127.0.0.1:%d", base+n))
			}
			return addresses
		}
		clearBox(t, box)
	}
	t.Fatalf("start the onebox: %s", out)
	return nil
}

// perform carries out a screen or an action; the screen then has what was printed.
func (g *guide) perform(p *transcript.Piece) error {
	switch p.Kind {
	case transcript.Screen:
		var b strings.Builder
		for _, line := range p.Typed() {
			fmt.Fprintf(&b, "%s\n%s", line, g.printed(line))
		}
		p.Text = b.String()
	case transcript.Action:
		return g.act(p.Text)
	}
	return nil
}

// printed is what a typed line prints, with the names of the page.
func (g *guide) printed(line string) string {
	var out string
	if command, ok := strings.CutPrefix(line, transcript.HostPrompt); ok {
		out = g.run("sh", "", "-c", g.real.Replace(command))
	} else {
		out = g.typed(strings.TrimPrefix(line, transcript.ShellPrompt))
	}
	out = strings.TrimRight(transcript.Steady(g.shown.Replace(out)), "\n")
	if out == "" {
		return ""
	}
	return out + "\n"
}

// typed is what a line prints in the shell, standard output and error as a terminal shows them, without
// the banner.
func (g *guide) typed(line string) string {
	out := g.run("pegashell", g.real.Replace(line)+"\n", "-c", "plugins.toml", "-n", "production")
	if lines := strings.SplitAfterN(out, "\n", 8); len(lines) == 8 {
		return lines[7]
	}
	return out
}

// run is what a program prints; a failure is what it prints too.
func (g *guide) run(program, input string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), waitTime)
	defer cancel()
	if program != "sh" {
		program = filepath.Join(bin, program)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = g.dir, g.environment, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return err.Error()
	}
	return string(out)
}

// act carries out an action: `type LINE` in the shell, `run LINE` outside of it, `wait LINE => TEXT` types
// a line until it prints the text, `wait LINE => TEXT x3` three times, `lead` makes the first meta server the leader.
func (g *guide) act(action string) error {
	verb, rest, _ := strings.Cut(action, " ")
	switch verb {
	case "type":
		g.typed(rest)
		return nil
	case "run":
		g.run("sh", "", "-c", g.real.Replace(rest))
		return nil
	case "wait":
		line, text, _ := strings.Cut(rest, " => ")
		times := 1
		if head, n, found := strings.Cut(text, " x"); found && len(n) == 1 {
			text, times = head, int(n[0]-'0')
		}
		return g.until(func() string { return g.typed(line) }, g.real.Replace(text), times)
	case "lead":
		return g.until(func() string {
			out := g.typed("cluster_info")
			for address, number := range g.instance {
				if address != g.firstOfMetas && strings.Contains(out, "primary_meta_server           : "+address) {
					g.run("onebox", "", "restart", "-m", number, "--dir", filepath.Join(g.dir, "box"))
				}
			}
			return out
		}, "primary_meta_server           : "+g.firstOfMetas, 1)
	}
	return fmt.Errorf("there is no action %q", verb)
}

func (g *guide) until(look func() string, text string, times int) error {
	for deadline := time.Now().Add(waitTime); ; {
		out := look()
		if strings.Count(out, text) >= times {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%q was not printed within %v; last:\n%s", text, waitTime, out)
		}
	}
}
