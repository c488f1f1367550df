// Package zkcopy holds the operations on ZooKeeper trees: copy, compare, check,
// count, list, inspect, back up, restore and remove, and how two trees lie to
// each other. Package tree below it reads trees, package session has the
// connections with an ensemble; package layout knows what a Pegasus metadata
// tree looks like, package backup the format of backup files. Nothing here may
// know of terminals, or of the Pegasus servers' own protocol.
//
// It never prints: calls return typed results and typed errors, and report
// their progress through a small interface. Memory is bounded by the options
// of a call, not by the size or shape of the tree.
//
// The node /zookeeper, which belongs to the servers, is never read or touched.
package zkcopy

import "pegashell/zkcopy/tree"

// Tree is the tree below a path, as one client sees it: what the operations are
// about.
type Tree = tree.Tree
