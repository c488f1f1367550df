package complete_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/manifest"
	"pegashell/internal/words"
)

// FuzzCandidateBecomesTheLastWord checks for any line that what is offered takes the place of its last word, and
// of nothing else.
func FuzzCandidateBecomesTheLastWord(f *testing.F) {
	for _, text := range []string{
		"", "l", "ls -", "ls --output=", `ls "--output=c`, "app -do", "set_meta_level '", "server_info -l 127.0.0.1:1,", "cc ", `cc "t`,
		"zk_copy --force a,", "config_get ", "ls > ", "ls | ", "watch 1 ls -s ", "zk_ls o", "zk_check /", "# x", "balance -g 1.", "-", "a\xff",
	} {
		f.Add(text)
	}
	registry := commands.NewRegistry(nil)
	env := &command.World{Manifest: &manifest.Manifest{
		Clusters:   map[string]manifest.Cluster{"two words": {}, `quote"`: {}, "tab\t": {}},
		ZooKeepers: map[string]manifest.ZooKeeper{"old": {Hosts: []string{"127.0.0.1:1"}, Root: "/c1"}},
	}}
	env.ZooKeeper.Dialer = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }
	f.Fuzz(func(t *testing.T, text string) {
		c := command.NewCompleter(registry, env)
		defer c.Close()
		patience, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		defer cancel()
		result := c.Complete(patience, text)
		if result.Start < 0 || result.Start > len(text) {
			t.Fatalf("%q: candidates begin at %d", text, result.Start)
		}
		line, ok := words.Cut(text)
		if !ok && len(result.Suggestions) > 0 {
			t.Fatalf("%q cannot become a line and is completed", text)
		}
		for _, candidate := range result.Suggestions {
			whole := text[:result.Start] + candidate.Text
			after, err := words.Split(whole)
			if err != nil {
				t.Fatalf("%q becomes %q: %v", text, whole, err)
			}
			var before []string
			for _, word := range line.Words {
				before = append(before, word.Text)
			}
			if got := after[:len(after)-1]; !slices.Equal(before, got) {
				t.Errorf("%q becomes %q, with %q before the last word instead of %q", text, whole, got, before)
			}
		}
	})
}
