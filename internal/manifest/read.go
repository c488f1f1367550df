package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// read reads one file.
func read(c candidate) (*Manifest, error) {
	f, err := os.Open(c.path)
	if err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	defer f.Close()
	if c.found {
		if err := trusted(f); err != nil {
			return nil, err
		}
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("read the manifest: %w", err)
	}
	m, err := decode(c.path, bytes.TrimPrefix(data, []byte(byteOrderMark)))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(m.resolvePaths(), m.resolveServers()); err != nil {
		return nil, err
	}
	if len(m.Shell.Native) > 0 {
		if m.Shell.Native[0], err = programPath(m.Shell.Native[0], c.path); err != nil {
			return nil, fmt.Errorf("%s: [shell] native: %w", m.Where("shell", "native"), err)
		}
	}
	return m, m.checkCommands()
}

// merge lays another manifest on top: its tables' entries replace those with the same name, its
// lists the whole list. The servers of a cluster are such entries too.
func (m *Manifest) merge(top *Manifest) {
	m.Files = append(m.Files, top.Files...)
	if top.DefaultCluster != "" {
		m.DefaultCluster = top.DefaultCluster
	}
	m.layClusters(top.Clusters)
	lay(&m.ZooKeepers, top.ZooKeepers)
	lay(&m.Plugins, top.Plugins)
	lay(&m.Commands, top.Commands)
	lay(&m.Defaults, top.Defaults)
	for _, c := range top.External {
		if i := slices.IndexFunc(m.External, func(old External) bool { return old.Name == c.Name }); i >= 0 {
			m.External[i] = c
			continue
		}
		m.External = append(m.External, c)
	}
	m.Shell.lay(top.Shell)
	lay(&m.positions, top.positions)
}

func (s *Shell) lay(top Shell) {
	s.History = cmp.Or(top.History, s.History)
	s.Prompt = cmp.Or(top.Prompt, s.Prompt)
	s.Pager = cmp.Or(top.Pager, s.Pager)
	s.Language = cmp.Or(top.Language, s.Language)
	s.Format = cmp.Or(top.Format, s.Format)
	s.Journal = cmp.Or(top.Journal, s.Journal)
	if top.Native != nil {
		s.Native = top.Native
	}
}

// lay puts the entries of one table on top of another's.
func lay[M ~map[string]V, V any](table *M, top M) {
	if *table == nil {
		*table = top
		return
	}
	for name, v := range top {
		(*table)[name] = v
	}
}

// byteOrderMark is what some editors put before UTF-8.
const byteOrderMark = "\ufeff"

// decode reads the text of a file. It is read without its types first, so that an error about a
// wrong type has the key and what would be right; the library would speak of the types of this
// program.
func decode(path string, data []byte) (*Manifest, error) {
	var raw map[string]any
	if err := toml.Unmarshal(data, &raw); err != nil {
		return nil, inFile(path, err)
	}
	m := &Manifest{File: path, Files: []string{path}, positions: positionsIn(path, data)}
	if err := m.checkShape(raw); err != nil {
		return nil, err
	}
	if err := toml.Unmarshal(data, m); err != nil {
		return nil, inFile(path, err)
	}
	return m, nil
}

// inFile puts the file before the error, and the line where the parser knows it.
func inFile(path string, err error) error {
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		line, column := syntax.Position()
		return fmt.Errorf("%s:%d:%d: %s", path, line, column, strings.TrimPrefix(syntax.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", path, err)
}
