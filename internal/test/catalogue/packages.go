// Package catalogue finds the texts of the program that are shown to a person, for the test that
// each of them has a translation.
package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is the import path that all packages of the program begin with.
const module = "pegashell"

// source is a package of the program, with the types of its expressions.
type source struct {
	path  string
	files []*ast.File
	info  *types.Info
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Module                  *struct{ Path string }
}

// program is the source of all packages below a folder, without tests.
type program struct {
	fset     *token.FileSet
	packages []source
}

// load reads and type-checks the packages below the folder. Those that only tests use are left out.
func load(dir string) (*program, error) {
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles,Module", "./...")
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, complaint.Bytes())
	}
	exports := map[string]string{}
	var own []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := decoder.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		exports[l.ImportPath] = l.Export
		if l.Module != nil && l.Module.Path == module && !strings.HasPrefix(l.ImportPath, module+"/internal/test/") {
			own = append(own, l)
		}
	}
	p := &program{fset: token.NewFileSet()}
	from := importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, l := range own {
		s, err := p.check(l, from)
		if err != nil {
			return nil, err
		}
		p.packages = append(p.packages, s)
	}
	return p, nil
}

func (p *program) check(l listed, from types.Importer) (source, error) {
	s := source{path: l.ImportPath, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(p.fset, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return s, err
		}
		s.files = append(s.files, f)
	}
	_, err := (&types.Config{Importer: from}).Check(l.ImportPath, p.fset, s.files, s.info)
	return s, err
}
