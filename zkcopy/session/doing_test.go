package session

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pegashell/internal/message"
)

// Every operation that is named anywhere has words in every language.
func TestEveryOperationIsKnown(t *testing.T) {
	known := 0
	for _, dir := range []string{".", "..", "../tree"} {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, f.Name()), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, op := range operations(parsed) {
				known++
				if Doing(op, "/x").In(message.Chinese) == op+" /x" {
					t.Errorf("%s: Doing does not know %q", f.Name(), op)
				}
			}
		}
	}
	if known < 20 {
		t.Errorf("found %d operations", known)
	}
}

// operations are the names of operations in a file: what WrapPath and errors of znodes get, and constants of
// the name op.
func operations(file *ast.File) (ops []string) {
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			ops = append(ops, strings.Trim(lit.Value, `"`))
		}
	}
	name := func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.Ident:
			return e.Name
		case *ast.SelectorExpr:
			return e.Sel.Name
		}
		return ""
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name(n.Fun) == "WrapPath" {
				add(n.Args[0])
			}
		case *ast.CompositeLit:
			if of := name(n.Type); len(n.Elts) > 0 && (of == "PathError" || of == "EphemeralError") {
				first := n.Elts[0]
				if pair, ok := first.(*ast.KeyValueExpr); ok {
					first = pair.Value
				}
				add(first)
			}
		case *ast.ValueSpec:
			if n.Names[0].Name == "op" && len(n.Values) > 0 {
				add(n.Values[0])
			}
		case *ast.AssignStmt:
			if name(n.Lhs[0]) == "op" {
				add(n.Rhs[0])
			}
		}
		return true
	})
	return ops
}
