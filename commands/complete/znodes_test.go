package complete_test

import (
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/commands"
	"pegashell/commands/command"
	"pegashell/internal/manifest"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/silent"
	"pegashell/metaadmin"
)

func TestZnodePathsAreCompletedLevelByLevel(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.Create(t, "/other/a/lock", zk.FlagEphemeral)
	z.Create(t, "/two words", 0)
	z.Create(t, "/living", 0)
	z.Create(t, "/living/lock", 0)
	z.Create(t, "/living/lock/holder", zk.FlagEphemeral)
	z.Env.Manifest = &manifest.Manifest{ZooKeepers: map[string]manifest.ZooKeeper{
		"new": {Hosts: []string{z.Addr}, Root: z.Root + "/own"},
	}}
	c := shelltest.Completing(t, z.Session)
	root, at := z.Root, z.Addr+z.Root
	shelltest.CheckLines(t, c, map[string]string{
		"zk_ls ":                                    "zk_ls·new zk_ls·" + root + "/own",
		"zk_ls ne":                                  "zk_ls·new",
		"zk_ls " + at:                               "zk_ls·" + at + "/",
		"zk_ls " + at + "/o":                        "zk_ls·" + at + "/other/ zk_ls·" + at + "/own/",
		"zk_ls " + at + "/OTHER/a/":                 "",
		"zk_ls " + at + "/other/a/":                 "zk_ls·" + at + "/other/a/b zk_ls·" + at + "/other/a/lock",
		"zk_ls " + at + "/nosuch/":                  "",
		"zk_ls " + at + "//":                        "",
		"zk_ls " + at + "/two":                      `zk_ls·"` + at + `/two·words"`,
		"zk_ls new" + root + "/oth":                 "zk_ls·new" + root + "/other/",
		"zk_ls " + root:                             "zk_ls·" + root + "/",
		"zk_rmr ":                                   "",
		"zk_rmr " + at + "/":                        "zk_rmr·" + at + "/other/ zk_rmr·\"" + at + "/two·words\"",
		"zk_rmr " + at + "/own/a":                   "",
		"zk_copy -t ":                               "",
		"zk_copy --target=" + at + "/o":             "zk_copy·--target=" + at + "/other/",
		"zk_restore x.zkb " + root + "/o":           "zk_restore·x.zkb·" + root + "/other/",
		"zk_rmr /":                                  "",
		"zk_check ":                                 "zk_check·new zk_check·" + root + "/own",
		"zk_check " + root + "/ow":                  "zk_check·" + root + "/own/",
		"zk_copy -t " + at + "/oth":                 "zk_copy·-t·" + at + "/other/",
		"zk_copy --source=" + at + "/oth":           "zk_copy·--source=" + at + "/other/",
		"zk_copy --exclude ":                        "zk_copy·--exclude·apps",
		"zk_copy -s " + at + "/other --exclude ":    "zk_copy·-s·" + at + "/other·--exclude·a/",
		"zk_copy -s " + at + "/other --exclude a/":  "zk_copy·-s·" + at + "/other·--exclude·a/b zk_copy·-s·" + at + "/other·--exclude·a/lock",
		"zk_restore x.zkb " + root + "/oth":         "zk_restore·x.zkb·" + root + "/other/",
		"zk_diff " + at + "/other " + at + "/own/a": "zk_diff·" + at + "/other·" + at + "/own/apps",
	})
	if _, diagnostics, err := z.Run("zk_cd " + at); err != nil {
		t.Fatalf("zk_cd: %v, %s", err, diagnostics)
	}
	shelltest.CheckLines(t, c, map[string]string{
		"zk_ls o":              "zk_ls·own zk_ls·other/ zk_ls·own/",
		"zk_ls other/":         "zk_ls·other/a/",
		"zk_ls other/../ot":    "zk_ls·other/../other/",
		"zk_ls own" + root:     "zk_ls·own" + root + "/",
		"zk_ls " + root + "/t": `zk_ls·"` + root + `/two·words"`,
		"zk_set o":             "zk_set·other/", // the connected cluster's tree is not offered
		"zk_set living/":       "",
		"zk_copy -t ot":        "",
	})
	for _, candidate := range c.Complete(t.Context(), "zk_ls "+at+"/other/a/").Suggestions {
		if want := map[string]string{"b": "", "lock": "ephemeral"}[candidate.Text]; candidate.Description != want {
			t.Errorf("%s is described as %q, want %q", candidate.Text, candidate.Description, want)
		}
	}
}

