// Package render prints results: tables, JSON, listings, and what a screen adds to them. It knows
// no command.
package render
