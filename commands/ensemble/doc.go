// Package ensemble finds ZooKeepers as a command line names them: by servers or by a name of plugins.toml, with the
// credentials and the TLS files that flags, the manifest or the environment have for them.
//
// It knows the manifest and zkcopy, and no command.
package ensemble
