package migration

import "pegashell/internal/message"

// Recommend says which of several leaders to keep, and why. ok is false where there is no second
// leader, or nothing speaks for one of them.
func Recommend(s *Survey) (keep MetaServer, why message.Text, ok bool) {
	return MetaServer{}, message.Text{}, false
}
