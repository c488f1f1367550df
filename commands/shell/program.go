package shell

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"pegashell/commands/render"
	"pegashell/internal/program"
)

// runProgram runs a program with the command's output and waits for it. The caller sets its
// standard input.
func runProgram(ctx context.Context, env Env, cmd *exec.Cmd) error {
	cmd.Stdout, cmd.Stderr = programOutput(env.Out()), programOutput(env.Err())
	defer env.HandOver()()
	return program.Run(ctx, cmd)
}

// programOutput returns the writer that a program gets instead of w: if there is a file below w it
// is that file, so that the program writes to it directly.
func programOutput(w io.Writer) io.Writer {
	for {
		switch v := w.(type) {
		case *render.StickyWriter:
			w = v.W
		case *render.Screen:
			w = v.Writer
		case interface{ File() *os.File }:
			return v.File()
		default:
			return w
		}
	}
}

// rootPatience is how long the cluster may take to report its ZooKeeper.
const rootPatience = 2 * time.Second

// clusterVariables are the environment variables that name the connected cluster for programs.
// Unknown ones are empty.
func clusterVariables(env Env, ctx context.Context) []string {
	var name, metas, root, hosts string
	if c := env.Cluster(); c != nil {
		ctx, cancel := context.WithTimeout(ctx, rootPatience)
		defer cancel()
		metas = strings.Join(c.Metas, ",")
		name = c.Name
		if info, err := c.Admin.ClusterInfo(ctx); err == nil {
			root, _ = info.Get("zookeeper_root")
			hosts, _ = info.Get("zookeeper_hosts")
			if told, ok := info.Get("cluster_name"); ok {
				name = told
			}
		}
	}
	return []string{
		"PEGASHELL_CLUSTER=" + name,
		"PEGASHELL_META_SERVERS=" + metas,
		"PEGASHELL_ZOOKEEPER_ROOT=" + root,
		"PEGASHELL_ZOOKEEPER_HOSTS=" + hosts,
	}
}

// commandLine writes a program and its arguments for people.
func commandLine(program string, args []string) string {
	return strings.Join(append([]string{program}, args...), " ")
}
