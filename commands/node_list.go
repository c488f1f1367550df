package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// recoverNode is a replica server that recover is to ask.
type recoverNode struct {
	name    string // as it was given
	address wire.Address
	twin    wire.HostPort
	byHost  bool // named by its host, so that the twin tells more than the address
}

// readNodes reads the servers of recover's options. What is wrong is told in the original's words.
func readNodes(ctx context.Context, env *Env, admin *metaadmin.Client, o *recoverOptions) ([]recoverNode, error) {
	if o.listText != "" {
		return nodesOfText(ctx, env, admin, o.listText)
	}
	content, err := os.ReadFile(o.listFile)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(env.Err, "open file %s failed\n", o.listFile)
		return nil, reported(err)
	}
	if err != nil {
		return nil, env.failErr(err, "open file %s failed", o.listFile)
	}
	var nodes []recoverNode
	for i, line := range strings.Split(string(content), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		n, err := resolveNode(ctx, admin, line)
		if err != nil {
			return nil, env.failNode(err, line, "parse %s at file %s line %d as ip:port failed", line, o.listFile, i+1)
		}
		nodes = append(nodes, n)
	}
	if len(nodes) == 0 {
		fmt.Fprintf(env.Err, "no node specified in file %s\n", o.listFile)
		return nil, reported(errors.New("no replica server is listed"))
	}
	return nodes, nil
}

func nodesOfText(ctx context.Context, env *Env, admin *metaadmin.Client, text string) ([]recoverNode, error) {
	servers := splitList(text)
	if len(servers) == 0 {
		fmt.Fprintln(env.Err, "can't parse node from node_list_str")
		return nil, reported(errors.New("no replica server is listed"))
	}
	var nodes []recoverNode
	for _, server := range servers {
		n, err := resolveNode(ctx, admin, server)
		if err != nil {
			return nil, env.failNode(err, server, "parse %s as a ip:port node failed", server)
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// failNode tells of a server that cannot be used; why is only told where the name itself is well-formed.
func (e *Env) failNode(err error, server, format string, args ...any) error {
	if metaadmin.CheckServer(server) != nil {
		fmt.Fprintf(e.Err, format+"\n", args...)
		return reported(err)
	}
	return e.failErr(err, format, args...)
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

// withoutDuplicates leaves out servers that are there already and tells of each.
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

type recoverListOptions struct {
	file      string
	aliveOnly bool
}

func recoverListCommand() *Command {
	return &Command{
		Name:    "recover_list",
		Plugin:  PluginCluster,
		Summary: "list the living replica servers in the form that recover -f reads",
		Usage:   "[-o|--output file_name] [--alive_only]",
		Notes: "It refuses when a server is not alive, for a recovery without it may lose data. (The documented `grep ALIVE` on " +
			"the output of nodes also takes servers that are UNALIVE.)",
		Examples: []string{"recover_list -o recover_node_list"},
		Prepare: func(flags *pflag.FlagSet) Run {
			var o recoverListOptions
			flags.StringVarP(&o.file, "output", "o", "", "write the list to this file")
			flags.BoolVar(&o.aliveOnly, "alive_only", false, "leave out servers that are not alive")
			return func(ctx context.Context, env *Env, _ []string) error { return recoverListRun(ctx, env, &o) }
		},
	}
}

func recoverListRun(ctx context.Context, env *Env, o *recoverListOptions) error {
	admin, err := env.admin()
	if err != nil {
		return err
	}
	infos, err := admin.ListNodes(ctx, wire.NodeInvalid)
	if err != nil {
		return env.fail(err, "list nodes failed, error=%s", metaadmin.Code(err))
	}
	status := map[string]metaadmin.NodeStatus{}
	for i := range infos {
		status[infos[i].Name()] = infos[i].Status
	}
	var alive, dead []string
	for _, server := range sortedServers(status) {
		if status[server] == wire.NodeAlive {
			alive = append(alive, server)
		} else {
			dead = append(dead, server)
		}
	}
	switch {
	case len(dead) > 0 && !o.aliveOnly:
		return fmt.Errorf("%d of %d replica servers are not alive: %s: start them, or leave them out with --alive_only",
			len(dead), len(status), strings.Join(dead, ", "))
	case len(alive) == 0:
		return errors.New("no replica server is alive")
	}
	if len(dead) > 0 {
		fmt.Fprintf(env.Err, "left out because not alive: %s\n", strings.Join(dead, ", "))
	}
	return env.writeResult(o.file, func(w io.Writer) error {
		var b bytes.Buffer
		for _, server := range alive {
			fmt.Fprintln(&b, server)
		}
		_, err := w.Write(b.Bytes())
		return err
	})
}
