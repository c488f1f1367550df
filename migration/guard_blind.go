package migration

import (
	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// findBlindLevel keeps the metadata from being changed while its tree is copied: at level blind the
// leader still writes what it is asked to.
func findBlindLevel(s *Survey) []Finding {
	if s.Level.Value != metaadmin.LevelBlind {
		return nil
	}
	return refuse(GuardBlindLevel, "the meta level is blind, as it is while a migration copies the metadata: the leader would still carry this out, "+
		"and the change would be missing from a copy made earlier. Wait until the migration is over, or run set_meta_level steady first")
}

// findBlindDrop is findBlindLevel for a drop, which does not complete there.
func findBlindDrop(s *Survey) []Finding {
	found := findBlindLevel(s)
	for i := range found {
		found[i].Problem = message.New("%s. A table that is dropped at this level stays in the state DROPPING, because the leader gets no reports "+
			"that its replicas were removed", found[i].Problem)
	}
	return found
}

// findBlindLoad is findBlindLevel for a bulk load, which ends the level.
func findBlindLoad(s *Survey) []Finding {
	found := findBlindLevel(s)
	for i := range found {
		found[i].Problem = message.New("%s. A leader that starts a bulk load also sets its level to steady, without a word", found[i].Problem)
	}
	return found
}
