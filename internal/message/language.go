package message

import (
	"cmp"
	"strings"

	"golang.org/x/text/language"
)

// Language is one in which texts can be shown. The zero value is English.
type Language struct{ tag language.Tag }

// The languages there are.
var (
	English = Language{}
	Chinese = Language{language.SimplifiedChinese}
)

// Named returns the language that [shell] language names: en or zh.
func Named(name string) (l Language, known bool) {
	switch name {
	case "en":
		return English, true
	case "zh":
		return Chinese, true
	}
	return English, false
}

// OfLocale returns the language of a locale, as in LANG: zh_CN.UTF-8. Texts are UTF-8, so one that
// names another character set has English.
func OfLocale(locale string) Language {
	locale, _, _ = strings.Cut(locale, "@")
	name, charset, named := strings.Cut(locale, ".")
	if named && strings.ReplaceAll(strings.ToLower(charset), "-", "") != "utf8" {
		return English
	}
	if name == "zh" || strings.HasPrefix(name, "zh_") {
		return Chinese
	}
	return English
}

// OfEnvironment returns the language of the environment's locale for messages, by POSIX's order of
// variables.
func OfEnvironment(getenv func(name string) string) Language {
	return OfLocale(cmp.Or(getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")))
}

// Whole returns a text that has no arguments, such as the summary of a command, in the language. A
// percent sign in it is one.
func (l Language) Whole(english string) string { return l.format(english) }

// format returns a format in the language, or as it is.
func (l Language) format(english string) string {
	if l == English || english == "" {
		return english
	}
	found := rendered{}
	if err := translations().Context(l.tag, &found).Execute(english); err != nil {
		return english
	}
	return found.text
}

// rendered takes a format from the catalogue as it is: numbers in these texts are ports, ids and
// counts, which no language groups.
type rendered struct{ text string }

func (r *rendered) Render(text string) { r.text += text }

func (r *rendered) Arg(int) any { return nil }
