// Package pegasusconf knows the types of the keys in config.ini of Pegasus servers, and which
// values a server can use.
//
// A server does not say much about a value that it cannot read: it stops, or goes on with its
// default as if nothing were there. So values are checked before they are written. Keys that this
// package does not know can have any value.
package pegasusconf

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/znodepath"
)

// Kind is the type of a value.
type Kind int

// The types of values.
const (
	Free      Kind = iota // any text
	Boolean               // true or false, in any case of letters
	Int32                 // whole numbers as C writes them: decimal, 0x..., or octal after a 0
	Int64                 //
	Uint32                //
	Uint64                //
	Double                // a number
	Choice                // one of some words
	Servers               // HOST:PORT,HOST:PORT,...
	HostsList             // Servers, and optionally a chroot after the last of them
	Path                  // an absolute path of a znode
)

const (
	maxInt32  = math.MaxInt32
	maxInt64  = math.MaxInt64
	maxUint32 = math.MaxUint32
)

type place struct{ section, key string }

// rule is what a value must be.
type rule struct {
	kind    Kind
	choices []string // of a Choice
}

func ruleOf(section, key string) rule {
	if section == "pegasus.clusters" {
		return rule{kind: Servers} // every key is the name of a cluster
	}
	if r, ok := texts[place{section, key}]; ok {
		return r
	}
	return rule{kind: typed(section, key)}
}

// KindOf returns the type of a key, Free for one that is not known.
func KindOf(section, key string) Kind { return ruleOf(section, key).kind }

// Values lists what a key can have if that is one of some words, as a boolean and a level; else
// nil.
func Values(section, key string) []string {
	switch r := ruleOf(section, key); r.kind {
	case Boolean:
		return []string{"true", "false"}
	default:
		return r.choices
	}
}

// Sections are those of whose keys something is known, in order.
func Sections() []string {
	var names []string
	for section := range plain {
		if section != "apps." {
			names = append(names, section)
		}
	}
	slices.Sort(names)
	return names
}

// Keys are the keys of a section of which something is known, in order.
func Keys(section string) []string {
	var names []string
	for at := range texts {
		if at.section == section {
			names = append(names, at.key)
		}
	}
	for _, keys := range plain[tableOf(section)] {
		names = append(names, strings.Fields(keys)...)
	}
	slices.Sort(names)
	return names
}

// Check says why a server could not use a value and what would be right, in a sentence that names
// the section and the key. A value with a placeholder, which is filled in before a server reads it,
// is not looked at.
func Check(section, key, value string) error {
	value = strings.TrimSpace(value)
	if placeholder.MatchString(value) {
		return nil
	}
	r := ruleOf(section, key)
	wrong := func(want message.Text) error {
		return message.Errorf("[%s] %s must be %s, got %q", section, key, want, value)
	}
	switch r.kind {
	case Boolean, Choice:
		return checkWord(r, Values(section, key), value, wrong)
	case Int32, Int64, Uint32, Uint64:
		if least, most := boundsOf(section, key, r.kind); !within(value, least, most) {
			return wrong(message.New("a whole number from %d to %d", least, most))
		}
	case Double:
		if _, err := strconv.ParseFloat(value, 64); err != nil || !decimal.MatchString(value) {
			return wrong(message.New("a number"))
		}
	case Servers:
		for server := range strings.SplitSeq(value, ",") {
			if why := noServer(strings.TrimSpace(server)); !why.IsZero() {
				return message.Errorf("[%s] %s must be HOST:PORT,HOST:PORT,...: %q %s", section, key, server, why)
			}
		}
	case HostsList:
		if _, _, err := ParseHostsList(value); err != nil {
			return message.Errorf("[%s] %s must be HOST:PORT,HOST:PORT,..., optionally with a chroot after the last server: %w", section, key, err)
		}
	case Path:
		if err := znodepath.Check(value); err != nil {
			return message.Errorf("[%s] %s must be an absolute path of a znode, such as /pegasus/c1: %q %w", section, key, value, err)
		}
	}
	return nil
}

// placeholder is %name%, which a server fills in from its arguments, or %{name}, which tools that
// install servers do.
var placeholder = regexp.MustCompile(`^%[^%]+%$|%\{[^}]*\}`)

// checkWord checks a value that is one of some words. Only of booleans the case of letters does not
// count.
func checkWord(r rule, words []string, value string, wrong func(message.Text) error) error {
	compared := value
	if r.kind == Boolean {
		compared = strings.ToLower(value)
	}
	if slices.Contains(words, compared) {
		return nil
	}
	err := wrong(message.New("%s or %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1]))
	if question := nearmiss.Question(value, words); !question.IsZero() {
		err = message.Errorf("%w: %s", err, question)
	}
	return err
}

var (
	integer = regexp.MustCompile(`^[+-]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$`)
	decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
)

// boundsOf are the least and the greatest value of a number.
func boundsOf(section, key string, kind Kind) (least int64, most uint64) {
	if b, ok := bounds[place{section, key}]; ok {
		return b.least, uint64(b.most)
	}
	switch kind {
	case Int32:
		return math.MinInt32, maxInt32
	case Int64:
		return math.MinInt64, maxInt64
	case Uint32:
		return 0, maxUint32
	}
	return 0, math.MaxUint64
}

// within reads a number as the servers do (rDSN: buf2int64, buf2uint64), with strtoll and base 0.
func within(value string, least int64, most uint64) bool {
	if !integer.MatchString(value) {
		return false
	}
	if strings.HasPrefix(value, "-") {
		n, err := strconv.ParseInt(value, 0, 64)
		return err == nil && n >= least
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(value, "+"), 0, 64)
	return err == nil && n <= most && (least <= 0 || n >= uint64(least))
}
