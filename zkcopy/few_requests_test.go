package zkcopy

import (
	"fmt"
	"path/filepath"
	"testing"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
)

// What reads a whole tree asks for data and stats in transactions, and for ACLs only if it needs them.
func TestWhatReadsATreeSendsFewPackets(t *testing.T) {
	const tables, width = 3, 600
	const znodes = 1 + tables*(1+width)
	tt := twoServers(t)
	for i := range tables {
		zktest.Plant(t, tt.from, tt.source.Path, zktest.Znode{Path: fmt.Sprintf("/%d", i), Data: []byte("table")})
		zktest.PlantMany(t, tt.from, fmt.Sprintf("%s/%d", tt.source.Path, i), "%d", width, []byte("partition"))
	}
	tt.copy(t, CopyOptions{})
	ctx, folder := zktest.Context(t), t.TempDir()
	file, _ := save(t, tt.source, "saved.zkb")
	for name, test := range map[string]struct {
		run           func(source, target Tree) error
		packets, acls int64 // at most
	}{
		"comparison": {func(source, target Tree) error {
			r, err := Diff(ctx, source, target, DiffOptions{})
			if err == nil && r.Equal != znodes {
				err = fmt.Errorf("%+v", r)
			}
			return err
		}, 2*znodes + znodes/5, 2 * znodes},
		"comparison without ACLs": {func(source, target Tree) error {
			r, err := Diff(ctx, source, target, DiffOptions{IgnoreACL: true})
			if err == nil && r.Equal != znodes {
				err = fmt.Errorf("%+v", r)
			}
			return err
		}, znodes / 5, 0},
		"backup": {func(source, _ Tree) error {
			r, err := Backup(ctx, source, filepath.Join(folder, "tree.zkb"), BackupOptions{})
			if err == nil && r.Znodes != znodes {
				err = fmt.Errorf("%+v", r)
			}
			return err
		}, znodes + znodes/5, znodes},
		"restoration into nothing": {func(_, target Tree) error {
			target.Path += "-restored"
			r, err := Restore(ctx, openFile(t, file), target, RestoreOptions{})
			if err == nil && (r.Created != znodes || !r.Verified) {
				err = fmt.Errorf("%+v", r)
			}
			return err
		}, znodes / 10, 10},
		"check": {func(source, _ Tree) error {
			r, err := Check(ctx, source, CheckOptions{})
			if err == nil && r.Znodes != znodes {
				err = fmt.Errorf("%+v", r)
			}
			return err
		}, znodes / 10, 0},
		"recursive list": {func(source, _ Tree) error {
			return List(ctx, source, ListOptions{Recursive: true}, func(Entry) error { return nil })
		}, znodes / 10, 0},
		"list of names": {func(source, _ Tree) error {
			source.Path += "/0"
			return List(ctx, source, ListOptions{NamesOnly: true}, func(Entry) error { return nil })
		}, 20, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var count requests
			dial := func(o *session.Options) { o.Dialer = count.dial }
			source, target := tt.source, tt.target
			source.Client, target.Client = openServer(t, second.start(t), asAdmin, dial), openServer(t, zktest.Shared(t), asAdmin, dial)
			if err := test.run(source, target); err != nil {
				t.Fatal(err)
			}
			packets, acls := count.packets.Load(), count.getACL.Load()
			t.Logf("%d packets, %d ACLs", packets, acls)
			if packets > test.packets || acls > test.acls {
				t.Errorf("%d packets and %d ACLs for %d znodes, expected at most %d and %d", packets, acls, znodes, test.packets, test.acls)
			}
		})
	}
}
