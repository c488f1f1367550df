package catalogue

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Use is a format where the program uses it.
type Use struct {
	// Where is FILE:LINE, from the folder that was searched.
	Where  string
	Format string
	// Args are the types of the arguments; nil where they are passed on as they came.
	Args []types.Type
}

// Found is what a search has found.
type Found struct {
	// Formats are those of texts, with arguments as of fmt.Sprintf.
	Formats []Use
	// Wholes are texts without arguments, such as what a completion says of a candidate.
	Wholes []Use
	// Faults are formats that are not constants, so that no catalogue can have them.
	Faults []string
}

// formatAt are the functions that make texts, by the position of the format among their
// parameters. Functions that pass their own format on to one of them are found.
var formatAt = map[string]int{
	module + "/internal/message.New":    0,
	module + "/internal/message.Errorf": 0,
}

// spoken are the names of methods and variables, of type func(string, ...any), that show a text.
var spoken = []string{"warn", "note"}

// Find finds the texts of the packages below a folder.
func Find(dir string) (*Found, error) {
	p, err := load(dir)
	if err != nil {
		return nil, err
	}
	s := &search{program: p, dir: dir, formatAt: maps.Clone(formatAt), passed: map[ast.Expr]bool{}}
	for s.addWrappers() {
	}
	for _, pkg := range p.packages {
		s.in(pkg)
	}
	return &s.found, nil
}

// search is a search under way.
type search struct {
	*program
	dir      string
	formatAt map[string]int
	// passed are formats that a function passes on.
	passed map[ast.Expr]bool
	found  Found
}

// addWrappers finds functions that pass one of their parameters on as a format, and reports whether
// there was a new one.
func (s *search) addWrappers() (more bool) {
	for _, pkg := range s.packages {
		for _, f := range pkg.files {
			for _, decl := range f.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
					more = s.addWrapper(pkg, fn) || more
				}
			}
		}
	}
	return more
}

func (s *search) addWrapper(pkg source, fn *ast.FuncDecl) (added bool) {
	object := pkg.info.Defs[fn.Name].(*types.Func)
	params := object.Signature().Params()
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		format := s.formatOf(pkg, call)
		name, ok := format.(*ast.Ident)
		if !ok {
			return true
		}
		for i := range params.Len() {
			if pkg.info.Uses[name] == params.At(i) {
				s.passed[format] = true
				if _, known := s.formatAt[object.FullName()]; !known {
					s.formatAt[object.FullName()] = i
					added = true
				}
			}
		}
		return true
	})
	return added
}

// formatOf is the format of a call that makes a text; nil for another call.
func (s *search) formatOf(pkg source, call *ast.CallExpr) ast.Expr {
	var name *ast.Ident
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		name = f
	case *ast.SelectorExpr:
		name = f.Sel
	default:
		return nil
	}
	at, known := 0, false
	switch object := pkg.info.Uses[name].(type) {
	case *types.Func:
		at, known = s.formatAt[object.Origin().FullName()]
		known = known || isSpoken(object)
	case *types.Var:
		known = isSpoken(object)
	}
	if !known || at >= len(call.Args) {
		return nil
	}
	return call.Args[at]
}

// isSpoken says of a method or a variable whether it shows texts.
func isSpoken(o types.Object) bool {
	signature, ok := o.Type().Underlying().(*types.Signature)
	if !ok || !slices.Contains(spoken, strings.ToLower(o.Name())) || !signature.Variadic() || signature.Params().Len() != 2 {
		return false
	}
	return types.Identical(signature.Params().At(0).Type(), types.Typ[types.String])
}

// in finds the texts of a package.
func (s *search) in(pkg source) {
	for _, f := range pkg.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if format := s.formatOf(pkg, n); format != nil && !s.passed[format] {
					s.add(pkg, n, format)
				}
			case *ast.CompositeLit:
				s.addDescription(pkg, n)
			case *ast.KeyValueExpr:
				s.addDoubt(pkg, n.Key, n.Value)
			case *ast.AssignStmt:
				for i := range min(len(n.Lhs), len(n.Rhs)) {
					s.addDoubt(pkg, n.Lhs[i], n.Rhs[i])
				}
			case *ast.FuncLit:
				s.passOn(pkg, n)
			}
			return true
		})
	}
}

// passOn notes the formats that a function without a name, which shows texts, passes on.
func (s *search) passOn(pkg source, fn *ast.FuncLit) {
	if fn.Type.Params.NumFields() != 2 {
		return
	}
	first := fn.Type.Params.List[0].Names
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if name, ok := s.formatOf(pkg, call).(*ast.Ident); ok && len(first) > 0 && pkg.info.Uses[name] == pkg.info.Defs[first[0]] {
				s.passed[name] = true
			}
		}
		return true
	})
}

func (s *search) add(pkg source, call *ast.CallExpr, format ast.Expr) {
	value := pkg.info.Types[format].Value
	if value == nil {
		s.found.Faults = append(s.found.Faults, fmt.Sprintf("%s: the format is not a constant", s.where(format.Pos())))
		return
	}
	use := Use{Where: s.where(format.Pos()), Format: constant.StringVal(value)}
	if signature, ok := pkg.info.Types[call.Fun].Type.(*types.Signature); ok && signature.Variadic() && !call.Ellipsis.IsValid() {
		use.Args = []types.Type{}
		at := slices.Index(call.Args, format)
		for _, arg := range call.Args[at+1:] {
			use.Args = append(use.Args, pkg.info.Types[arg].Type)
		}
	}
	s.found.Formats = append(s.found.Formats, use)
}

// addDoubt adds what is said of something that is not known.
func (s *search) addDoubt(pkg source, field, value ast.Expr) {
	if selected, ok := field.(*ast.SelectorExpr); ok {
		field = selected.Sel
	}
	name, ok := field.(*ast.Ident)
	if v := pkg.info.Types[value].Value; ok && name.Name == "Doubt" && v != nil && constant.StringVal(v) != "" {
		s.found.Wholes = append(s.found.Wholes, Use{Where: s.where(value.Pos()), Format: constant.StringVal(v)})
	}
}

// addDescription adds what a completion says of a candidate.
func (s *search) addDescription(pkg source, lit *ast.CompositeLit) {
	if t := pkg.info.Types[lit].Type; t == nil || t.String() != module+"/internal/suggestion.Suggestion" {
		return
	}
	for i, element := range lit.Elts {
		value := element
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if pair.Key.(*ast.Ident).Name != "Description" {
				continue
			}
			value = pair.Value
		} else if i != 1 {
			continue
		}
		if v := pkg.info.Types[value].Value; v != nil && constant.StringVal(v) != "" {
			s.found.Wholes = append(s.found.Wholes, Use{Where: s.where(value.Pos()), Format: constant.StringVal(v)})
		}
	}
}

func (s *search) where(pos token.Pos) string {
	p := s.fset.Position(pos)
	return fmt.Sprintf("%s:%d", strings.TrimPrefix(p.Filename, s.dir+"/"), p.Line)
}
