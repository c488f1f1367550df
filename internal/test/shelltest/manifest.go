package shelltest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"pegashell/commands"
	"pegashell/internal/manifest"
	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
	"pegashell/repl"
)

const SiteCommands = `
[[command]]
name = "tell"
program = "sh"
arguments = ["-c", 'echo "[$#] $*"; env | grep ^PEGASHELL_[CMZ] | sort; echo hushed >&2', "sh", "first"]
[[command]]
name = "careful"
program = "sh"
arguments = ["-c", 'echo carried out; exit 3']
confirm = true
[[command]]
name = "slow"
program = "sh"
arguments = ["-c", 'sleep 600 & echo $! > pid; wait']
timeout = "300ms"
[[command]]
name = "eat"
program = "cat"
[[command]]
name = "missing"
program = "./missing"
[[command]]
name = "status"
program = "echo"
arguments = ["fine"]
reads = true
`

// LoadManifest reads a manifest with this content, and no other.
func LoadManifest(t *testing.T, content string) *manifest.Manifest {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	path := filepath.Join(t.TempDir(), manifest.FileName)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := manifest.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// StartShell gives a session whose commands are those of a manifest, in an empty folder, with a shell for lines.
func StartShell(t *testing.T, content string, b metatest.Behaviour) *Session {
	t.Helper()
	s := Start(t, b)
	m := LoadManifest(t, content)
	registry, err := commands.LoadRegistry(m)
	if err != nil {
		t.Fatal(err)
	}
	s.Registry, s.Env.Manifest = registry, m
	shell := &repl.Shell{Out: &s.Out, Err: &s.Err, Redirect: s.Env.Redirect}
	shell.Execute = func(ctx context.Context, words []string) error { return registry.Execute(ctx, s.Env, words) }
	s.Env.Line = shell.Line
	t.Chdir(t.TempDir())
	return s
}

// DescribedCluster says of itself where its metadata lies.
var DescribedCluster = Answers{
	wire.RPCClusterInfo: Always(&wire.ClusterInfoResponse{
		Err:    wire.OK,
		Keys:   []string{"zookeeper_hosts", "zookeeper_root", "meta_function_level", "cluster_name"},
		Values: []string{"z1:2181,z2:2181", "/pegasus/c1", "steady", "production"},
	}),
}
