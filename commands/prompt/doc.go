// Package prompt answers what a line editor asks while a line is typed: what the prompt shows, and
// what Tab offers.
package prompt
