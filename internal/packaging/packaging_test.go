package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// copySource copies the source without its tests to a folder.
func copySource(t *testing.T, to string) {
	t.Helper()
	top := filepath.Join("..", "..")
	err := filepath.WalkDir(top, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && (name == "testdata" || name == "bin" || name == "onebox.d" || strings.HasPrefix(name, ".") && rel != "."):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case strings.HasSuffix(name, "_test.go") || !entry.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// written makes a release for this machine and returns its files by name.
func written(t *testing.T) map[string][]byte {
	t.Helper()
	r := release{
		source: t.TempDir(), out: filepath.Join(t.TempDir(), "dist"), version: "v1.2.3",
		platforms: []platform{{runtime.GOOS, runtime.GOARCH}}, at: time.Unix(1_700_000_000, 0),
	}
	copySource(t, r.source)
	if err := r.write(); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	names, err := os.ReadDir(r.out)
	for _, name := range names {
		var data []byte
		data, err = os.ReadFile(filepath.Join(r.out, name.Name()))
		files[name.Name()] = data
	}
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestTwoFoldersGiveTheSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the program twice")
	}
	one, other := written(t), written(t)
	name := "pegashell-v1.2.3-" + runtime.GOOS + "-" + runtime.GOARCH
	if len(one) != 2 || !bytes.Equal(one[name+".tar.gz"], other[name+".tar.gz"]) || !bytes.Equal(one["SHA256SUMS"], other["SHA256SUMS"]) {
		t.Errorf("%s differs, or is not all that was written", name)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(one[name+".tar.gz"]))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(unpacked); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
		if header.Name != name+"/pegashell" {
			continue
		}
		program := filepath.Join(t.TempDir(), "pegashell")
		data, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(program, data, os.FileMode(header.Mode))
		}
		if err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(program, "--version").Output(); err != nil || string(out) != "pegashell v1.2.3\n" {
			t.Errorf("the program prints %q, %v", out, err)
		}
	}
	for _, want := range []string{"plugins.toml", "LICENSE", "LICENSES.modules.txt", "docs/man/pegashell.1", "docs/zh/migration-by-copy.md", "completions/pegashell.bash", "completions/_pegashell"} {
		if !slices.Contains(names, name+"/"+want) {
			t.Errorf("the archive has no %s", want)
		}
	}
}

func TestAReleaseIsNotMixedWithAnother(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "pegashell_1.0_amd64.deb"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (&release{source: ".", out: out}).write(); err == nil || !strings.Contains(err.Error(), "folder without files") {
		t.Errorf("error %v", err)
	}
}

func TestVersionsInDebiansForm(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2": "1.2", "v1.2.3-4-gabc1234": "1.2.3+4.gabc1234", "v1.2.3-rc1-dirty": "1.2.3+rc1.dirty",
		"10d4a07c": "0~10d4a07c", "abc1234-dirty": "0~abc1234.dirty", "dev": "0~dev",
	} {
		if diff := cmp.Diff(want, debianVersion(version)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
	}
}
