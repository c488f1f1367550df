// Copyonce copies a tree, or does something else with two trees, as a process that does nothing else,
// and prints what came of it and the most memory that it was resident with: for tests and benchmarks,
// whose own process holds more than a copy.
//
// One that follows takes the end of its input for the freeze.
//
//	copyonce [-cpuprofile FILE] [-proofs DIR] [-do WHAT] [-file FILE] [-sessions N] SOURCE_HOSTS/PATH TARGET_HOSTS/PATH
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// Report is what is printed, as JSON.
type Report struct {
	zkcopy.CopyResult
	PeakMiB float64
	// Cores is how much of a core a follower needed, from the end of the first copy until the freeze.
	Cores float64
}

func main() {
	profile := flag.String("cpuprofile", "", "write a profile of the copy to this file")
	proofs := flag.String("proofs", "", "keep the proof of the copy in this directory")
	what := flag.String("do", "copy", "copy, follow, diff, backup, restore, check or list")
	file := flag.String("file", "", "the backup file of backup and restore")
	sessions := flag.Int("sessions", 0, "the most sessions that write to an ensemble, and that read from it")
	flag.Parse()
	if err := run(context.Background(), *profile, operation{what: *what, proofs: *proofs, file: *file, sessions: *sessions}, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "copyonce:", err)
		os.Exit(1)
	}
}

// operation is what is done with the trees.
type operation struct {
	what, proofs, file string
	sessions           int
	report             *Report
}

func (o operation) run(ctx context.Context, source, target zkcopy.Tree) (*zkcopy.CopyResult, error) {
	none := &zkcopy.CopyResult{}
	switch o.what {
	case "copy":
		return zkcopy.Copy(ctx, source, target, zkcopy.CopyOptions{Proofs: o.proofs})
	case "follow":
		return o.follow(ctx, source, target)
	case "diff":
		r, err := zkcopy.Diff(ctx, source, target, zkcopy.DiffOptions{})
		return &zkcopy.CopyResult{Equal: r.Equal, Duration: r.Duration}, err
	case "backup":
		r, err := zkcopy.Backup(ctx, source, o.file, zkcopy.BackupOptions{})
		return &zkcopy.CopyResult{Read: r.Znodes, Duration: r.Duration}, err
	case "restore":
		file, err := zkcopy.OpenBackup(o.file)
		if err != nil {
			return none, err
		}
		defer file.Close()
		return zkcopy.Restore(ctx, file, target, zkcopy.RestoreOptions{})
	case "check":
		r, err := zkcopy.Check(ctx, source, zkcopy.CheckOptions{})
		if err != nil {
			return none, err
		}
		return &zkcopy.CopyResult{Read: r.Znodes}, nil
	case "list":
		r := &zkcopy.CopyResult{Read: 1}
		return r, zkcopy.List(ctx, source, zkcopy.ListOptions{Recursive: true}, func(zkcopy.Entry) error { r.Read++; return nil })
	}
	return none, fmt.Errorf("%q is no operation", o.what)
}

// follow follows until the input ends and the last look has verified both sides. It writes a line
// when the first copy is done.
func (o operation) follow(ctx context.Context, source, target zkcopy.Tree) (*zkcopy.CopyResult, error) {
	frozen := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(frozen)
	}()
	var began time.Time
	var used time.Duration
	r, err := zkcopy.Follow(ctx, source, target, zkcopy.FollowOptions{
		CopyOptions: zkcopy.CopyOptions{Proofs: o.proofs},
		Frozen: func(context.Context) bool {
			select {
			case <-frozen:
				return true
			default:
				return false
			}
		},
		OnState: func(s zkcopy.FollowState) {
			switch {
			case s.Phase == zkcopy.FollowFollows && began.IsZero():
				began, used = time.Now(), processorTime()
				fmt.Fprintln(os.Stderr, "following")
			case !s.FrozenSince.IsZero() && o.report.Cores == 0:
				o.report.Cores = (processorTime() - used).Seconds() / time.Since(began).Seconds()
			}
		},
	})
	if err != nil {
		return &zkcopy.CopyResult{}, err
	}
	return r.LastLook, nil
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func run(ctx context.Context, profile string, do operation, arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("want 2 arguments, not %d", len(arguments))
	}
	source, err := open(ctx, arguments[0], do.sessions)
	if err != nil {
		return err
	}
	defer source.Client.Close()
	target, err := open(ctx, arguments[1], do.sessions)
	if err != nil {
		return err
	}
	defer target.Client.Close()
	var report Report
	do.report = &report
	err = profiled(profile, func() error {
		result, err := do.run(ctx, source, target)
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

func open(ctx context.Context, name string, sessions int) (zkcopy.Tree, error) {
	endpoint, err := session.ParseEndpoint(name)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	client, err := session.Open(ctx, endpoint, session.Options{Connections: sessions})
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
