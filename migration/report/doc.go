// Package report writes the record of a migration, for a change ticket, from the journal.
package report
