package zookeeper

import (
	"fmt"

	"pegashell/zkcopy"
)

// show returns a progress display, which shows nothing when the environment has none. One with a
// method Trouble also reports when a tree of these sides has lost its servers.
func show(env Env, title string, sides ...zkcopy.Side) zkcopy.Progress {
	p := env.Progress(title)
	if display, ok := p.(interface{ Trouble(now func() string) }); ok {
		display.Trouble(func() string { return outage(sides) })
	}
	return p
}

// outage describes the first side that has no connection to its servers; it is empty when all have.
func outage(sides []zkcopy.Side) string {
	for _, side := range sides {
		tree, ok := side.(zkcopy.Tree)
		if !ok {
			continue
		}
		if lasts, patience := tree.Client.Outage(); lasts > 0 {
			return fmt.Sprintf("no connection for %.0fs, tried for %.0fs: %s", lasts.Seconds(), patience.Seconds(), tree.Endpoint().Hosts())
		}
	}
	return ""
}
