package commandline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/commandline"
	"pegashell/internal/words"
)

func TestParseReadsShortAndLongOptions(t *testing.T) {
	for line, want := range map[string]commandline.Options{
		"":                                    {},
		"-m A:1,b:2 -e":                       {Cluster: "A:1,b:2", StopAtFailure: true},
		"--cluster=a:1 --exit_on_error":       {Cluster: "a:1", StopAtFailure: true},
		"-n c -c f.toml":                      {Name: "c", Config: "f.toml"},
		"--cluster_name c --config f.toml -h": {Name: "c", Config: "f.toml", Help: true},
		"--version":                           {Version: true},
		"-n c ls -d":                          {Name: "c", Lines: []string{"ls -d"}},
		"-q -x ls -x version":                 {Quiet: true, Lines: []string{"ls", "version"}},
		"--execute=ls":                        {Lines: []string{"ls"}},
		"-q zk_ls h:1/a -r":                   {Quiet: true, Lines: []string{"zk_ls h:1/a -r"}},
		"--format csv -x ls":                  {Format: "csv", Lines: []string{"ls"}},
		"-q ls --format csv":                  {Quiet: true, Lines: []string{"ls --format csv"}},
		"--completion zsh":                    {Completion: "zsh"},
		"--cluster_names -c f.toml":           {ClusterNames: true, Config: "f.toml"},
	} {
		got, _, err := commandline.Parse(strings.Fields(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestACommandOfSeveralLinesIsRefused(t *testing.T) {
	_, _, err := commandline.Parse([]string{"-x", "ls", "-x", "# all\ndrop temp"})
	if err == nil || !strings.Contains(err.Error(), "several lines: give each with a -x of its own") {
		t.Error(err)
	}
	for _, args := range [][]string{{"-x", "\nls\r\n"}, {"echo", "a\nb"}} {
		if _, _, err := commandline.Parse(args); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestAnUnknownFormatIsRefused(t *testing.T) {
	_, _, err := commandline.Parse([]string{"--format", "xls"})
	if err == nil || !strings.Contains(err.Error(), `unknown format "xls": the formats are plain, lines, markdown, html, csv`) {
		t.Error(err)
	}
}

func TestWordsAfterTheOptionsStandForThemselves(t *testing.T) {
	got, _, err := commandline.Parse([]string{"echo", "a b", ">", "'x'", "a;", "&&"})
	if err != nil || len(got.Lines) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	back, err := words.Split(got.Lines[0])
	if joiner := words.Joiner(got.Lines[0]); joiner != "&&" { // which is refused
		t.Errorf("%q joins the commands of %s", joiner, got.Lines[0])
	}
	if diff := cmp.Diff([]string{"echo", "a b", ">", "'x'", "a;", "&&"}, back); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
}

func TestSecretsAreRefusedInArguments(t *testing.T) {
	for _, args := range [][]string{
		{"-x", "zk_ls h:1/ --auth digest:u:hush"}, {"-x", "ls", "-x", "zk_ls h:1/ --auth=digest:u:hush"}, {"zk_ls", "h:1/", "--auth", "digest:u:hush"},
		{"-x", "zk_ls h:1/ --aut digest:u:hush"}, {"-x", "zk_ls h:1/ --au=digest:u:hush"}, {"zk_ls", "h:1/", "--a", "digest:u:hush"},
	} {
		_, _, err := commandline.Parse(args)
		if err == nil || !strings.Contains(err.Error(), "list of processes") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
