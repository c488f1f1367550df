// Command onebox runs a Pegasus cluster on one machine, for demonstrations and tests: real
// ZooKeeper servers, simulated meta and replica servers that speak the real protocol.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"pegashell/onebox/cli"
	"pegashell/onebox/metaserver"
	"pegashell/onebox/replicaserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	program, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "onebox: find this program:", err)
		os.Exit(1)
	}
	app := &cli.App{Stdout: os.Stdout, Stderr: os.Stderr, Program: program, Meta: metaserver.Run, Replica: replicaserver.Run}
	os.Exit(app.Run(ctx, os.Args[1:]))
}
