package zookeeper

import (
	"cmp"
	"strings"

	"pegashell/internal/sorted"
	"pegashell/zkcopy/backup"
)

// treeOrder puts what is said of znodes into the order of the tree, however much it is. The engine
// works on many znodes at once and reports them as they come.
type treeOrder struct {
	texts sorted.Texts
	err   error
}

// orderGap separates a path and the fields after it; no path has it.
const orderGap = "\x00"

func newTreeOrder() *treeOrder {
	return &treeOrder{texts: sorted.Texts{Compare: func(a, b string) int {
		pathA, restA, _ := strings.Cut(a, orderGap)
		pathB, restB, _ := strings.Cut(b, orderGap)
		return cmp.Or(backup.Compare(pathA, pathB), strings.Compare(restA, restB))
	}}}
}

// Add takes what is said of one path.
func (o *treeOrder) add(path string, fields ...string) {
	if o.err != nil {
		return
	}
	for i, field := range fields {
		fields[i] = strings.ReplaceAll(field, orderGap, "\uFFFD") // what is not data but a text about it
	}
	o.err = o.texts.Add(path + orderGap + strings.Join(fields, orderGap))
}

// each yields everything in order, or the first error of add.
func (o *treeOrder) each(visit func(path string, fields []string) error) error {
	if o.err != nil {
		return o.err
	}
	return o.texts.Each(func(text string) error {
		path, rest, _ := strings.Cut(text, orderGap)
		return visit(path, strings.Split(rest, orderGap))
	})
}

func (o *treeOrder) close() { o.texts.Close() } // files without a name: nothing can be done about an error
