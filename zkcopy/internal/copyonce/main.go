// Copyonce copies a tree, as a process that does nothing else, and prints what
// came of it and the most memory that it was resident with: for tests and
// benchmarks, whose own process holds more than a copy.
//
//	copyonce SOURCE_HOSTS/PATH TARGET_HOSTS/PATH
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"pegashell/zkcopy"
)

// Report is what is printed, as JSON.
type Report struct {
	zkcopy.CopyResult
	PeakMiB float64
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "copyonce:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("want 2 arguments, not %d", len(arguments))
	}
	source, err := open(ctx, arguments[0])
	if err != nil {
		return err
	}
	defer source.Client.Close()
	target, err := open(ctx, arguments[1])
	if err != nil {
		return err
	}
	defer target.Client.Close()
	result, err := zkcopy.Copy(ctx, source, target, zkcopy.CopyOptions{})
	if err != nil {
		return err
	}
	peak, err := peakMemory()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(Report{*result, peak})
}

func open(ctx context.Context, name string) (zkcopy.Tree, error) {
	endpoint, err := zkcopy.ParseEndpoint(name)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	client, err := zkcopy.Open(ctx, endpoint, zkcopy.Options{})
	return zkcopy.Tree{Client: client, Path: endpoint.Path}, err
}

// peakMemory is the most that this process was resident with, in MiB.
func peakMemory() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		return 0, fmt.Errorf("read /proc/self/status: %w", err)
	}
	return kib / 1024, nil
}
