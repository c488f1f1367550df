// Package migration is what the product is about: what was seen of a cluster, of its configuration
// and of the trees that hold its metadata (Survey), and functions over that. The guards say what
// speaks against a change; Execute is the one way for every command that changes a cluster or a
// tree.
//
// Guards are pure functions: they ask nobody, print nothing, and are tested by tables without a
// server. What they need is gathered before by a Look, once a change. Nothing here knows terminals
// or sockets.
package migration
