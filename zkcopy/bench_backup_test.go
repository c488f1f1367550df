package zkcopy

import (
	"context"
	"path/filepath"
	"testing"
)

// BenchmarkBackup writes a tree to a file, compares the two, and restores the
// file to another server.
func BenchmarkBackup(b *testing.B) {
	x := newBench(b, *benchZnodes, 2048)
	source, target, znodes := x.source, x.target, x.znodes
	ctx := context.Background()
	name := filepath.Join(b.TempDir(), "tree.zkb.zst")
	run := func(what string, before, do func(b *testing.B)) {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				before(b)
				b.StartTimer()
				do(b)
			}
			b.ReportMetric(float64(znodes)*float64(b.N)/b.Elapsed().Seconds(), "znodes/s")
		})
	}
	nothing := func(*testing.B) {}
	same := func(a, c Side) func(b *testing.B) {
		return func(b *testing.B) {
			r, err := Diff(ctx, a, c, DiffOptions{})
			if err != nil || r.Equal != znodes || !r.Same() {
				b.Fatalf("%+v, %v", r, err)
			}
		}
	}
	run("write", nothing, func(b *testing.B) {
		if r, err := Backup(ctx, source, name, BackupOptions{Overwrite: true}); err != nil || r.Znodes != znodes {
			b.Fatalf("%+v, %v", r, err)
		}
	})
	file := openFile(b, name)
	run("check", nothing, func(b *testing.B) {
		if r, err := openFile(b, name).Check(ctx, nil); err != nil || r.Znodes != znodes {
			b.Fatalf("%+v, %v", r, err)
		}
	})
	run("compare tree and file", nothing, same(source, file))
	run("restore", func(b *testing.B) {
		if r, err := Remove(ctx, target, RemoveOptions{}); err != nil && r.Removed != 0 {
			b.Fatal(err)
		}
	}, func(b *testing.B) {
		if r, err := Restore(ctx, file, target, RestoreOptions{}); err != nil || r.Created != znodes || !r.Verified {
			b.Fatalf("%+v, %v", r, err)
		}
	})
	run("compare trees", nothing, same(source, target))
}
