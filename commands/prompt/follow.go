package prompt

import (
	"time"

	"pegashell/commands/command"
)

// followEvery is how often it is looked for a copy that follows the cluster's tree: a small folder
// is read.
const followEvery = time.Second / 2

// watchFollow looks, while a line is typed, for a copy of this user that follows the cluster's tree
// in another shell.
func (s *Status) watchFollow() {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		s.mu.Lock()
		c := s.cluster
		s.mu.Unlock()
		if c == nil {
			continue
		}
		var doing string
		for _, f := range command.Followings(s.o.State) {
			if f.Of(c.Metas) {
				doing = f.Doing().In(s.o.Language)
			}
		}
		s.mu.Lock()
		news := s.known == c && s.follow != doing
		if news {
			s.follow = doing
		}
		s.mu.Unlock()
		if news {
			s.o.Changed()
		}
	}
}
