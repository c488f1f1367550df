// Package reader reads znodes with many requests in one packet, which
// go-zookeeper/zk cannot: a session of its own that does nothing but read.
//
// What is to be read goes out in as few system calls as there can be. Data is
// asked for by read transactions (multiRead, ZooKeeper 3.6 and later; one by
// one before), ACLs and stats by requests that follow each other without
// waiting. Answers are taken from the stream as they come: data that is longer
// than was said is passed over and its length told, so that memory is bounded
// whatever a server sends.
package reader
