// Package backup reads and writes the files in which znode trees are backed
// up: lines of JSON with a checksum, described in docs/backup-format.md. It
// knows the format and nothing of servers.
package backup
