package zkcopy

import (
	"context"

	"golang.org/x/sync/errgroup"

	"pegashell/internal/message"
)

// Seen is what a copy has seen of both trees before its first write.
type Seen struct {
	// Source are the Pegasus clusters of the source, by root.
	Source []Cluster
	// Target is what the target holds. Its Count is zero where both trees were
	// found to be equal, but for ephemeral znodes of the source.
	Target Findings
	// Changed are znodes of tables and partitions in the target that differ from the source's and
	// were set later, the last first: they were written by something other than a copy.
	Changed []string
	// Equal: both trees were found to be equal, so that nothing will be written.
	Equal bool
}

// look shows what there is to whoever is to allow the copy, both trees being
// read at once.
func (c *copier) look(ctx context.Context) error {
	if c.o.Before == nil {
		return nil
	}
	var seen Seen
	o := CountOptions{Limits: c.limits, Skip: c.selector.excludes, Synced: true}
	looking, both := errgroup.WithContext(ctx)
	looking.Go(func() (err error) {
		seen.Source, err = FindClusters(both, c.source, o)
		return err
	})
	looking.Go(func() error {
		there, err := Inspect(both, c.target, o)
		if err != nil {
			return err
		}
		seen.Target = *there
		return nil
	})
	if err := looking.Wait(); err != nil {
		return err
	}
	return c.show(ctx, &seen)
}

// show shows what was seen, and what in the target was changed by something other than a copy.
func (c *copier) show(ctx context.Context, seen *Seen) (err error) {
	if seen.Changed, err = changedInTarget(ctx, c.source, c.target, seen.Target.Rewritten); err != nil {
		return message.Errorf("compare what was changed in the target: %w", err)
	}
	return c.o.Before(seen)
}
