// Package znodepath checks paths of znodes by the rules of ZooKeeper's servers.
package znodepath

import (
	"strings"
	"unicode/utf8"

	"pegashell/internal/message"
)

// Check checks a path by the servers' rules (ZooKeeper: PathUtils.validatePath): absolute, no empty, "." or ".."
// component, no trailing slash, no control character, private use or surrogate character. Characters beyond U+FFFF
// are refused as the servers refuse them. Its errors follow the word "path" or the path itself.
func Check(path string) error {
	switch {
	case path == "":
		return message.Errorf("is empty")
	case path[0] != '/':
		return message.Errorf("does not begin with /")
	case path == "/":
		return nil
	case strings.HasSuffix(path, "/"):
		return message.Errorf("ends with /")
	case !utf8.ValidString(path):
		return message.Errorf("is not UTF-8")
	}
	for component := range strings.SplitSeq(path[1:], "/") {
		switch component {
		case "":
			return message.Errorf("has an empty component")
		case ".", "..":
			return message.Errorf("is relative: it has a component %s", component)
		}
	}
	return checkRunes(path)
}

// CheckName checks the name of one znode by the same rules. Its errors follow the name.
func CheckName(name string) error {
	switch {
	case name == "":
		return message.Errorf("is empty")
	case strings.Contains(name, "/"):
		return message.Errorf("has a slash")
	case name == "." || name == "..":
		return message.Errorf("is a relative path")
	case !utf8.ValidString(name):
		return message.Errorf("is not UTF-8")
	}
	return checkRunes(name)
}

func checkRunes(text string) error {
	for i, r := range text {
		if forbiddenRune(r) {
			return message.Errorf("has the character %U at byte %d, which ZooKeeper does not allow", r, i)
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

// Join puts a chroot before a path, as a client with that chroot does: Join("/x", "/a") is "/x/a", and
// Join("/x", "/") is "/x". A chroot that is empty or "/" changes nothing, and an empty path stays empty.
func Join(chroot, path string) string {
	switch {
	case chroot == "" || chroot == "/" || path == "":
		return path
	case path == "/":
		return chroot
	}
	return chroot + path
}

// Chroot finds the chroot with which a client sees the znode at full as path; false when no chroot does that. "" is
// no chroot.
func Chroot(full, path string) (string, bool) {
	switch {
	case full == path:
		return "", true
	case path == "/":
		return full, true
	}
	return strings.CutSuffix(full, path)
}
