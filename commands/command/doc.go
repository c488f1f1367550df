// Package command says what a command is: its words, its flags and its run, what a run may use (Env), and the registry that
// execution, help, completion and the documentation are made from.
//
// A command gets everything through its environment, prints its result there and returns an error. It opens no
// socket: clusters are reached through metaadmin, ZooKeepers through zkcopy. No family is known here.
package command
