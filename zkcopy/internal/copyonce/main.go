// Copyonce copies a tree, as a process that does nothing else, and prints what
// came of it and the most memory that it was resident with: for tests and
// benchmarks, whose own process holds more than a copy.
//
//	copyonce [-cpuprofile FILE] [-proofs DIR] SOURCE_HOSTS/PATH TARGET_HOSTS/PATH
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"

	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// Report is what is printed, as JSON.
type Report struct {
	zkcopy.CopyResult
	PeakMiB float64
}

func main() {
	profile := flag.String("cpuprofile", "", "write a profile of the copy to this file")
	proofs := flag.String("proofs", "", "keep the proof of the copy in this directory")
	flag.Parse()
	if err := run(context.Background(), *profile, *proofs, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "copyonce:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, profile, proofs string, arguments []string) error {
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
	var report Report
	err = profiled(profile, func() error {
		result, err := zkcopy.Copy(ctx, source, target, zkcopy.CopyOptions{Proofs: proofs})
		report.CopyResult = *result
		return err
	})
	if err != nil {
		return err
	}
	if report.PeakMiB, err = peakMemory(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

// profiled writes a profile of what it calls, if there is a file for it.
func profiled(file string, do func() error) error {
	if file == "" {
		return do()
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	err = do()
	pprof.StopCPUProfile()
	return errors.Join(err, f.Close())
}

func open(ctx context.Context, name string) (zkcopy.Tree, error) {
	endpoint, err := session.ParseEndpoint(name)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	client, err := session.Open(ctx, endpoint, session.Options{})
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
