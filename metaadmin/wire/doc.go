// Package wire holds what crosses the wire between a Pegasus shell and the servers: the frames with
// the THFT header in both versions, and the messages of the IDL over thrift's binary protocol.
//
// It serves both ends: package metaadmin is the client, the simulated servers of onebox answer with
// the same types. Nothing in it opens a connection.
package wire
