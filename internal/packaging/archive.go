package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// file is one in an archive, by its path there.
type file struct {
	name string
	mode int64
	data []byte
}

// shipped are the files of the source that are in every archive.
var shipped = []string{"plugins.toml", "README.md", "README.zh.md", "LICENSE", "CHANGELOG.md", "docs/*.md", "docs/zh/*.md", "docs/man/*.1"}

// texts are the files that are the same on all platforms: those of the source, and the completions,
// which the program writes.
func (r *release) texts(temp string) ([]file, error) {
	var files []file
	for _, pattern := range shipped {
		names, err := filepath.Glob(filepath.Join(r.source, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			files = append(files, file{path.Join(path.Dir(pattern), filepath.Base(name)), 0o644, data})
		}
	}
	program := filepath.Join(temp, "pegashell")
	if err := r.build(platform{runtime.GOOS, runtime.GOARCH}, program); err != nil {
		return nil, err
	}
	for _, shell := range []struct{ name, file string }{{"bash", "completions/pegashell.bash"}, {"zsh", "completions/_pegashell"}} {
		script, err := run(exec.Command(program, "--completion", shell.name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{shell.file, 0o644, script})
	}
	return files, nil
}

// licences is one text with the licences of all modules that are compiled in, which ask to be kept
// with the program.
func (r *release) licences(p platform) (file, error) {
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
	list.Dir = r.source
	list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch)
	out, err := run(list)
	if err != nil {
		return file{}, err
	}
	var text bytes.Buffer
	for _, line := range slices.Compact(slices.Sorted(strings.Lines(string(out)))) {
		module, folder, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			continue
		}
		for _, pattern := range []string{"LICENSE*", "COPYING*", "NOTICE*"} {
			names, err := filepath.Glob(filepath.Join(folder, pattern))
			if err != nil {
				return file{}, err
			}
			for _, name := range names {
				data, err := os.ReadFile(name)
				if err != nil {
					return file{}, err
				}
				fmt.Fprintf(&text, "==== %s: %s\n\n%s\n", module, filepath.Base(name), data)
			}
		}
	}
	return file{"LICENSES.modules.txt", 0o644, text.Bytes()}, nil
}

// archive packs files below a folder. Nothing but the files and the time is in it: no owner, no name
// of the archive, no order of a file system.
func archive(folder string, files []file, at time.Time) ([]byte, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: path.Join(folder, f.name), Mode: f.mode, Size: int64(len(f.data)), ModTime: at, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return compress(packed.Bytes())
}

// compress packs with gzip, without a name or a time.
func compress(data []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
