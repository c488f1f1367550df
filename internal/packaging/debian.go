package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// modules lists what was compiled into a program, with the licences (CycloneDX).
func (r *release) modules(program string) ([]byte, error) {
	out, err := run(r.tool("cyclonedx-gomod", "bin", "-json", "-licenses", "-assert-licenses", "-std", "-noserial", "-notimestamp", "-version", r.version, program))
	if err != nil {
		return nil, err
	}
	var list map[string]any
	if err := json.Unmarshal(out, &list); err != nil {
		return nil, fmt.Errorf("cyclonedx-gomod: %w", err)
	}
	if metadata, ok := list["metadata"].(map[string]any); ok {
		delete(metadata, "tools") // its checksum of itself differs from machine to machine
	}
	return json.MarshalIndent(list, "", "  ")
}

func (r *release) tool(name string, args ...string) *exec.Cmd {
	words := append(append([]string{}, r.tools...), name)
	return exec.Command(words[0], append(words[1:], args...)...)
}

// debianPlaces are where the files of an archive are in a Debian package; what is not listed is a
// document. The program looks for its manifest beside itself; an administrator's is below /etc.
var debianPlaces = map[string]string{
	"pegashell":                  "/usr/lib/pegashell/pegashell",
	"plugins.toml":               "/etc/pegashell/plugins.toml",
	"docs/man/pegashell.1":       "/usr/share/man/man1/pegashell.1.gz",
	"completions/pegashell.bash": "/usr/share/bash-completion/completions/pegashell",
	"completions/_pegashell":     "/usr/share/zsh/vendor-completions/_pegashell",
	"LICENSE":                    "/usr/share/doc/pegashell/copyright",
}

// content is an entry of nfpm's configuration, which is YAML; JSON is YAML too.
type content struct {
	Source      string   `json:"src"`
	Destination string   `json:"dst"`
	Type        string   `json:"type,omitempty"`
	Info        fileInfo `json:"file_info"`
}

type fileInfo struct {
	Mode  int64     `json:"mode,omitempty"`
	Mtime time.Time `json:"mtime"`
}

// writeDebian writes the Debian package of a platform.
func (r *release) writeDebian(p platform, temp string, files []file) error {
	at := fileInfo{Mtime: r.at}
	contents := []content{
		{"/usr/lib/pegashell/pegashell", "/usr/bin/pegashell", "symlink", at},
		{"/etc/pegashell/plugins.toml", "/usr/lib/pegashell/plugins.toml", "symlink", at},
	}
	for _, f := range files {
		place, known := debianPlaces[f.name]
		if !known {
			place = path.Join("/usr/share/doc/pegashell", f.name)
		}
		if strings.HasSuffix(place, ".gz") { // as Debian wants man pages
			var err error
			if f.data, err = compress(f.data); err != nil {
				return err
			}
		}
		source := filepath.Join(temp, "debian", filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(source), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(source, f.data, os.FileMode(f.mode)); err != nil {
			return err
		}
		c := content{source, place, "", fileInfo{f.mode, r.at}}
		if strings.HasPrefix(place, "/etc/") {
			c.Type = "config|noreplace"
		}
		contents = append(contents, c)
	}
	version := debianVersion(r.version)
	config, err := json.Marshal(map[string]any{
		"name": "pegashell", "arch": p.arch, "platform": "linux", "version": version, "version_schema": "none", "section": "admin",
		"maintainer": "The developers of pegashell", "license": "Apache-2.0", "mtime": r.at, "contents": contents,
		"description": "shell for Apache Pegasus clusters\nIt looks and behaves like the Pegasus shell, and moves a cluster's metadata\nfrom one ZooKeeper to another.",
	})
	if err != nil {
		return err
	}
	yaml := filepath.Join(temp, "nfpm.yaml")
	if err := os.WriteFile(yaml, config, 0o644); err != nil {
		return err
	}
	to := filepath.Join(r.out, fmt.Sprintf("pegashell_%s_%s.deb", version, p.arch))
	_, err = run(r.tool("nfpm", "package", "--config", yaml, "--packager", "deb", "--target", to))
	return err
}

// notDebian are characters that a version in Debian does not have.
var notDebian = regexp.MustCompile(`[^A-Za-z0-9.+~]+`)

// debianVersion is a version in Debian's form, which begins with a digit: v1.2.3-4-gabc is 1.2.3+4.gabc,
// and a commit alone comes before every version.
func debianVersion(version string) string {
	base, more, found := strings.Cut(strings.TrimPrefix(version, "v"), "-")
	if base == "" || base[0] < '0' || base[0] > '9' || !strings.Contains(base, ".") {
		return "0~" + notDebian.ReplaceAllString(version, ".")
	}
	if !found {
		return base
	}
	return base + "+" + notDebian.ReplaceAllString(more, ".")
}
