package zkcopy

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// reservedPath belongs to the servers themselves: their configuration, quotas.
const reservedPath = "/zookeeper"

// ValidatePath checks a znode's path by the servers' rules (ZooKeeper:
// PathUtils.validatePath): absolute, no empty, "." or ".." component, no
// trailing slash, no control character, private use or surrogate character.
// Characters beyond U+FFFF are refused as the servers refuse them.
func ValidatePath(path string) error {
	if err := checkPath(path); err != nil {
		return fmt.Errorf("path %q: %w", path, err)
	}
	return nil
}

func checkPath(path string) error {
	switch {
	case path == "":
		return errors.New("is empty")
	case path[0] != '/':
		return errors.New("does not begin with /")
	case path == "/":
		return nil
	case strings.HasSuffix(path, "/"):
		return errors.New("ends with /")
	case !utf8.ValidString(path):
		return errors.New("is not UTF-8")
	}
	for component := range strings.SplitSeq(path[1:], "/") {
		switch component {
		case "":
			return errors.New("has an empty component")
		case ".", "..":
			return errors.New("is relative: it has a component " + component)
		}
	}
	for i, r := range path {
		if forbiddenRune(r) {
			return fmt.Errorf("has the character %U at byte %d, which ZooKeeper does not allow", r, i)
		}
	}
	return nil
}

func forbiddenRune(r rune) bool {
	switch {
	case r <= 0x1f, r >= 0x7f && r <= 0x9f, r >= 0xd800 && r <= 0xf8ff, r >= 0xfff0:
		return true
	}
	return false
}

// joinPath appends rel, which is empty or begins with a slash, to root.
func joinPath(root, rel string) string {
	switch {
	case rel == "":
		return root
	case root == "/":
		return rel
	}
	return root + rel
}

// childPath is the path of a node's child.
func childPath(path, name string) string {
	if path == "/" {
		return "/" + name
	}
	return path + "/" + name
}

// parentPath is the path of a node's parent; that of / is /.
func parentPath(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/"
	}
	return path[:i]
}

// contains tells whether path is root or lies below it.
func contains(root, path string) bool {
	return root == "/" || path == root || strings.HasPrefix(path, root+"/")
}

// isReserved tells whether path is /zookeeper or lies below it.
func isReserved(path string) bool { return contains(reservedPath, path) }

// relativePath is what joinPath would append to root to get path, which lies
// in root. A path outside of it, as the parent of a tree's root, is returned
// with a mark that no path has.
func relativePath(root, path string) string {
	switch {
	case !contains(root, path):
		return "//"
	case root == "/":
		return strings.TrimSuffix(path, "/")
	}
	return path[len(root):]
}
