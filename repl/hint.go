package repl

import (
	"fmt"
	"strings"

	"pegashell/internal/words"
)

// hint explains | or > to a person who wrote it without blanks around it, as a Unix shell allows;
// it is empty where there is nothing to explain. Within a word that is no command's name such a
// sign is common: set_app_envs k a>b.
func hint(text string) string {
	for at := 0; ; {
		w, ok, err := words.Next(text, at)
		first := at == 0
		if !ok || err != nil || w.IsOperator() || first && w.BeginsComment() {
			return "" // what follows an operator is cut in another way
		}
		sign := strings.IndexAny(w.Raw, "|>")
		if w.Bare() && (sign == 0 || first && sign > 0) {
			return hintAt(w.Raw, w.Raw[sign:])
		}
		at = w.End()
	}
}

// hintAt is about a word and the sign at the beginning of a part of it.
func hintAt(word, part string) string {
	sign, place := part[:1], "a file"
	switch {
	case sign == words.Pipe:
		place = "a program"
	case strings.HasPrefix(part, words.Append):
		sign = words.Append
	}
	return fmt.Sprintf("%s is part of a word here. Write blanks around %s to send the output to %s.", word, sign, place)
}
