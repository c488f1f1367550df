// Package journal keeps the record of what the shell has changed: a file of JSON lines to which
// several shells append. Each command that changes something has two entries with the same id, one
// before its first change and one after it; a shell that was killed leaves the first alone.
package journal
