package command

import (
	"pegashell/internal/manifest"
)

// The plugins: groups of commands that the manifest switches on and off. The shell's own are always
// on.
const (
	PluginShell     = "shell"
	PluginCluster   = manifest.PluginCluster
	PluginZooKeeper = manifest.PluginZooKeeper
	PluginMigration = manifest.PluginMigration
	PluginConfig    = manifest.PluginConfig
	PluginExternal  = manifest.PluginExternal
)
