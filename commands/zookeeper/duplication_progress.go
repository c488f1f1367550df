package zookeeper

import (
	"cmp"
	"context"
	"errors"

	"pegashell/internal/message"
	"pegashell/zkcopy"
)

// progressError is a change of a source in which nothing changed but the progress of duplications.
type progressError struct {
	error
	duplications []zkcopy.Duplication
}

func (e *progressError) Unwrap() error { return e.error }

// withDuplications adds to an error which duplications have changed the source, if nothing else has.
func withDuplications(ctx context.Context, source zkcopy.Tree, err error) error {
	var changed *zkcopy.SourceChangedError
	if !errors.As(err, &changed) || !changed.OnlyProgress() {
		return err
	}
	duplications, readErr := zkcopy.ReadDuplications(ctx, source, changed.Duplications)
	if readErr != nil {
		return err // what is known already is not to be hidden by this
	}
	return &progressError{err, duplications}
}

// untilUnchanged says what to do about a source that has changed: otherwise, unless only duplications have changed it.
func untilUnchanged(err error, otherwise message.Text) message.Text {
	var progress *progressError
	if !errors.As(err, &progress) {
		return otherwise
	}
	const shown = 10
	var names []message.Text
	for _, d := range progress.duplications[:min(shown, len(progress.duplications))] {
		names = append(names, message.New("table %s to cluster %s (dup_id %s)", cmp.Or(d.Table, "?"), cmp.Or(d.Remote, "?"), d.ID))
	}
	if more := len(progress.duplications) - shown; more > 0 {
		names = append(names, message.New("%d more", more))
	}
	return message.New("Only the progress of duplications changed, which the leader writes at every meta level: pause the duplications first "+
		"(pause_dup of the Pegasus shell), then repeat the command: %s", message.Join("; ", names...))
}
