package argh

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWordsAreReadAsArghReadsThem(t *testing.T) {
	for line, want := range map[string]Words{
		"":                                     {},
		"temp onebox2 -s":                      {Positional: []string{"temp", "onebox2"}, Flags: []string{"s"}},
		"-s temp onebox2":                      {Positional: []string{"temp", "onebox2"}, Flags: []string{"s"}},
		"temp --sst -s -s":                     {Positional: []string{"temp"}, Flags: []string{"s", "s", "sst"}},
		"temp -1 -.5 -2x":                      {Positional: []string{"temp", "-1", "-.5", "-2x"}},
		"-d=1 --e=a=b -d=2":                    {Params: []Param{{"d", "1"}, {"e", "a=b"}}},
		"- -- ---x":                            {Flags: []string{"-", "--", "x"}},
		"-5e -1e999 -5e+ -5ex -. -.e5 --5 -+5": {Flags: []string{"+5", ".", ".e5", "1e999", "5", "5e", "5e+", "5ex"}},
		"-1e-999 -5e5x -5. -0x5 -5.5.5 -5e5.5 -5.e1": {Positional: []string{"-1e-999", "-5e5x", "-5.", "-0x5", "-5.5.5", "-5e5.5", "-5.e1"}},
		"-z -a x":            {Positional: []string{"x"}, Flags: []string{"a", "z"}},
		"temp -x.5 -e5 -inf": {Positional: []string{"temp"}, Flags: []string{"e5", "inf", "x.5"}},
	} {
		if diff := cmp.Diff(want, Parse(strings.Fields(line), PreferFlag)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
	for line, want := range map[string]Words{
		"-a 7 --app_id 8 x": {Positional: []string{"x"}, Params: []Param{{"a", "7"}, {"app_id", "8"}}},
		"-a -7 -b -c":       {Params: []Param{{"a", "-7"}}, Flags: []string{"b", "c"}},
		"-a":                {Flags: []string{"a"}},
		"-a 1 -a 2":         {Params: []Param{{"a", "1"}}},
		"-a 1 -- x":         {Params: []Param{{"--", "x"}, {"a", "1"}}},
	} {
		got := Parse(strings.Fields(line), PreferParam)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q with values (-want +got):\n%s", line, diff)
		}
	}
	w := Parse([]string{"x", "", "-a", "1"}, PreferParam)
	if w.At(0) != "x" || w.At(1) != "" || w.At(2) != "" || len(w.Positional) != 2 || w.Value("b", "a") != "1" || w.Value("c") != "" || w.Has("a") {
		t.Errorf("%+v", w)
	}
}
