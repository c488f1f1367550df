// Package migration holds the commands on a whole migration: where it stands, what to check before,
// the way back, and the journal. It words and prints; facts are gathered by migration/look, and
// what follows from them is decided by migration.
package migration
