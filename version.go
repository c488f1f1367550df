package main

import "runtime/debug"

// version is set when linking: -ldflags "-X main.version=1.2.3".
var version string

// programVersion is the linked version or, without one, what the Go toolchain knows about the
// build.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}
