package walls

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Package is a folder with Go files.
type Package struct {
	// Folder is where it is, from the top folder, with slashes; empty for the top folder itself.
	Folder  string
	Imports []Import
}

// Import is one import of one file.
type Import struct {
	File string // from the top folder
	Path string
	Test bool // the file is a test's
}

// Packages reads the imports of all packages below a top folder, whatever platform their files are
// for. Modules of their own below it are left out. The files are read here and not by the go
// command, so that go test knows that its result depends on them.
func Packages(top string) ([]Package, error) {
	var packages []Package
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		name := entry.Name()
		if path != top && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || isModule(path)) {
			return fs.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil || len(files) == 0 {
			return err
		}
		p, err := readPackage(top, path, files)
		packages = append(packages, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the packages below %s: %w", top, err)
	}
	return packages, nil
}

func isModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

func readPackage(top, folder string, files []string) (Package, error) {
	relative, err := filepath.Rel(top, folder)
	if err != nil {
		return Package{}, err
	}
	p := Package{Folder: strings.TrimPrefix(filepath.ToSlash(relative), ".")}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return p, err
		}
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return p, fmt.Errorf("%s: import %s: %w", file, spec.Path.Value, err)
			}
			p.Imports = append(p.Imports, Import{filepath.ToSlash(filepath.Join(relative, filepath.Base(file))), path, strings.HasSuffix(file, "_test.go")})
		}
	}
	return p, nil
}