func TestATreeIsNoTargetBeforeItIsKnownToBeFree(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	at := z.Addr + z.Root + "/"
	free := []string{"zk_ls " + at, "zk_ls " + at + "lock/", "zk_ls " + at + "other/lock/"}
	look := func(c *command.Completer, lines ...string) {
		for _, line := range lines {
			c.Complete(t.Context(), line)
		}
	}
	target := "zk_rmr " + at + "oth"

	locksUnknown := shelltest.Completing(t, z.Session)
	look(locksUnknown, free[0], "zk_check ")
	if got := shelltest.Lines(shelltest.Over(t), locksUnknown, target); len(got) > 0 {
		t.Errorf("the locks are not known, and %q is offered", got)
	}

	address, accepted := silent.Start(t)
	clusterUnknown := shelltest.Completing(t, shelltest.StartOn(t, metaadmin.Options{}, address))
	look(clusterUnknown, free...)
	if got := shelltest.Lines(shelltest.UntilReached(t, accepted), clusterUnknown, target); len(got) > 0 {
		t.Errorf("the cluster's tree is not known, and %q is offered", got)
	}

	noCluster := shelltest.Completing(t, shelltest.StartOn(t, metaadmin.Options{}, "127.0.0.1:1"))
	shelltest.CheckLines(t, noCluster, map[string]string{target: "zk_rmr·" + at + "other/"})
}

func TestCredentialsOfALineAreThoseOfThatLineAlone(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	secret := zk.DigestACL(zk.PermAll, "user", "password")
	if _, err := z.Conn.Create(z.Root+"/closed", nil, 0, secret); err != nil {
		t.Fatal(err)
	}
	if err := z.Conn.AddAuth("digest", []byte("user:password")); err != nil {
		t.Fatal(err)
	}
	if _, err := z.Conn.Create(z.Root+"/closed/inner", nil, 0, secret); err != nil {
		t.Fatal(err)
	}
	c := shelltest.Completing(t, z.Session)
	closed := z.Addr + z.Root + "/closed/"
	for range 2 {
		shelltest.CheckLines(t, c, map[string]string{"zk_ls " + closed: ""})
		with := "zk_ls --auth digest:user:password " + closed
		shelltest.CheckLines(t, c, map[string]string{with: "zk_ls·--auth·digest:user:password·" + closed + "inner"})
		shelltest.CheckLines(t, c, map[string]string{"zk_ls --auth digest:user:wrong " + closed: "", "zk_ls --auth nonsense " + closed: ""})
	}
}

func TestDefaultFlagsOfTheManifestHoldForCompletion(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	m := manifest.Default()
	m.Defaults = map[string][]string{
		"zk_ls":   {"--tls_ca", "/no/such/file"},
		"zk_copy": {"--source=" + z.Addr + z.Root + "/other"},
	}
	var err error
	if z.Registry, err = commands.LoadRegistry(m); err != nil {
		t.Fatal(err)
	}
	other := z.Addr + z.Root + "/other/"
	shelltest.CheckLines(t, shelltest.Completing(t, z.Session), map[string]string{
		"zk_ls " + other:           "",
		"zk_ls --tls_ca= " + other: "zk_ls·--tls_ca=·" + other + "a/",
		"zk_copy --exclude ":       "zk_copy·--exclude·a/",
		"zk_ls --tls_ca= --au":     "zk_ls·--tls_ca=·--auth",
	})
}

func TestUnreachableZooKeeperIsNotWaitedFor(t *testing.T) {
	address, accepted := silent.Start(t)
	s := shelltest.StartOn(t, metaadmin.Options{}, address)
	s.Connect(t, nil)
	c := command.NewCompleter(s.Registry, s.Env)
	defer c.Close()
	if r := c.Complete(shelltest.UntilReached(t, accepted), "zk_ls "+address+"/pega"); len(r.Suggestions) > 0 || r.Usage == "" {
		t.Errorf("a black hole gave %+v", r)
	}
	for _, text := range []string{"/pegas", "/pegasus/", "/pegasus/c1", "/other"} {
		c.Complete(t.Context(), "zk_ls "+address+text)
	}
}

// The connected cluster does not answer, and its ZooKeeper is not known.
func TestOwnTreeOfAClusterThatDoesNotAnswerIsNotWaitedFor(t *testing.T) {
	address, accepted := silent.Start(t)
	s := shelltest.StartOn(t, metaadmin.Options{}, address)
	c := command.NewCompleter(s.Registry, s.Env)
	defer c.Close()
	c.Complete(shelltest.UntilReached(t, accepted), "zk_check ")
	shelltest.CheckLines(t, c, map[string]string{"zk_check ": "", "zk_check /pe": "", "zk_copy --exclude ": ""})
}
