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

// runProgram has a program print where the command would, and waits for it. Its standard input is the caller's
// business.
func runProgram(ctx context.Context, env Env, cmd *exec.Cmd) error {
	cmd.Stdout, cmd.Stderr = programOutput(env.Out()), programOutput(env.Err())
	defer env.HandOver()()
	return program.Run(ctx, cmd)
}

// programOutput is the writer that a program is given in the place of w: the file below it where there is one,
// so that the program writes there itself.
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

// rootPatience bounds the question for the cluster's ZooKeeper.
const rootPatience = 2 * time.Second

// clusterVariables tells programs which cluster is meant. What is not known is empty.
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
