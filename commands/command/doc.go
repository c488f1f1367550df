// Package command defines what a command is: its words, its flags and its run, what a run may use
// (Env), and the registry that is the source of execution, help, completion and the documentation.
//
// A command gets everything through its environment, prints its result there and returns an error.
// It opens no socket: clusters are reached through metaadmin, ZooKeepers through zkcopy. No family
// is known here.
package command
