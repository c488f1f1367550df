package prompt

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/commands/complete"
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
			p.completer.Patience = time.Millisecond
			done := p.Typing()
			if got := p.Complete(line + folder); len(got.Candidates) > 0 {
				t.Errorf("completed by %v without an answer", got)
			}
			done()
			done = p.Typing()
			p.completer.Patience = time.Hour // to no avail: it is known to be slow
			if got := p.Complete(line + folder); len(got.Candidates) > 0 {
				t.Errorf("completed by %v without an answer", got)
			}
			close(let)
			<-changed
			<-changed // both lines have asked
			want := []complete.Candidate{{Text: "a"}}
			if diff := cmp.Diff(want, p.Complete(line+folder).Candidates); diff != "" {
				t.Errorf("candidates behind the answer (-want +got):\n%s", diff)
			}
			done()
		})
	}
}

// Enter must not wait for a completion that waits.
func TestACommandDoesNotWaitForACompletion(t *testing.T) {
	p := NewPrompter(commands.NewRegistry(nil), &command.World{}, func() {}, func(string) {})
	defer p.Close()
	p.completer.Patience = time.Hour
	var once sync.Once
	begun := make(chan struct{}) // closed when the environment was copied and the catalog is asked
	p.completer.Sources.Catalog = complete.NewCatalog(func() time.Time {
		once.Do(func() { close(begun) })
		return time.Now()
	})
	folder := t.TempDir() + "/"
	let, asked := make(chan struct{}), make(chan struct{})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	complete.Detached(gone, p.completer.Sources.Catalog, "file "+folder, func() (complete.Folder, error) {
		close(asked)
		<-let
		return complete.Folder{}, nil
	})
	<-asked
	done := p.Typing()
	completed := make(chan struct{})
	go func() {
		defer close(completed)
		p.Complete("ls > " + folder)
	}()
	<-begun
	done()
	select {
	case <-completed:
		t.Error("the completion did not wait")
	default:
	}
	close(let)
	<-completed
}
