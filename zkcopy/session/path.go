package session

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

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
