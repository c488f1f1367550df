package zookeeper

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/visible"
	"pegashell/zkcopy"
	"pegashell/zkcopy/tree"
)

// nodeNotes say how the commands on one znode find it.
const nodeNotes = "Without HOSTS the connected cluster's ZooKeeper is used, without PATH the cluster's tree."

// nodeArgs are the kinds of the words of a command on one znode.
var nodeArgs = []complete.Kind{complete.OwnTree}

// openNode opens the znode or the tree that a command names with at most one word.
func openNode(ctx context.Context, env Env, flags *ensemble.Flags, name string, args []string) (zkcopy.Tree, error) {
	if len(args) > 1 {
		return zkcopy.Tree{}, outcome.WrongArguments(name, message.New("at most one HOSTS/PATH or PATH"), len(args))
	}
	zk, err := env.ZooKeepers(ctx, flags)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	at, err := treeOrHosts(ctx, env, zk, name, strings.Join(args, ""))
	if err != nil {
		return zkcopy.Tree{}, err
	}
	if at.Path == "" {
		at.Path = "/"
	}
	return zk.Open(ctx, at)
}

// openOwn opens the connected cluster's tree, whatever zk_cd has chosen.
func openOwn(ctx context.Context, env Env, flags *ensemble.Flags) (zkcopy.Tree, error) {
	zk, err := env.ZooKeepers(ctx, flags)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	at, err := ownTree(ctx, env)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	return zk.Open(ctx, at)
}

// readNode reads one znode whole, as the ensemble has agreed on it.
func readNode(ctx context.Context, tr zkcopy.Tree) (*tree.Node, error) {
	if err := tr.Sync(ctx); err != nil {
		return nil, err
	}
	return tr.ReadRoot(ctx)
}

// isText reports whether data can be shown as it is.
func isText(data []byte) bool { return visible.Text(string(data)) == string(data) }

// hexDump writes data as hex with offsets, sixteen bytes a line.
func hexDump(w io.Writer, data []byte) error {
	d := hex.Dumper(w)
	if _, err := d.Write(data); err != nil {
		return err
	}
	return d.Close()
}

// aclLine is an entry of an ACL as SCHEME:ID:PERMS.
func aclLine(a tree.ACL) string { return a.Scheme + ":" + a.ID + ":" + tree.PermsText(a.Perms) }

// statJSON is a znode's stat. Transaction and session ids are texts, because JSON's numbers are too narrow.
type statJSON struct {
	Kind           string    `json:"kind"`
	Czxid          string    `json:"czxid"`
	Created        time.Time `json:"created"`
	Mzxid          string    `json:"mzxid"`
	Changed        time.Time `json:"changed"`
	Pzxid          string    `json:"pzxid"`
	Cversion       int32     `json:"cversion"`
	Version        int32     `json:"version"`
	Aversion       int32     `json:"aversion"`
	EphemeralOwner *string   `json:"ephemeral_owner"`
	Bytes          int32     `json:"bytes"`
	Children       int32     `json:"children"`
}

func statOf(s tree.Stat) statJSON {
	out := statJSON{
		Kind: tree.KindOf(s).String(), Czxid: hexID(s.Czxid), Created: time.UnixMilli(s.Ctime).UTC(), Mzxid: hexID(s.Mzxid),
		Changed: time.UnixMilli(s.Mtime).UTC(), Pzxid: hexID(s.Pzxid), Cversion: s.Cversion, Version: s.Version, Aversion: s.Aversion,
		Bytes: s.DataLength, Children: s.NumChildren,
	}
	if s.EphemeralOwner != 0 {
		owner := hexID(s.EphemeralOwner)
		out.EphemeralOwner = &owner
	}
	return out
}

// hexID writes a transaction or a session as servers do.
func hexID(id int64) string { return fmt.Sprintf("%#x", uint64(id)) }

// statFields are those of statJSON below a key.
func statFields(key string) []command.Field {
	return []command.Field{
		{Path: key + ".kind", Type: command.Text, Meaning: "`persistent` or `ephemeral`"},
		{Path: key + ".czxid", Type: command.Text, Meaning: "the transaction that created it, as 0x1f"},
		{Path: key + ".created", Type: command.Instant, Meaning: "when that was"},
		{Path: key + ".mzxid", Type: command.Text, Meaning: "the transaction that set its data last"},
		{Path: key + ".changed", Type: command.Instant, Meaning: "when that was"},
		{Path: key + ".pzxid", Type: command.Text, Meaning: "the transaction that created or deleted a child last"},
		{Path: key + ".cversion", Type: command.Count, Meaning: "how often children were created or deleted"},
		{Path: key + ".version", Type: command.Count, Meaning: "how often its data was set"},
		{Path: key + ".aversion", Type: command.Count, Meaning: "how often its ACL was set"},
		{Path: key + ".ephemeral_owner", Type: command.MaybeText, Meaning: "the session that holds it; null for a persistent one"},
		{Path: key + ".bytes", Type: command.Count, Meaning: "the size of its data"},
		{Path: key + ".children", Type: command.Count, Meaning: "how many children it has"},
	}
}

// dataText is data as text for JSON, nil for what is none, and as base64.
func dataText(data []byte) (text *string, encoded string) {
	encoded = base64.StdEncoding.EncodeToString(data)
	if !isText(data) {
		return nil, encoded
	}
	s := string(data)
	return &s, encoded
}
