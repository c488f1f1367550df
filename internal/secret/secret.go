// Package secret finds credentials in lines that are typed, so that no file keeps them. It finds
// more than it must: a value that is missing in a record can be asked for, one that was written
// cannot be taken back.
package secret

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"pegashell/internal/words"
)

// Hidden is what is kept instead of a credential.
const Hidden = "***"

// name is at the end of the names of most secrets: db_password, sasl.password.
const name = `(password|passwd|passphrase|pwd|secret|token|credential|api_?key|access_?key)s?`

// lazy compiles a pattern when it is used for the first time: a program that only prints help needs
// none of them.
func lazy(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// found finds lines that look like they hold a credential.
var found = lazy(`(?i)` + strings.Join([]string{
	`(^|[\s"'])--?[\w.-]*(auth|pass|` + name + `)`, // a flag that takes one
	`(^|[\s"'])--a(u|ut)?([\s"'=]|$)`,              // the beginnings of --auth, which commands take for it
	name + `["']?\s*[=:]`,                          // a key and its value
	name + `["']?\s+[^\s|>]`,                       // a key, a blank and its value
	`(\||^\s*!).*\s-p`,                             // of mysql and sshpass, behind | and !
	`\bdigest:`,                                    // the user:password of a ZooKeeper digest,
	`://[^/\s:@]*:[^/\s@]*@`,                       // of a URL,
	`\s-u\s*\S+:`,                                  // and of curl
}, "|"))

// InLine reports whether a line as it was typed, or its words without their quotes, look like they
// hold a credential.
func InLine(line string) bool {
	unquoted, err := words.Split(line)
	return found().MatchString(line) || err == nil && found().MatchString(strings.Join(unquoted, " "))
}

// key finds names whose value is a secret.
var key = lazy(`(?i)(` + name + `|private_?key|authorization)["']?$`)

// longestName is more than any name of a secret has, in bytes.
const longestName = 64

// Key reports whether a key's value is a secret, by the key's name.
func Key(k string) bool {
	k = strings.TrimSpace(k)
	return key().MatchString(k[max(0, len(k)-longestName):])
}

// authFlag finds --auth and the beginnings that commands take for it, with a value or before one.
var authFlag = lazy(`^--a(u|ut|uth)?(=|$)`)

// IsAuth reports whether a word is the flag whose value is a credential for ZooKeeper, in full or shortened.
func IsAuth(word string) bool { return authFlag().MatchString(word) }

// holder finds a secret in a word that has one of some characters: looking for these is a hundred times
// faster than the pattern, which matters for long words.
type holder struct {
	any     string
	pattern func() *regexp.Regexp
}

// What a word can hold. Each has the part that stays as its first group, and the secret as its
// last.
var (
	flagAndValue = holder{`=`, lazy(`(?is)^(--?[\w.-]*(?:auth|pass|` + name + `)[\w.-]*=|--a(?:u|ut)?=)(.+)$`)}
	flag         = lazy(`(?i)^(--?[\w.-]*(auth|pass|` + name + `)[\w.-]*|--a(u|ut)?)$`)
	keyAndValue  = holder{`=:`, lazy(`(?is)((?:` + name + `|private_?key|authorization)["']?\s*[=:]\s*)(.+)$`)}
	keyAndBlank  = holder{" \t\n\f\r", lazy(`(?is)((?:` + name + `|private_?key|authorization|bearer)["']?\s+)(.+)$`)}
	scheme       = holder{`:`, lazy(`(?is)(\b(?:digest|sasl|super):)(\S+)`)}
	url          = holder{`@`, lazy(`(?is)(://[^/\s:@]*:)([^/\s@]*)@`)}
	pem          = holder{`-`, lazy(`(?s)(-----BEGIN [A-Z ]+-----)(.+)$`)}
)

// Hide returns the words of a line without the credentials that they look like they hold, and the
// credentials, for Scrub. program says that the words are the arguments of some other program,
// where -p and -u may come before one.
func Hide(line []string, program bool) (hidden, values []string) {
	hidden = slices.Clone(line)
	hide := func(i int) {
		values = append(values, hidden[i])
		hidden[i] = Hidden
	}
	for i := 0; i < len(hidden); i++ {
		next := i+1 < len(hidden)
		switch word := hidden[i]; {
		case strings.HasPrefix(word, "-") && flag().MatchString(word) || i > 0 && Key(word), program && word == "-u" && next && strings.Contains(hidden[i+1], ":"):
			if next && hidden[i+1] == "=" {
				i++
				next = i+1 < len(hidden)
			}
			if next {
				i++
				hide(i)
			}
		case program && word == "-p" && next && !isPort(hidden[i+1]):
			i++
			hide(i)
		case program && len(word) > 2 && strings.HasPrefix(word, "-p") && !isPort(word[2:]):
			values = append(values, word[2:])
			hidden[i] = "-p" + Hidden
		default:
			for _, h := range []holder{flagAndValue, pem, keyAndValue, keyAndBlank, scheme, url} {
				hidden[i] = inWord(h, hidden[i], &values)
			}
		}
	}
	for i := range hidden { // the same value without a name that shows what it is
		hidden[i] = withoutValues(hidden[i], values)
	}
	return hidden, values
}

// inWord hides the last group of a pattern.
func inWord(h holder, word string, values *[]string) string {
	if !strings.ContainsAny(word, h.any) {
		return word
	}
	at := h.pattern().FindAllStringSubmatchIndex(word, -1)
	for _, m := range slices.Backward(at) {
		from, to := m[len(m)-2], m[len(m)-1]
		if word[from:to] == Hidden {
			continue
		}
		*values = append(*values, word[from:to])
		word = word[:from] + Hidden + word[to:]
	}
	return word
}

func isPort(word string) bool {
	_, err := strconv.ParseUint(word, 10, 16)
	return err == nil
}

// least is how long a value must be to be searched for in other texts: a shorter one is found in
// words that have nothing to do with it.
const least = 4

// Scrub returns a text without the credentials of a line, which an error may repeat, and without
// what looks like one itself.
func Scrub(text string, values []string) string {
	text = withoutValues(text, values)
	for _, h := range []holder{scheme, url} {
		text = inWord(h, text, new([]string))
	}
	return text
}

// withoutValues hides each value that is long enough to be one.
func withoutValues(text string, values []string) string {
	longest := slices.SortedFunc(slices.Values(values), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, v := range longest {
		if len(v) >= least {
			text = strings.ReplaceAll(text, v, Hidden)
			text = strings.ReplaceAll(text, strconv.Quote(v), strconv.Quote(Hidden))
		}
	}
	return text
}
