// Package journal keeps the record of what the shell has changed: a file of JSON lines to which
// several shells append.
package journal
