// Package look fills a migration.Survey: it asks every meta and replica server, looks at the trees
// in both ZooKeepers and reads the configuration files. It changes nothing anywhere, and decides
// nothing: what follows from a Survey is in package migration.
package look
