package migration

import "pegashell/metaadmin"

// findBlindLevel keeps the metadata from being changed while its tree is copied: at level blind the leader still writes
// what it is asked to.
func findBlindLevel(s *Survey) []Finding {
	if s.Level.Value != metaadmin.LevelBlind {
		return nil
	}
	return refuse(GuardBlindLevel, "the meta level is blind, as it is while a migration copies the metadata: the leader would carry this out all the same, "+
		"and the change would be missing from a copy that was made before. Wait until the migration is over, or set_meta_level steady")
}

// findBlindDrop is findBlindLevel for a drop, which comes to no end there.
func findBlindDrop(s *Survey) []Finding {
	found := findBlindLevel(s)
	for i := range found {
		found[i].Problem += ". A table that is dropped at this level stays in the state DROPPING, since the leader does not hear that its replicas are gone"
	}
	return found
}
