package repl

import (
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/words"
)

// hint explains | or > to a person who wrote it without blanks around it, as a Unix shell allows;
// it is zero where there is nothing to explain. Within a word that is no command's name such a
// sign is common: set_app_envs k a>b.
func hint(text string) message.Text {
	for at := 0; ; {
		w, ok, err := words.Next(text, at)
		first := at == 0
		if !ok || err != nil || w.IsOperator() || first && w.BeginsComment() {
			return message.Text{} // what follows an operator is cut in another way
		}
		sign := strings.IndexAny(w.Raw, "|>")
		if w.Bare() && (sign == 0 || first && sign > 0) {
			return hintAt(w.Raw, w.Raw[sign:])
		}
		at = w.End()
	}
}

// hintAt is about a word and the sign at the beginning of a part of it.
func hintAt(word, part string) message.Text {
	sign, place := part[:1], message.New("a file")
	switch {
	case sign == words.Pipe:
		place = message.New("a program")
	case strings.HasPrefix(part, words.Append):
		sign = words.Append
	}
	return message.New("%s is part of a word here. Write blanks around %s to send the output to %s.", word, sign, place)
}
