// Package cluster holds the commands of the Pegasus shell itself, a file each: what is asked of the meta and the replica servers.
//
// They know no ZooKeeper, and no other family.
package cluster
