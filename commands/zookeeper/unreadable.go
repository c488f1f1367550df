package zookeeper

import (
	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/zkcopy/session"
)

// mostUnreadable is how many of the znodes that a session may not read are named.
const mostUnreadable = 10

// unreadableNotes say what becomes of a walk over znodes that may not be read.
const unreadableNotes = "A znode that the session may not read is named in a warning, and passed over with everything below it; the command then fails at its end, " +
	"because the result is not complete. "

// unreadable are the znodes that a walk has passed over because the session may not read them.
type unreadable struct {
	first []string
	total int64
}

func (u *unreadable) add(path string) error {
	u.total++
	if len(u.first) < mostUnreadable {
		u.first = append(u.first, path)
	}
	return nil
}

// report names the znodes, and returns the failure of a command whose result lacks them.
func (u *unreadable) report(env Env) error {
	if u.total == 0 {
		return nil
	}
	for _, path := range u.first {
		env.Warn("%s: %v", path, session.ErrNotAuthorized)
	}
	if more := u.total - int64(len(u.first)); more > 0 {
		env.Warn("and %d more that may not be read", more)
	}
	return message.Errorf("the result is not complete: the session may not read %d of the znodes, nor what is below them; --auth names its credentials", u.total)
}

// unreadableField is the number of them in a table.
func unreadableField(table string) command.Field {
	return command.Field{Path: table + ".unreadable", Type: command.Count, Meaning: "znodes that the session may not read: where it is not 0, the result is not complete"}
}
