package message

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

func TestATextNestsTexts(t *testing.T) {
	inner := New("port %d", 34601)
	if got, want := New("100%% of %s", inner).String(), "100% of port 34601"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnUnknownTextStaysEnglish(t *testing.T) {
	if got, want := New("no translation of this: %d", 10000).In(Chinese), "no translation of this: 10000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnErrorHasItsCause(t *testing.T) {
	cause := errors.New("refused")
	err := Errorf("connect to %s: %w", "a:1", cause)
	if !errors.Is(err, cause) || err.Error() != "connect to a:1: refused" {
		t.Errorf("got %q", err)
	}
}

func TestTheLocaleNamesTheLanguage(t *testing.T) {
	for locale, want := range map[string]Language{"zh_CN.UTF-8": Chinese, "zh": Chinese, "C.UTF-8": English, "zhx": English, "": English,
		"zh_CN.utf8": Chinese, "zh_CN.UTF-8@pinyin": Chinese, "zh_CN.GBK": English, "en_US.UTF-8": English} {
		if got := OfLocale(locale); got != want {
			t.Errorf("%q: got %v, want %v", locale, got, want)
		}
	}
}

func TestTheVariablesOfALocaleHaveAnOrder(t *testing.T) {
	for _, c := range []struct {
		all, messages, lang string
		want                Language
	}{
		{"", "", "", English},
		{"", "", "zh_CN.UTF-8", Chinese},
		{"", "C", "zh_CN.UTF-8", English},
		{"zh_CN.UTF-8", "C", "C", Chinese},
		{"C", "zh_CN.UTF-8", "zh_CN.UTF-8", English},
	} {
		values := map[string]string{"LC_ALL": c.all, "LC_MESSAGES": c.messages, "LANG": c.lang}
		if got := OfEnvironment(func(name string) string { return values[name] }); got != c.want {
			t.Errorf("%v: got %v, want %v", values, got, c.want)
		}
	}
}

// twofold is an error that has its words in two languages.
type twofold struct{ english, chinese string }

func (e twofold) Error() string { return e.english }

func (e twofold) In(l Language) string {
	if l == Chinese {
		return e.chinese
	}
	return e.english
}

func TestWrappedErrorsKeepTheirLanguages(t *testing.T) {
	inner := twofold{"no answer", "没有应答"}
	for _, err := range []error{
		fmt.Errorf("look at %s: %w (yet)", "a:1", inner),
		fmt.Errorf("look at %s: %w (%w)", "a:1", inner, errors.New("yet")),
	} {
		if got, want := Of(err, English), "look at a:1: no answer (yet)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got, want := Of(err, Chinese), "look at a:1: 没有应答 (yet)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := Of(fmt.Errorf("a: %w", errors.Join(inner, inner)), Chinese), "a: 没有应答\n没有应答"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Of(fmt.Errorf("a: %w", fmt.Errorf("b: %w", inner)), Chinese), "a: b: 没有应答"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTextsAreBuiltOfTexts(t *testing.T) {
	for _, c := range []struct {
		text Text
		want string
	}{
		{Verbatim("100%"), "100%"},
		{Whole("50% of all"), "50% of all"},
		{Join("%, ", New("%d more", 2), Verbatim("b")), "2 more%, b"},
		{Join(", "), ""},
		{Sentence(New("the copy of %s", "/a")), "The copy of /a"},
		{New("%s: %v", "a", Errorf("b %w", errors.New("c"))), "a: b c"},
	} {
		if got := c.text.String(); got != c.want {
			t.Errorf("%v: got %q, want %q", c.text.Format, got, c.want)
		}
	}
}

func TestATextIsTranslatedWithItsArguments(t *testing.T) {
	inner := New("the tree of the connected cluster (%s)", "a:1/c")
	for _, c := range []struct {
		text Text
		want string
	}{
		{New("%s is %s", "/c", inner), "/c 就是当前连接的集群的树（a:1/c）"},
		{New("%s is a follower", "m:1"), "m:1 是备 meta server"},
		{Whole("list tables"), "列出表"},
		{Sentence(New("%s. Repeat the command: it continues where this one ended", "a")), "A。请重新执行该命令：它会从这次结束的地方继续"},
		{New("target: %w", fmt.Errorf("no: %w", Errorf("got no answer"))), "目标：no: 没有得到回答"},
	} {
		if got := c.text.In(Chinese); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text.Format, got, c.want)
		}
	}
}

func TestJSONIsEnglish(t *testing.T) {
	got, err := json.Marshal(New("%s is a follower", "m:1"))
	if err != nil || string(got) != `"m:1 is a follower"` {
		t.Errorf("%s, %v", got, err)
	}
}
