package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const profile = `PeriodType: cpu nanoseconds
Samples:
samples/count cpu/nanoseconds
          3   30000000: 1 2
          1   10000000: 3 2
Locations
     1: 0x1 M=1 syscall.write /x.go:1:0 s=1
             net.(*conn).Write /y.go:2:0 s=1
     2: 0x2 M=1 pegashell/zkcopy.run /z.go:1:0 s=1
     3: 0x3 M=1 slices.Sort[go.shape.[]string] /s.go:1:0 s=1
Mappings
1: 0x1/0x2/0x0 /p
`

func TestFunctionsAreAsWideAsTheirShare(t *testing.T) {
	file := filepath.Join(t.TempDir(), "profile.txt")
	if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := run([]string{"a <b>=" + file}, &picture); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"a &lt;b&gt;: 0.04 s", "zkcopy.run 100.0%", "net.(*conn).Write 75.0%", "syscall.write 75.0%", "slices.Sort[...] 25.0%",
	} {
		if !strings.Contains(picture.String(), want) {
			t.Errorf("%q is not in\n%s", want, &picture)
		}
	}
	for d := xml.NewDecoder(&picture); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatIsNoProfileIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "empty.txt")
	if err := os.WriteFile(file, []byte("Samples:\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{nil, {file}, {"a=" + file}, {"a=" + file + ".missing"}} {
		if err := run(arguments, io.Discard); err == nil {
			t.Errorf("%q was taken", arguments)
		}
	}
}
