package prompt

import (
	"context"
	"time"

	"pegashell/commands/command"
	"pegashell/metaadmin"
)

// leavingPatience is how long the end of a shell may be delayed by a question.
const leavingPatience = 300 * time.Millisecond

// Leaving reminds the person, when a shell is left, of a meta level that is still blind. A script is
// reminded only if it has set that level itself; its prompter is nil.
func Leaving(ctx context.Context, world *command.World, p *Prompter) {
	c := world.Cluster
	if c == nil {
		return
	}
	set := world.Session.Work(c).Level
	blind := set != nil && set.Level == metaadmin.LevelBlind
	var since time.Time // when it was known to be blind
	if blind {
		since = set.Time
	}
	if p != nil {
		if level, seen := p.status.Level(); level == metaadmin.LevelBlind.String() {
			blind, since = true, seen
		}
	}
	if !blind {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, leavingPatience)
	defer cancel()
	switch level, err := c.Admin.MetaLevel(ctx); {
	case err != nil:
		world.Warn("the meta level was blind at %s, and the cluster does not answer now: at level blind nothing cures a lost replica. set_meta_level steady ends it",
			command.ClockOf(world.Now, world.Location)(since))
	case level == metaadmin.LevelBlind:
		world.Warn("the meta level is still blind: nothing cures a lost replica. set_meta_level steady ends it")
	}
}
