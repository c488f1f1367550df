// Command packaging writes a release: for each platform an archive with the program, its manifest,
// documents, man page and completions, the list of what was compiled in (CycloneDX), Debian packages,
// and the checksums of all. Run by make release. The same source gives the same bytes in every folder.
package main

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"pegashell/internal/atomicfile"
)

// platform is an operating system and a processor in Go's words.
type platform struct{ os, arch string }

// platforms are those of a release.
var platforms = []platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}}

// release is what is written, and from what.
type release struct {
	source, out string
	version     string
	platforms   []platform
	// at is the time of all files.
	at time.Time
	// tools runs the programs of the release by their names; empty leaves out what they make.
	tools []string
}

func main() {
	var r release
	tools := ""
	flag.StringVar(&r.source, "source", ".", "the `folder` with the source")
	flag.StringVar(&r.out, "out", "dist", "the `folder` to write to; it must not have files")
	flag.StringVar(&r.version, "version", "dev", "the `version` of the program")
	flag.StringVar(&tools, "tools", "", "the `command` that runs nfpm and cyclonedx-gomod; without it there are no Debian packages and no lists of modules")
	flag.Parse()
	r.platforms, r.tools = platforms, strings.Fields(tools)
	err := r.date()
	if err == nil {
		err = r.write()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(1)
	}
}

// date takes the time of all files from SOURCE_DATE_EPOCH, seconds since 1970, or from the last commit.
func (r *release) date() error {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		git := exec.Command("git", "log", "-1", "--format=%ct")
		git.Dir = r.source
		out, err := git.Output()
		if err != nil {
			return fmt.Errorf("the time of the last commit: %w; set SOURCE_DATE_EPOCH where there is no git", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %q is no number of seconds", text)
	}
	r.at = time.Unix(seconds, 0).UTC()
	return nil
}

// write writes everything.
func (r *release) write() error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	if there, err := os.ReadDir(r.out); err != nil || len(there) > 0 {
		return fmt.Errorf("%s must be a folder without files (%v)", r.out, err)
	}
	temp, err := os.MkdirTemp("", "pegashell-release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	texts, err := r.texts(temp)
	if err != nil {
		return err
	}
	for _, p := range r.platforms {
		if err := r.writePlatform(p, filepath.Join(temp, p.os+"-"+p.arch), texts); err != nil {
			return fmt.Errorf("%s/%s: %w", p.os, p.arch, err)
		}
	}
	return r.writeSums()
}

func (r *release) writePlatform(p platform, temp string, texts []file) error {
	program := filepath.Join(temp, "pegashell")
	if err := r.build(p, program); err != nil {
		return err
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	licences, err := r.licences(p)
	if err != nil {
		return err
	}
	files := append([]file{{"pegashell", 0o755, binary}, licences}, texts...)
	name := fmt.Sprintf("pegashell-%s-%s-%s", r.version, p.os, p.arch)
	if len(r.tools) > 0 {
		modules, err := r.modules(program)
		if err != nil {
			return err
		}
		files = append(files, file{"modules.cdx.json", 0o644, modules})
		if p.os == "linux" {
			if err := r.writeDebian(p, temp, files); err != nil {
				return err
			}
		}
	}
	data, err := archive(name, files, r.at)
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(filepath.Join(r.out, name+".tar.gz"), 0o644, data)
}

// build compiles the program for a platform. Nothing of the folder gets into it.
func (r *release) build(p platform, to string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version="+r.version, "-o", to, ".")
	cmd.Dir = r.source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.os, "GOARCH="+p.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=")
	_, err := run(cmd)
	return err
}

// run runs a program and returns its standard output.
func run(cmd *exec.Cmd) ([]byte, error) {
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, problems.Bytes())
	}
	return out.Bytes(), nil
}

// writeSums writes the checksums of all files, as sha256sum -c reads them.
func (r *release) writeSums() error {
	names, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var sums []byte
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(r.out, name.Name()))
		if err != nil {
			return err
		}
		sums = fmt.Appendf(sums, "%x  %s\n", sha256.Sum256(data), name.Name())
	}
	return atomicfile.WriteBytes(filepath.Join(r.out, "SHA256SUMS"), 0o644, sums)
}
