// Package config holds the commands on the configuration files of Pegasus servers, a file each.
package config
