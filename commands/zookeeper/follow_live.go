package zookeeper

import (
	"fmt"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"pegashell/zkcopy"
)

// liveLine is the line on a terminal that shows how far a copy that follows is. It is erased before
// anything else is printed.
type liveLine struct {
	// display is nil where there is no terminal.
	display interface {
		Live(text func() string)
		Done()
	}
	on    bool
	state atomic.Pointer[zkcopy.FollowState]
}

func newLiveLine(env Env) *liveLine {
	l := &liveLine{}
	l.display, _ = env.Progress("zk_copy --follow").(interface {
		Live(text func() string)
		Done()
	})
	return l
}

// off erases the line, if there is one.
func (l *liveLine) off() {
	if l != nil && l.on {
		l.display.Done()
		l.on = false
	}
}

// show shows a state, once the first copy has ended, which has a display of its own.
func (l *liveLine) show(s zkcopy.FollowState) {
	l.state.Store(&s)
	if l.display == nil || l.on || s.Phase == zkcopy.FollowCopies {
		return
	}
	l.on = true
	l.display.Live(func() string { return describeState(*l.state.Load(), time.Now()) })
}

// describeState says in one line, in ASCII, how far it is: what is behind, what was applied, where, and how
// both sides are.
func describeState(s zkcopy.FollowState, now time.Time) string {
	parts := []string{fmt.Sprintf("%s, %.1f s behind (%d transactions)", s.Phase, s.Behind(now).Seconds(), max(0, s.Heard-s.Applied))}
	switch {
	case s.Trouble != nil:
		parts = append(parts, "a side does not answer")
	case !s.Watched:
		parts = append(parts, "no watches: compared again and again")
	}
	if s.InUse != "" {
		parts = append(parts, "the target is in use")
	}
	parts = append(parts, fmt.Sprintf("%d written, %d removed, %d sweeps", s.Written, s.Removed, s.Sweeps))
	if !s.FrozenSince.IsZero() {
		parts = append(parts, fmt.Sprintf("frozen for %.0f s", now.Sub(s.FrozenSince).Seconds()))
	}
	if len(s.Last) > 0 {
		var last []string
		for _, each := range s.Last {
			last = append(last, path.Join(path.Base(path.Dir(each)), path.Base(each)))
		}
		parts = append(parts, "last "+strings.Join(last, " "))
	}
	return asASCII(strings.Join(parts, ", "))
}

// asASCII shows what is not ASCII, or controls a terminal, as a question mark: the display counts bytes.
func asASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
}
