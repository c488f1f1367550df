package zkcopy

import (
	"runtime"
	"strconv"
	"testing"
	"weak"

	"pegashell/internal/test/zktest"
	"pegashell/zkcopy/session"
	"pegashell/zkcopy/tree"
)

// A branch waits for its parent's batch, in which other branches' leaves were
// written, and so on up to the root: none of these may stay in memory.
func TestWritesThatAreDoneAreForgotten(t *testing.T) {
	conn, tr := oneServer(t)
	w := newWriter(openServer(t, zktest.Shared(t)), session.Batching{BatchOps: 2}, func(*write) {})
	top := &branch{}
	top.left.Store(100)
	var leaves []weak.Pointer[write]
	var inner *branch
	add := func(path string, parent *branch, own *branch) *write {
		each := &write{
			action: action{create: true}, path: tr.Path + path, data: []byte("data"), acl: tree.OpenACL(), parent: parent, branch: own,
			pair: &tree.Pair{Nodes: [2]*tree.Node{{Data: []byte("data")}}},
		}
		if own != nil {
			own.write = each
		}
		if err := w.queue.Put(zktest.Context(t), each, false); err != nil {
			t.Fatal(err)
		}
		return each
	}
	// From here on each leaf shares a transaction with the next branch.
	leaves = append(leaves, weak.Make(add("/leaf", top, nil)))
	for i := range 5 {
		if inner != nil {
			leaves = append(leaves, weak.Make(add("/"+strconv.Itoa(i-1)+"/leaf", inner, nil)))
		}
		next := &branch{parent: top}
		next.left.Store(100)
		add("/"+strconv.Itoa(i), top, next)
		inner = next
	}
	w.queue.Close()
	if err := w.run(zktest.Context(t)); err != nil {
		t.Fatal(err)
	}
	if !zktest.Exists(t, conn, tr.Path+"/3/leaf") {
		t.Error("the last leaf was not written")
	}
	runtime.GC()
	for i, leaf := range leaves {
		if leaf.Value() != nil {
			t.Errorf("leaf %d is still in memory", i)
		}
	}
	if inner.write.pair != nil {
		t.Error("the data of a branch is still in memory")
	}
	runtime.KeepAlive(inner)
}
