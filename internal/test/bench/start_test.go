package bench

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/creack/pty"
)

// BenchmarkStart measures how long a person waits for the prompt: from the start of the program,
// built as it is shipped, on a terminal, with meta servers of which one refuses and one never
// answers. The floor is a shell that prints the same in the same place.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "pegashell")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "pegashell")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections and does nothing more
	if err != nil {
		b.Fatal(err)
	}
	defer silent.Close()

	const starts = 20 // in each round; the median of all counts
	var prompt, floor []time.Duration
	for b.Loop() {
		for range starts {
			prompt = append(prompt, untilPrompt(b, program, "-m", "127.0.0.1:1,"+silent.Addr().String()))
			floor = append(floor, untilPrompt(b, "sh", "-c", "printf '>>> '; read line"))
		}
	}
	b.ReportMetric(median(prompt), "ms/prompt")
	b.ReportMetric(median(floor), "ms/floor")
	b.ReportMetric(float64(info.Size())/1e6, "MB/program")
	b.ReportMetric(0, "ns/op")
}

// untilPrompt starts a program on a terminal and returns the time until it shows the prompt.
func untilPrompt(b *testing.B, program string, args ...string) time.Duration {
	b.Helper()
	home := b.TempDir()
	cmd := exec.Command(program, args...)
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "TERM=xterm", "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home)
	began := time.Now()
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
		terminal.Close()
	}()
	var seen []byte
	for buf := make([]byte, 4096); !bytes.Contains(seen, []byte(">>> ")); {
		n, err := terminal.Read(buf)
		if err != nil {
			b.Fatalf("%s: %v behind %q", program, err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	return time.Since(began)
}

// median is that of some times, in milliseconds.
func median(times []time.Duration) float64 {
	slices.Sort(times)
	return times[len(times)/2].Seconds() * 1000
}
