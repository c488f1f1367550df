package zkcopy

import (
	"context"
	"path/filepath"
	"testing"
)

// BenchmarkBackup measures what reads trees and files, in turn on the same servers, in floors of get and
// get ACL for every znode, and restorations in copies.
func BenchmarkBackup(b *testing.B) {
	x := newBench(b, *benchZnodes, 2048)
	x.copy(CopyOptions{SkipVerify: true})
	ctx := context.Background()
	name := filepath.Join(b.TempDir(), "tree.zkb.zst")
	took := series{}
	diff := func(a, c Side, o DiffOptions) {
		if r, err := Diff(ctx, a, c, o); err != nil || r.Equal != x.znodes || !r.Same() {
			b.Fatalf("%+v, %v", r, err)
		}
	}
	proofs := b.TempDir()
	restore := func(o RestoreOptions) *CopyResult {
		file := openFile(b, name)
		if _, err := file.Clusters(ctx); err != nil { // for the guards
			b.Fatal(err)
		}
		r, err := Restore(ctx, file, x.target, o)
		if err != nil || !r.Verified {
			b.Fatalf("%+v, %v", r, err)
		}
		return r
	}
	list := func(o ListOptions) {
		var entries int64
		tr := x.source
		if err := List(ctx, tr, o, func(Entry) error { entries++; return nil }); err != nil || entries != x.znodes-1 {
			b.Fatalf("%d, %v", entries, err)
		}
	}
	for b.Loop() {
		x.readFloor(took.timer("floor"))
		took.time("backup", func() {
			if r, err := Backup(ctx, x.source, name, BackupOptions{Overwrite: true}); err != nil || r.Znodes != x.znodes {
				b.Fatalf("%+v, %v", r, err)
			}
		})
		took.time("diff", func() { diff(x.source, x.target, DiffOptions{}) })
		took.time("diff, no ACLs", func() { diff(x.source, x.target, DiffOptions{IgnoreACL: true}) })
		took.time("diff with the file", func() { diff(x.source, openFile(b, name), DiffOptions{}) })
		took.time("check", func() {
			if r, err := Check(ctx, x.source, CheckOptions{}); err != nil || r.Znodes != x.znodes {
				b.Fatalf("%+v, %v", r, err)
			}
		})
		took.time("list", func() { list(ListOptions{Recursive: true}) })
		x.clear()
		took.time("copy", func() { x.copy(CopyOptions{}) })
		x.clear()
		took.time("restore", func() {
			if r := restore(RestoreOptions{Proofs: proofs}); r.Created != x.znodes {
				b.Fatalf("%+v", r)
			}
		})
		took.time("restore again", func() {
			if r := restore(RestoreOptions{Proofs: proofs}); r.Equal != x.znodes || !r.ByProof {
				b.Fatalf("%+v", r)
			}
		})
		took.time("restore again, no proof", func() {
			if r := restore(RestoreOptions{}); r.Equal != x.znodes {
				b.Fatalf("%+v", r)
			}
		})
	}
	find(b, "floor of reading", took.median("floor"), "s", 0)
	find(b, "backup", took.ratio("backup", "floor"), "floors", 0.7)
	find(b, "comparison of trees", took.ratio("diff", "floor"), "floors", 1.15)
	find(b, "comparison of trees without ACLs", took.ratio("diff, no ACLs", "floor"), "floors", 0.25)
	find(b, "comparison of a tree with a file", took.ratio("diff with the file", "floor"), "floors", 0)
	find(b, "check of a tree", took.ratio("check", "floor"), "floors", 0.2)
	find(b, "recursive list", took.ratio("list", "floor"), "floors", 0.2)
	find(b, "restoration into nothing", took.ratio("restore", "copy"), "copies", 1.2)
	find(b, "restoration of what is there", took.ratio("restore again", "copy"), "copies", 0.5)
	find(b, "the same without a proof", took.ratio("restore again, no proof", "copy"), "copies", 0)
}
