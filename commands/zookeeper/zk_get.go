package zookeeper

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy/tree"
)

type zkGetOptions struct {
	as      string
	json    bool
	connect ensemble.Flags
}

// Forms of data.
const (
	asText = "text"
	asJSON = "json"
	asHex  = "hex"
)

func zkGetCommand() *command.Command {
	return &command.Command{
		Name:    "zk_get",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "show the data of a znode",
		Usage:   "[HOSTS/PATH|PATH] [--as text|json|hex] " + ensemble.Usage + " [-j|--json]",
		Notes: "`--as json` indents data that is JSON, `--as hex` shows the bytes with their offsets, which a terminal gets of all data that is no text; " +
			"a pipe or a file gets the bytes as they are. `-j` has the stat and the ACL too. " + nodeNotes,
		Fields: slices.Concat([]command.Field{
			{Path: "znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "data", Type: command.MaybeText, Meaning: "the data; null if it is no text"},
			{Path: "data_base64", Type: command.Text, Meaning: "the bytes in base64"},
			{Path: "acl", Type: command.Texts, Meaning: "the ACL, each entry as SCHEME:ID:PERMS"},
		}, statFields("stat")),
		Examples: []string{"zk_get /pegasus/c1/apps/1", "zk_get 10.0.0.1:2181/pegasus/c1/apps/1 --as json"},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkGetOptions
			flags.StringVar(&o.as, "as", asText, "how the data is shown: text, json or hex")
			flags.Complete("as", complete.DataForm.Complete)
			declareConnection(flags, &o.connect)
			flags.BoolVarP(&o.json, "json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error { return zkGetRun(ctx, env, &o, args) }
		},
	}
}

func zkGetRun(ctx context.Context, env Env, o *zkGetOptions, args []string) error {
	if !slices.Contains([]string{asText, asJSON, asHex}, o.as) {
		return outcome.WrongUse("zk_get: --as: %q is not one of text, json, hex", o.as)
	}
	at, err := openNode(ctx, env, &o.connect, "zk_get", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	node, err := readNode(ctx, at)
	if err != nil {
		return err
	}
	if o.json {
		return writeNodeJSON(env, at.String(), node)
	}
	return writeData(env, o.as, node.Data)
}

// writeData shows data in a form. Outside a terminal text is the data and nothing else: what is written to a file can be
// set again.
func writeData(env Env, as string, data []byte) error {
	atTerminal := render.ScreenOf(env.Out()) != nil
	switch {
	case as == asJSON:
		var b bytes.Buffer
		if err := json.Indent(&b, data, "", "    "); err != nil {
			return message.Errorf("the data is not JSON: %w", err)
		}
		data = append(b.Bytes(), '\n')
	case as == asHex, !isText(data) && atTerminal:
		return hexDump(env.Out(), data)
	}
	if _, err := env.Out().Write(data); err != nil {
		return err
	}
	if atTerminal && !bytes.HasSuffix(data, []byte("\n")) {
		_, err := fmt.Fprintln(env.Out())
		return err
	}
	return nil
}

func writeNodeJSON(env Env, name string, node *tree.Node) error {
	out := struct {
		Znode   string   `json:"znode"`
		Data    *string  `json:"data"`
		Encoded string   `json:"data_base64"`
		ACL     []string `json:"acl"`
		Stat    statJSON `json:"stat"`
	}{Znode: name, ACL: []string{}, Stat: statOf(node.Stat)}
	out.Data, out.Encoded = dataText(node.Data)
	for _, a := range node.ACL {
		out.ACL = append(out.ACL, aclLine(a))
	}
	return render.WriteIndented(env.Out(), out, "    ")
}

func zkGetACLCommand() *command.Command {
	return &command.Command{
		Name:     "zk_getacl",
		Plugin:   command.PluginZooKeeper,
		Reads:    true,
		Summary:  "show the ACL of a znode",
		Usage:    "[HOSTS/PATH|PATH] " + ensemble.Usage + " [-j|--json]",
		Notes:    "An entry a line: SCHEME:ID:PERMS, of c (create), d (delete), r (read), w (write), a (admin). " + nodeNotes,
		Fields:   []command.Field{{Path: "znode", Type: command.Text, Meaning: "HOSTS/PATH"}, {Path: "acl", Type: command.Texts, Meaning: "each entry as SCHEME:ID:PERMS"}},
		Examples: []string{"zk_getacl /pegasus/c1", "zk_getacl 10.0.0.1:2181/pegasus/c1"},
		Args:     nodeArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkGetACLRun(ctx, env, &connect, *inJSON, args)
			}
		},
	}
}

func zkGetACLRun(ctx context.Context, env Env, connect *ensemble.Flags, inJSON bool, args []string) error {
	at, err := openNode(ctx, env, connect, "zk_getacl", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	if err := at.Sync(ctx); err != nil {
		return err
	}
	answer, err := at.Client.ACL(ctx, at.Path)
	switch {
	case err != nil:
		return at.Wrap(err)
	case answer.Stat == nil:
		return &tree.NotFoundError{Tree: at.Endpoint()}
	}
	lines := []string{}
	for _, a := range answer.ACL {
		lines = append(lines, aclLine(a))
	}
	if inJSON {
		return render.WriteIndented(env.Out(), struct {
			Znode string   `json:"znode"`
			ACL   []string `json:"acl"`
		}{at.String(), lines}, "    ")
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(env.Out(), line); err != nil {
			return err
		}
	}
	return nil
}
