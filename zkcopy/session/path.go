package session

import (
	"pegashell/internal/message"
	"pegashell/internal/znodepath"
)

// ValidatePath checks a znode's path by the servers' rules (ZooKeeper:
// PathUtils.validatePath): absolute, no empty, "." or ".." component, no
// trailing slash, no control character, private use or surrogate character.
// Characters beyond U+FFFF are refused as the servers refuse them.
func ValidatePath(path string) error {
	if err := znodepath.Check(path); err != nil {
		return message.Errorf("path %q: %w", path, err)
	}
	return nil
}
