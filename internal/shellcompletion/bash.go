package shellcompletion

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// bash returns the script. It matches values itself: compgen -W would expand $ and ` in them. Bash
// treats = as a word of its own (COMP_WORDBREAKS).
func (p Program) bash() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# bash completion for %[1]s; to be read by ~/.bashrc:  source <(%[1]s --completion bash)
%[2]s() {
    local program=${1/#\~\//$HOME/} cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} word
    COMPREPLY=()
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]] && (( COMP_CWORD > 1 )); then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    case $prev in
`, p.Name, p.function())
	var all []string
	p.visit(func(f *pflag.Flag, forms []string, value Value) {
		all = append(all, forms...)
		if !takesValue(f) {
			return
		}
		fmt.Fprintf(&b, "    %s)\n", strings.Join(forms, " | "))
		switch {
		case value.Files:
			b.WriteString("        compopt -o filenames\n        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n")
		case value.Query != "":
			p.bashQuery(&b, value)
		case len(value.Words) > 0:
			bashMatch(&b, "        ", value.Words)
		}
		b.WriteString("        return\n        ;;\n")
	})
	b.WriteString("    esac\n")
	bashMatch(&b, "    ", all)
	fmt.Fprintf(&b, "}\ncomplete -F %s %s\n", p.function(), p.Name)
	return b.String()
}

// bashMatch offers those of some plain words that begin with what was typed.
func bashMatch(b *strings.Builder, indent string, words []string) {
	fmt.Fprintf(b, "%sfor word in %s; do\n%s    [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$word\")\n%sdone\n", indent, strings.Join(words, " "), indent, indent)
}

// bashQuery offers what the program prints.
func (p Program) bashQuery(b *strings.Builder, value Value) {
	b.WriteString("        local i along=()\n        for (( i = 1; i < COMP_CWORD - 1; i++ )); do\n            case ${COMP_WORDS[i]} in\n")
	for _, name := range value.With {
		if f := p.Flags.Lookup(name); f != nil {
			fmt.Fprintf(b, "            %s)\n                word=${COMP_WORDS[i+1]}\n                [[ $word == = ]] && word=${COMP_WORDS[i+2]}\n                along+=(--%s \"$word\")\n                ;;\n",
				strings.Join(forms(f), " | "), name)
		}
	}
	fmt.Fprintf(b, `            esac
        done
        while IFS= read -r word; do
            [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf %%q "$word")")
        done < <("$program" --%s "${along[@]}" 2>/dev/null)
`, value.Query)
}
