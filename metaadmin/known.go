package metaadmin

import (
	"time"

	"pegashell/metaadmin/wire"
)

// Known is what the answers to earlier calls have shown of the cluster; nothing is asked for it.
type Known struct {
	// Leader is the server that last answered as the leader, "" before the first answer.
	Leader string
	// Level is the meta level that was set, as the server LevelOf said at Time; 0 where none did.
	Level   MetaLevel
	LevelOf string
	Time    time.Time
}

// Known returns what earlier calls have shown.
func (c *Client) Known() Known {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.level
	k.Leader = c.leader
	return k
}

// noteLevel notes the level of the server that has just answered as the leader.
func (c *Client) noteLevel(level MetaLevel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.level = Known{Level: level, LevelOf: c.leader, Time: time.Now()}
}

// noteInfo notes the level of a description of the cluster. The effective level is the one that was
// set, unless it is freezed: a leader shows that too while too few replica servers are alive.
func (c *Client) noteInfo(info ClusterInfo) {
	text, _ := info.Get("meta_function_level")
	if level, err := wire.ParseMetaLevel(text); err == nil && level != wire.LevelFreezed {
		c.noteLevel(level)
	}
}
