// Package zkcopy is the engine over ZooKeeper trees: it walks, counts, lists,
// copies, verifies and removes them, and looks at a Pegasus metadata tree for
// what makes one of these dangerous. Package layout below it knows how such a
// tree is written, and package reader reads with many requests in one packet.
//
// It never prints: calls return typed results and typed errors, and report
// their progress through a small interface. Memory is bounded by the options
// of a call, not by the size or shape of the tree.
//
// The node /zookeeper, which belongs to the servers, is never read or touched.
package zkcopy
