package shellcompletion

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// zsh returns the script: a list of specifications for _arguments, and a function for each query.
func (p Program) zsh() string {
	var specs, queries strings.Builder
	p.visit(func(f *pflag.Flag, forms []string, value Value) {
		specs.WriteString(" \\\n        " + p.zshSpec(f, forms, value))
		if value.Query != "" {
			p.zshQuery(&queries, value)
		}
	})
	return fmt.Sprintf(`#compdef %[1]s
# zsh completion for %[1]s; to be read by ~/.zshrc:  source <(%[1]s --completion zsh)
# or to be kept as %[2]s in a folder of $fpath.
%[3]s%[2]s() {
    local curcontext="$curcontext" program=${words[1]/#\~\//$HOME/}
    typeset -A opt_args
    _arguments -s -S%[4]s
}
if [[ ${funcstack[1]} == %[2]s ]]; then
    %[2]s "$@"
else
    compdef %[2]s %[1]s
fi
`, p.Name, p.function(), queries.String(), specs.String())
}

// zshSpec is one specification: (what it excludes){its forms}[what it is]:what its value is:how
// that is completed.
func (p Program) zshSpec(f *pflag.Flag, forms []string, value Value) string {
	name, usage := pflag.UnquoteUsage(f)
	rest := "[" + zshText(usage) + "]"
	if takesValue(f) {
		rest += ":" + zshText(name) + ":"
		switch {
		case value.Files:
			rest += "_files"
		case value.Query != "":
			rest += p.zshFunction(value)
		case len(value.Words) > 0:
			rest += "(" + strings.Join(value.Words, " ") + ")"
		}
	}
	var shown []string
	for _, form := range forms {
		switch {
		case !takesValue(f):
		case strings.HasPrefix(form, "--"):
			form += "=" // the value may follow = or be the next word
		default:
			form += "+"
		}
		shown = append(shown, form)
	}
	if len(forms) == 1 {
		return quote(shown[0] + rest)
	}
	return quote("("+strings.Join(forms, " ")+")") + "{" + strings.Join(shown, ",") + "}" + quote(rest)
}

func (p Program) zshFunction(value Value) string { return p.function() + "_" + value.Query }

// zshQuery writes the function that offers what the program prints.
func (p Program) zshQuery(b *strings.Builder, value Value) {
	fmt.Fprintf(b, "%s() {\n    local -a along found\n", p.zshFunction(value))
	for _, name := range value.With {
		if f := p.Flags.Lookup(name); f != nil {
			for _, form := range forms(f) {
				fmt.Fprintf(b, "    [[ -n ${opt_args[%s]} ]] && along+=(--%s ${(Q)opt_args[%s]})\n", form, name, form)
			}
		}
	}
	fmt.Fprintf(b, "    found=(${(f)\"$($program --%s $along 2>/dev/null)\"})\n    compadd -a found\n}\n", value.Query)
}

// zshText writes text on one line for a specification.
func zshText(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(text)
}
