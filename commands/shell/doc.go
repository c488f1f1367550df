// Package shell holds the commands of the shell itself, a file each: help, those that execute other
// lines, and the programs that a site adds.
package shell
