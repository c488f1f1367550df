// Package zookeeper holds the commands on znode trees, zk_*, a file each. They turn what zkcopy does into words and tables.
//
// They know no frames, and no other family.
package zookeeper
