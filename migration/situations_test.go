package migration

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestEverySituationIsDescribed(t *testing.T) {
	doc, err := os.ReadFile("../docs/migrate-status.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "situations.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Situation") {
			return true
		}
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if found++; err != nil || !strings.Contains(string(doc), "`"+name+"`") {
			t.Errorf("docs/migrate-status.md does not describe %s", name)
		}
		return true
	})
	if found < 30 {
		t.Errorf("found only %d situations", found)
	}
}
