package prompt

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/suggestion"
)

// A folder of a file server that does not answer must hold up neither typing nor the command.
func TestAFolderThatDoesNotAnswerHoldsNothingUp(t *testing.T) {
	folder := t.TempDir() + "/"
	if err := os.WriteFile(filepath.Join(folder, "a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"ls > ", "zk_diff ", "config_get "} {
		t.Run(strings.TrimSpace(line), func(t *testing.T) {
			changed := make(chan struct{}, 2)
			p := NewPrompter(commands.NewRegistry(nil), &command.World{}, func() { changed <- struct{}{} }, func(string) {})
			defer p.Close()
			let := make(chan struct{})
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			complete.Detached(gone, p.completer.Sources.Catalog, "file "+folder, func() (complete.Folder, error) {
				<-let
				return complete.ReadFolder(folder), nil
			})
			done := p.Typing()
			if got := p.Complete(gone, line+folder); len(got.Suggestions) > 0 {
				t.Errorf("completed by %v without an answer", got)
			}
			done()
			done = p.Typing()
			// It is known to be slow: not even somebody with all the patience in the world waits
			// for it.
			if got := p.Complete(t.Context(), line+folder); len(got.Suggestions) > 0 {
				t.Errorf("completed by %v without an answer", got)
			}
			close(let)
			<-changed
			<-changed // both lines have asked
			want := []suggestion.Suggestion{{Text: "a"}}
			if diff := cmp.Diff(want, p.Complete(t.Context(), line+folder).Suggestions); diff != "" {
				t.Errorf("candidates behind the answer (-want +got):\n%s", diff)
			}
			done()
		})
	}
}
