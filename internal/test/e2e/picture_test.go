package e2e

import (
	"testing"

	"pegashell/internal/test/screentest"
)

// The picture in README.md is drawn from this screen.
func TestScreensOfThePicture(t *testing.T) {
	c := newStation(t).open(screentest.Options{Rows: 32, Columns: 96})
	for _, line := range []string{"ls\r", "nodes\r"} {
		c.Send(line)
		c.atPrompt(onebox)
	}
	c.follow(step{"set_meta_level ", "picture"})
	c.leave(dropLine+"\x04", 0)
}
