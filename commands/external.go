package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pegashell/commands/complete"
	"pegashell/internal/manifest"
	"pegashell/internal/program"
)

// externalCommand is a command that a program of the site carries out.
func externalCommand(m manifest.External) *Command {
	example := m.Name
	if len(m.Words) > 0 {
		example += " " + m.Words[0]
	}
	return &Command{
		Name:     m.Name,
		Plugin:   PluginExternal,
		Reads:    m.Reads,
		Summary:  cmp.Or(m.Summary, "run "+filepath.Base(m.Program)),
		Usage:    m.Usage,
		Plain:    true,
		Notes:    "Runs " + commandLine(m.Program, m.Arguments) + " with the words of the line behind that. Its exit state is the program's.",
		Examples: []string{example},
		RestArgs: complete.Plain(m.Words...).Complete,
		Prepare: func(*FlagSet) Run {
			return func(ctx context.Context, env *Env, args []string) error { return externalRun(ctx, env, m, args) }
		},
	}
}

func externalRun(ctx context.Context, env *Env, m manifest.External, args []string) error {
	if m.Confirm {
		if err := env.confirmUnsafe(ctx, "run "+commandLine(m.Name, args)); err != nil {
			return err
		}
	}
	cmd := exec.Command(m.Program, slices.Concat(m.Arguments, args)...)
	cmd.Env = append(cmd.Environ(), env.clusterVariables(ctx)...)
	if limit := time.Duration(m.Timeout); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	if env.Terminal != nil {
		cmd.Stdin = env.Terminal
	}
	err := env.runProgram(ctx, cmd)
	var stopped *program.StopError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stopped) && errors.Is(err, context.DeadlineExceeded):
		limit := time.Duration(m.Timeout)
		if len(stopped.Running) > 0 {
			return fmt.Errorf("%s did not end within %v, could not be stopped and still runs (%s)", m.Name, limit, stopped.PIDs())
		}
		return fmt.Errorf("%s was stopped: it did not end within %v", m.Name, limit)
	}
	return fmt.Errorf("%s: %w", m.Name, err)
}

// runProgram has a program print where the command would, and waits for it. Its standard input is the caller's
// business.
func (e *Env) runProgram(ctx context.Context, cmd *exec.Cmd) error {
	cmd.Stdout, cmd.Stderr = programOutput(e.Out), programOutput(e.Err)
	if e.HandOver != nil {
		defer e.HandOver()()
	}
	return program.Run(ctx, cmd)
}

// programOutput is the writer that a program is given in the place of w: the file below it where there is one,
// so that the program writes there itself.
func programOutput(w io.Writer) io.Writer {
	for {
		switch v := w.(type) {
		case *stickyWriter:
			w = v.w
		case *Screen:
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
func (e *Env) clusterVariables(ctx context.Context) []string {
	var name, metas, root, hosts string
	if c := e.Cluster; c != nil {
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
