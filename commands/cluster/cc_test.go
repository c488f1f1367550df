package cluster_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/manifest"
	"pegashell/internal/outcome"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin"
)

func TestWhatOnlyAPersonTypes(t *testing.T) {
	s := shelltest.StartOn(t, metaadmin.Options{}, "127.0.0.1:1")
	s.Env.Manifest = &manifest.Manifest{Clusters: map[string]manifest.Cluster{
		"here": {MetaServers: []string{"127.0.0.1:1"}}, "away": {MetaServers: []string{"m1:1", "m2:1"}},
	}}
	for _, line := range []string{"cc", "quit", "?"} {
		if out, _, err := s.Run(line); err == nil {
			t.Errorf("%s succeeded in a script and printed %q", line, out)
		} else if _, leaves := outcome.Leaves(err); leaves {
			t.Errorf("%s ends a script", line)
		}
	}

	s.Env.Interactive = true
	out, _, err := s.Run("cc")
	want := "[clusters]\ncluster  meta_servers  connected  \naway     m1:1,m2:1     -          \nhere     127.0.0.1:1   yes        \n\n"
	if diff := cmp.Diff(want, out); diff != "" || err != nil {
		t.Errorf("cc: %v (-want +got):\n%s", err, diff)
	}
	list, _, _ := s.Run("help")
	if got, _, err := s.Run("?"); err != nil || got != list {
		t.Errorf("? printed %q, %v", got, err)
	}
	_, _, err = s.Run("quit 3")
	if _, leaves := outcome.Leaves(err); !leaves {
		t.Errorf("quit: %v", err)
	}
}
