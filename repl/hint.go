package repl

import (
	"fmt"
	"strings"
)

// hint tells a person who wrote | or > as in a Unix shell, without blanks around it, what is meant here; empty for
// nothing to tell. Within a word that is no command's name such a sign is common: set_app_envs k a>b.
func hint(text string) string {
	first := true
	for rest := trimBlanks(text); rest != ""; rest = trimBlanks(rest) {
		_, behind, err := cutWord(rest)
		if err != nil {
			return ""
		}
		raw := rest[:len(rest)-len(behind)]
		at := strings.IndexAny(raw, "|>")
		switch {
		case first && strings.HasPrefix(raw, "#") || raw == "|" || raw == ">" || raw == ">>":
			return "" // what follows is cut in another way
		case at == 0 || first && at > 0:
			if !strings.ContainsAny(raw, `"'`) {
				return hintAt(raw, raw[at:])
			}
		}
		first, rest = false, behind
	}
	return ""
}

// hintAt is about a word and the sign at the beginning of a part of it.
func hintAt(word, part string) string {
	sign, place := part[:1], "a file"
	switch {
	case sign == "|":
		place = "a program"
	case strings.HasPrefix(part, ">>"):
		sign = ">>"
	}
	return fmt.Sprintf("%s is a word here. With blanks around %s the output goes to %s.", word, sign, place)
}
