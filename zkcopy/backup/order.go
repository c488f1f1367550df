package backup

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Compare orders paths as they are ordered in a file: a znode before what lies below it, siblings
// by the bytes of their names.
func Compare(a, b string) int {
	for i := range min(len(a), len(b)) {
		switch {
		case a[i] == b[i]:
		case a[i] == '/':
			return -1
		case b[i] == '/':
			return 1
		default:
			return cmp.Compare(a[i], b[i])
		}
	}
	return cmp.Compare(len(a), len(b))
}

// order checks that paths come in the order of a file, each after its parent.
type order struct{ last string }

func (o *order) check(path string) error {
	switch {
	case o.last == "" && path != "/":
		return fmt.Errorf("the first znode is %q, not the root /", path)
	case o.last != "":
		if err := checkPath(path); err != nil {
			return fmt.Errorf("path %q: %w", path, err)
		}
		if Compare(o.last, path) >= 0 {
			return fmt.Errorf("%s comes after %s: the lines are not in order", path, o.last)
		}
		if parent := parentOf(path); parent != o.last && !strings.HasPrefix(o.last, strings.TrimSuffix(parent, "/")+"/") {
			return fmt.Errorf("%s comes without its parent %s", path, parent)
		}
	}
	o.last = path
	return nil
}

// checkPath checks the form of a path below the root. Which characters servers allow in names is
// not checked.
func checkPath(path string) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return errors.New("does not begin with /")
	case !utf8.ValidString(path):
		return errors.New("is not UTF-8")
	}
	for name := range strings.SplitSeq(path[1:], "/") {
		if name == "" || name == "." || name == ".." {
			return fmt.Errorf("has %q as a name", name)
		}
	}
	return nil
}

func parentOf(path string) string {
	return path[:max(1, strings.LastIndexByte(path, '/'))]
}
