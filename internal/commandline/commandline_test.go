package commandline_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/commandline"
)

func TestParseReadsShortAndLongOptions(t *testing.T) {
	for line, want := range map[string]commandline.Options{
		"":                                    {},
		"-m A:1,b:2 -e":                       {Cluster: "A:1,b:2", StopAtFailure: true},
		"--cluster=a:1 --exit_on_error":       {Cluster: "a:1", StopAtFailure: true},
		"-n c -c f.toml":                      {Name: "c", Config: "f.toml"},
		"--cluster_name c --config f.toml -h": {Name: "c", Config: "f.toml", Help: true},
		"--version":                           {Version: true},
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
