package zkcopy_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"pegashell/zkcopy"
)

// A tree is written to a file, and restored beside itself.
func ExampleBackup() {
	ctx := context.Background()
	tree, stop := startCluster(ctx)
	defer stop()
	dir, err := os.MkdirTemp("", "zkcopy-example-*")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	name := filepath.Join(dir, "c1.zkb.zst")
	saved, err := zkcopy.Backup(ctx, tree, name, zkcopy.BackupOptions{})
	if err != nil {
		log.Fatal(err) // a *SourceChangedError: the file is there, but is no picture of one moment
	}
	fmt.Println("saved", saved.Znodes)

	file, err := zkcopy.OpenBackup(name)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	target := zkcopy.Tree{Client: tree.Client, Path: "/restored"}
	restored, err := zkcopy.Restore(ctx, file, target, zkcopy.RestoreOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("created", restored.Created, "verified", restored.Verified)
	// Output:
	// saved 6
	// created 6 verified true
}

// Each difference is told as it is found, in the order of the trees.
func ExampleDiff() {
	ctx := context.Background()
	tree, stop := startCluster(ctx)
	defer stop()
	table := zkcopy.Tree{Client: tree.Client, Path: "/pegasus/c1/apps/1"}
	result, err := zkcopy.Diff(ctx, tree, table, zkcopy.DiffOptions{
		OnDifference: func(d zkcopy.DiffEntry) error {
			fmt.Println(d.Kind, d.Path)
			return nil
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("equal:", result.Equal, "same:", result.Same())
	// Output:
	// data /
	// only_in_b /0
	// only_in_b /1
	// only_in_b /2
	// only_in_a /apps
	// only_in_a /apps/1
	// only_in_a /apps/1/0
	// only_in_a /apps/1/1
	// only_in_a /apps/1/2
	// equal: 0 same: false
}
