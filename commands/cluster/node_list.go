package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// recoverNode is a replica server that recover is to ask.
type recoverNode struct {
	name    string // as it was typed
	address wire.Address
	twin    wire.HostPort
	byHost  bool // named by its host, so that the twin says more than the address
}

// readNodes reads the servers of recover's options. What is wrong is printed in the original's
// words.
func readNodes(ctx context.Context, env Env, admin *metaadmin.Client, o *recoverOptions) ([]recoverNode, error) {
	if o.listText != "" {
		return nodesOfText(ctx, env, admin, o.listText)
	}
	content, err := os.ReadFile(o.listFile)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(env.Err(), "open file %s failed\n", o.listFile)
		return nil, outcome.Told(err)
	}
	if err != nil {
		return nil, failErr(env, err, "open file %s failed", o.listFile)
	}
	var nodes []recoverNode
	for i, line := range strings.Split(string(content), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		n, err := resolveNode(ctx, admin, line)
		if err != nil {
			return nil, failNode(env, err, line, "parse %s at file %s line %d as ip:port failed", line, o.listFile, i+1)
		}
		nodes = append(nodes, n)
	}
	if len(nodes) == 0 {
		fmt.Fprintf(env.Err(), "no node specified in file %s\n", o.listFile)
		return nil, outcome.Told(errors.New("no replica server is listed"))
	}
	return nodes, nil
}

func nodesOfText(ctx context.Context, env Env, admin *metaadmin.Client, text string) ([]recoverNode, error) {
	servers := splitList(text)
	if len(servers) == 0 {
		fmt.Fprintln(env.Err(), "can't parse node from node_list_str")
		return nil, outcome.Told(errors.New("no replica server is listed"))
	}
	var nodes []recoverNode
	for _, server := range servers {
		n, err := resolveNode(ctx, admin, server)
		if err != nil {
			return nil, failNode(env, err, server, "parse %s as a ip:port node failed", server)
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// failNode reports a server that cannot be used; the reason is only printed where the name itself
// is well-formed.
func failNode(env Env, err error, server, format string, args ...any) error {
	if err := metaadmin.CheckServer(server); err != nil {
		fmt.Fprintf(env.Err(), format+"\n", args...)
		noteOctal(env, err)
		return outcome.Told(err)
	}
	return failErr(env, err, format, args...)
}

// noteOctal says why a server's name is refused of which the original would make another port.
func noteOctal(env Env, err error) {
	if note := command.OctalNote(err); !note.IsZero() {
		env.Note("%s", note)
	}
}

func resolveNode(ctx context.Context, admin *metaadmin.Client, server string) (recoverNode, error) {
	address, twin, err := admin.Resolve(ctx, server)
	if err != nil {
		return recoverNode{}, err
	}
	n := recoverNode{name: server, address: address, byHost: twin != nil}
	if twin == nil {
		parsed, err := wire.ParseHostPort(server)
		if err != nil {
			return recoverNode{}, err
		}
		twin = &parsed
	}
	n.twin = *twin
	return n, nil
}

// withoutDuplicates leaves out servers that are there already and reports each.
func withoutDuplicates(w io.Writer, nodes []recoverNode) []recoverNode {
	seen := map[wire.Address]bool{}
	var once []recoverNode
	for _, n := range nodes {
		if seen[n.address] {
			fmt.Fprintf(w, "duplicate replica node %s, just ingore it\n", n.name) // sic
			continue
		}
		seen[n.address] = true
		once = append(once, n)
	}
	return once
}

func namedByHost(nodes []recoverNode) bool {
	for _, n := range nodes {
		if n.byHost {
			return true
		}
	}
	return false
}
