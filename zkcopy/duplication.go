package zkcopy

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/tree"
)

// progressChanges counts which of the znodes that changed hold the progress of duplications. A
// leader writes that at every meta level, so a tree with an active duplication changes all the
// time.
type progressChanges struct {
	total        int64
	duplications map[string]bool
}

// note counts a znode that changed, by its path.
func (p *progressChanges) note(at string) {
	duplication, ok := layout.DuplicationOf(at)
	if !ok {
		return
	}
	if p.duplications == nil {
		p.duplications = map[string]bool{}
	}
	p.total++
	p.duplications[duplication] = true
}

// complete adds what was noted to the error that names all changes.
func (p *progressChanges) complete(e *SourceChangedError) *SourceChangedError {
	e.Progress, e.Duplications = p.total, slices.Sorted(maps.Keys(p.duplications))
	return e
}

// Duplication is a duplication of a table to another cluster.
type Duplication struct {
	// ID is its number, which changes of it name.
	ID string
	// Table and Remote are the names of the table and of the other cluster; empty where they could
	// not be read.
	Table, Remote string
}

// ReadDuplications reads what the duplications at some paths of a tree's servers are. One that is
// gone, or whose data is not understood, is there without names.
func ReadDuplications(ctx context.Context, tr Tree, paths []string) ([]Duplication, error) {
	found := make([]Duplication, 0, len(paths))
	for _, p := range paths {
		d := Duplication{ID: path.Base(p)}
		own, err := tr.Client.Data(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("read the duplication: %w", err)
		}
		if read, err := layout.DecodeDuplication(own.Data); err == nil {
			d.Remote = read.Remote
		}
		table, err := tr.Client.Data(ctx, tree.ParentPath(tree.ParentPath(p)))
		if err != nil {
			return nil, fmt.Errorf("read the table of a duplication: %w", err)
		}
		if app, err := layout.DecodeApp(table.Data); err == nil {
			d.Table = app.Name
		}
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b Duplication) int { return strings.Compare(a.Table, b.Table) })
	return found, nil
}
