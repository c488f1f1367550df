package getopt_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/getopt"
)

// options are those of `nodes`, with one that must be written in full.
var options = []getopt.Option{
	{Name: "detailed", Letter: 'd'},
	{Name: "resolve_ip", Letter: 'r'},
	{Name: "resource_usage", Letter: 'u'},
	{Name: "json", Letter: 'j'},
	{Name: "status", Letter: 's', Value: true},
	{Name: "stat", Value: true},
	{Name: "sample", Letter: 'i', Value: true, Exact: true},
}

// shown writes what was found as a line: options by their long names, then the other words.
func shown(given []getopt.Given, words []string) string {
	var parts []string
	for _, g := range given {
		part := "--" + g.Option.Name
		if g.Option.Value {
			part += "=" + g.Value
		}
		if g.Open {
			part += "..."
		}
		parts = append(parts, part)
	}
	for _, w := range words {
		parts = append(parts, "<"+w+">")
	}
	return strings.Join(parts, " ")
}

func TestLinesAreReadAsGetoptReadsThem(t *testing.T) {
	for _, test := range []struct{ line, want, wrong string }{
		{line: "", want: ""},
		{line: "-d", want: "--detailed"},
		{line: "-drj", want: "--detailed --resolve_ip --json"},
		{line: "-dsalive", want: "--detailed --status=alive"},
		{line: "-ds alive", want: "--detailed --status=alive"},
		{line: "-s=alive", want: "--status==alive"},
		{line: "-s -d", want: "--status=-d"},
		{line: "-s --", want: "--status=--"},
		{line: "-s", wrong: "option requires an argument -- 's'"},
		{line: "-d=true", want: "--detailed", wrong: "invalid option -- '='"},
		{line: "-dZj", want: "--detailed", wrong: "invalid option -- 'Z'"},
		{line: "-é", wrong: "invalid option -- '\xc3'"},
		{line: "-:", wrong: "invalid option -- ':'"},
		{line: "--detailed --json", want: "--detailed --json"},
		{line: "--d", want: "--detailed"},
		{line: "--status=alive", want: "--status=alive"},
		{line: "--status=", want: "--status="},
		{line: "--status=a=b", want: "--status=a=b"},
		{line: "--status alive", want: "--status=alive"},
		{line: "--statu alive", want: "--status=alive"},
		{line: "--stat x", want: "--stat=x"},
		{line: "--sta x", wrong: "option '--sta' is ambiguous; possibilities: '--status' '--stat'"},
		{line: "--res=1", wrong: "option '--res=1' is ambiguous; possibilities: '--resolve_ip' '--resource_usage'"},
		{line: "--=x", wrong: "option '--=x' is ambiguous; possibilities: '--detailed' '--resolve_ip' '--resource_usage' '--json' '--status' '--stat'"},
		{line: "--status", wrong: "option '--status' requires an argument"},
		{line: "--statu", wrong: "option '--status' requires an argument"},
		{line: "--json=1", wrong: "option '--json' doesn't allow an argument"},
		{line: "--j=", wrong: "option '--json' doesn't allow an argument"},
		{line: "--none=1", wrong: "unrecognized option '--none=1'"},
		{line: "---", wrong: "unrecognized option '---'"},
		{line: "--sample 5 -i 6", want: "--sample=5 --sample=6"},
		{line: "--sampl 5", wrong: "unrecognized option '--sampl'"},
		{line: "a -d b -j", want: "--detailed --json <a> <b>"},
		{line: "-d -- -j --json --", want: "--detailed <-j> <--json> <-->"},
		{line: "a -- b -d", want: "<a> <b> <-d>"},
		{line: "- -d", want: "--detailed <->"},
		{line: "-d x --none -j", want: "--detailed <x>", wrong: "unrecognized option '--none'"},
	} {
		given, words, err := getopt.Parse(options, strings.Fields(test.line))
		wrong := ""
		if err != nil {
			wrong = err.Error()
		}
		if got := shown(given, words); got != test.want || wrong != test.wrong {
			t.Errorf("%s: %q, %q; want %q, %q", test.line, got, wrong, test.want, test.wrong)
		}
	}
}

func TestAnAbbreviationOfTheOnlyOptionCanBeEmpty(t *testing.T) {
	given, _, err := getopt.Parse([]getopt.Option{{Name: "reserve_seconds", Letter: 'r', Value: true}}, []string{"--=5"})
	if got := shown(given, nil); err != nil || got != "--reserve_seconds=5" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAWordTellsWhereItsValueBegins(t *testing.T) {
	for word, want := range map[string]getopt.Given{
		"-dsal":       {Option: options[4], Value: "al", At: 3},
		"-s=al":       {Option: options[4], Value: "=al", At: 2},
		"--status=al": {Option: options[4], Value: "al", At: 9},
		"--statu=":    {Option: options[4], At: 8},
		"-ds":         {Option: options[4], Open: true},
		"--status":    {Option: options[4], Open: true},
		"-rj":         {Option: options[3]},
	} {
		given, err := getopt.ReadWord(options, word)
		if err != nil || len(given) == 0 {
			t.Errorf("%s: %v, %v", word, given, err)
			continue
		}
		if diff := cmp.Diff(want, given[len(given)-1]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", word, diff)
		}
	}
}

func TestAnErrorNamesItsKind(t *testing.T) {
	for line, want := range map[string]getopt.Error{
		"-Z":     {Kind: getopt.Invalid, Option: "Z"},
		"-s":     {Kind: getopt.MissingShort, Option: "s"},
		"--x":    {Kind: getopt.Unrecognized, Option: "x"},
		"--r":    {Kind: getopt.Ambiguous, Option: "r", Possible: []string{"resolve_ip", "resource_usage"}},
		"--stat": {Kind: getopt.MissingLong, Option: "stat"},
		"--js=":  {Kind: getopt.Unwanted, Option: "json"},
	} {
		_, _, err := getopt.Parse(options, []string{line})
		var got *getopt.Error
		if !errors.As(err, &got) {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if diff := cmp.Diff(want, *got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}
