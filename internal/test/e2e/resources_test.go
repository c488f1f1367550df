package e2e

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
)

var scriptMiB = flag.Int("script-mib", 32, "length of the script that must not be held in memory, in MiB")

// scripted is a program that gets its script line by line.
type scripted struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	pipe   io.Closer // of out
	out    *bufio.Reader
	errors bytes.Buffer
	marks  int
}

func startScripted(t *testing.T) *scripted {
	t.Helper()
	zktest.NeedsServer(t) // nothing is built for short tests
	meta := metatest.Start(t, shelltest.Leads("one", "127.0.0.1:1"))
	dir := t.TempDir()
	p := &scripted{t: t, cmd: exec.CommandContext(t.Context(), filepath.Join(bin, "pegashell"), "-m", meta.Address)}
	p.cmd.Dir, p.cmd.Env = dir, append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir, "GOTRACEBACK=all")
	p.cmd.Stderr = &p.errors
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.pipe, p.out = in, out, bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// reached waits until all lines that were written are carried out, which must go on meanwhile.
func (p *scripted) reached(write func(in io.Writer) error) {
	p.t.Helper()
	p.marks++
	mark := fmt.Sprintf("mark %d", p.marks)
	written := make(chan error, 1)
	go func() {
		in := bufio.NewWriterSize(p.in, 64<<10)
		err := write(in)
		if err == nil {
			_, err = fmt.Fprintf(in, "echo %s\n", mark)
		}
		if err == nil {
			err = in.Flush()
		}
		written <- err
	}()
	for {
		line, err := p.out.ReadString('\n')
		if err != nil {
			p.t.Fatalf("%v before %s; errors:\n%s", err, mark, &p.errors)
		}
		if line == mark+"\n" {
			break
		}
	}
	if err := <-written; err != nil {
		p.t.Fatal(err)
	}
}

// holds is the memory that is resident, in KiB, and the descriptors that are open.
func (p *scripted) holds() (kib, descriptors int) {
	p.t.Helper()
	kib = p.status("VmRSS:")
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	if err != nil {
		p.t.Skip(err)
	}
	return kib, len(open)
}

func (p *scripted) status(key string) (kib int) {
	p.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Skip(err)
	}
	_, rest, _ := strings.Cut(string(status), key)
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		p.t.Fatal(err)
	}
	return kib
}

// goroutines ends the program and returns how many goroutines it had.
func (p *scripted) goroutines() int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGABRT); err != nil {
		p.t.Fatal(err)
	}
	io.Copy(io.Discard, p.out)
	p.cmd.Wait()
	n := strings.Count(p.errors.String(), "\ngoroutine ")
	if n == 0 {
		p.t.Fatalf("no goroutines in\n%s", &p.errors)
	}
	return n
}

func TestTenThousandCommandsLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	zookeeper := fakezk.Start(t, fakezk.Script{Znodes: map[string]fakezk.Znode{"/": {}, "/a": {}}})
	p := startScripted(t)
	round := strings.Repeat("cluster_info\nls -z\nhelp\nversion\ncluster_info > /dev/null\nno_such_command\necho a\nhelp ls\nget_meta_level\n", 11) +
		"zk_ls " + zookeeper.Addr() + "/\n"
	const rounds = 100
	carryOut := func(from, to int) (kib, descriptors int) {
		p.reached(func(in io.Writer) (err error) {
			for n := from; n < to && err == nil; n++ {
				_, err = io.WriteString(in, round)
			}
			return err
		})
		return p.holds()
	}
	kib, descriptors := carryOut(0, rounds/5)
	kibLater, descriptorsLater := carryOut(rounds/5, rounds)
	goroutines := p.goroutines()
	t.Logf("%d KiB, later %d; %d descriptors, later %d; %d goroutines", kib, kibLater, descriptors, descriptorsLater, goroutines)
	if kibLater > kib+8<<10 || descriptorsLater > descriptors+2 || goroutines > 50 {
		t.Errorf("it grew from %d to %d KiB and from %d to %d descriptors, and has %d goroutines", kib, kibLater, descriptors, descriptorsLater, goroutines)
	}
}

func TestAScriptOfAnyLengthIsNotHeldInMemory(t *testing.T) {
	t.Parallel()
	p := startScripted(t)
	line := []byte("echo " + strings.Repeat("x", 16<<10) + "\n")
	read := func(mib int) (peakKiB int) {
		p.reached(func(in io.Writer) (err error) {
			for n := 0; n < mib<<20 && err == nil; n += len(line) {
				_, err = in.Write(line)
			}
			return err
		})
		return p.status("VmHWM:")
	}
	few := read(*scriptMiB / 8)
	all := read(*scriptMiB - *scriptMiB/8)
	t.Logf("%d KiB, later %d", few, all)
	if all > few+few/2 {
		t.Errorf("%d KiB after %d MiB, %d KiB after %d MiB", few, *scriptMiB/8, all, *scriptMiB)
	}
	p.in.Close()
	io.Copy(io.Discard, p.out)
	if err := p.cmd.Wait(); err != nil || p.errors.Len() > 0 {
		t.Errorf("%v, errors %q", err, &p.errors)
	}
}

// manyChildren are more than anybody's list has.
const manyChildren = 200_000

func TestAReaderThatStopsEndsAListingQuietly(t *testing.T) {
	t.Parallel()
	znodes := map[string]fakezk.Znode{"/": {}}
	for n := range manyChildren {
		znodes[fmt.Sprintf("/child-%06d", n)] = fakezk.Znode{}
	}
	var mu sync.Mutex
	known := map[int32]fakezk.Answer{} // by operation: finding all children takes a while
	zookeeper := fakezk.Start(t, fakezk.Script{Znodes: znodes, Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		mu.Lock()
		defer mu.Unlock()
		if r.Path != "/" {
			return s.Usual(r)
		}
		if _, ok := known[r.Op]; !ok {
			known[r.Op] = s.Usual(r)
		}
		return known[r.Op]
	}})
	p := startScripted(t)
	p.reached(func(in io.Writer) error {
		_, err := fmt.Fprintf(in, "zk_ls %s/\n", zookeeper.Addr())
		return err
	})
	// The names once, and the room for as much garbage.
	if peak := p.status("VmHWM:"); peak > 80<<10 {
		t.Errorf("a list of %d children took %d KiB", manyChildren, peak)
	} else {
		t.Logf("%d KiB", peak)
	}
	fmt.Fprintf(p.in, "zk_ls %s/ | head -1\necho after\nzk_ls %[1]s/\necho never\n", zookeeper.Addr())
	for _, want := range []string{"child-000000\n", "after\n", "child-000000\n"} {
		if line, err := p.out.ReadString('\n'); line != want {
			t.Fatalf("%q, want %q, %v", line, want, err)
		}
	}
	p.pipe.Close()
	p.in.Close()
	p.cmd.Wait()
	if p.errors.Len() > 0 {
		t.Errorf("errors %q", &p.errors)
	}
}
