// Package session has all that belongs to a connection with a ZooKeeper
// ensemble, each thing once: addresses (endpoint.go), authentication (auth.go),
// TLS (tls.go), the retry policy (retry.go), transactions and their bounds
// (transaction.go), what cuts batches (batch.go) and the bound on operations per
// second (rate.go). A Client is a few sessions of two kinds: a reader, which sends
// many reads in one packet, what go-zookeeper/zk cannot, and uses no answer that
// is older than what was known; and a lane, which writes, through that library
// with a link as its network side, and is opened when something is written.
// Znodes are paths, data and numbers here: nothing may be known of trees, or of
// what is done with them.
package session
