package commands_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"pegashell/commands"
	"pegashell/internal/manifest"
	"pegashell/internal/test/shelltest"
)

func TestNearValueIsAskedForBehindTheOriginalsText(t *testing.T) {
	for line, want := range map[string]string{
		"nodes -s aliv":       "parse aliv as node_status::type failed\ndid you mean \"alive\"?\n",
		"nodes -s nothing":    "parse nothing as node_status::type failed",
		"ls -s availabel":     "parse availabel as app_status::type failed\ndid you mean \"available\"?\n",
		"set_meta_level blnd": "parse blnd as meta function level failed\ndid you mean \"blind\"?\n",
	} {
		out, diagnostics, err := shelltest.Execute(t, strings.Fields(line)...)
		if err == nil || diagnostics != want || !strings.HasPrefix(out, "USAGE: \t") {
			t.Errorf("%s: error = %v, printed %q and %q; want %q", line, err, out, diagnostics, want)
		}
	}
}

// What other tools call their commands is no near name.
func TestWordsOfOtherToolsAreKnown(t *testing.T) {
	registry := commands.NewRegistry(nil)
	for _, word := range strings.Fields("stat rmr deleteall delete tree find mntr ruok getAcl setAcl addauth cd pwd table-list meta-level lsr clear get set") {
		out, diagnostics, err := shelltest.Execute(t, word, "x")
		if err == nil || !strings.HasPrefix(out, "ERROR: invalid subcommand '"+word+"'\n") {
			t.Errorf("%s: %v, printed %q", word, err, out)
		}
		_, here, ok := strings.Cut(diagnostics, word+" of other tools is ")
		if _, data, isData := strings.Cut(diagnostics, "the data of a znode: "); isData {
			here, ok = data, true
		}
		name := strings.FieldsFunc(here, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' })
		if !ok || len(name) == 0 {
			t.Errorf("%s: told %q", word, diagnostics)
			continue
		}
		if _, _, known := registry.Find(name[:1]); !known && name[0] != "--auth" && name[0] != "Ctrl-L" {
			t.Errorf("%s: told %q, which is no command", word, name[0])
		}
	}
}

func TestALineThatIsOneWordIsExplained(t *testing.T) {
	const want = "\"ls -d\" is one word: after the options each word of the command is one of the program's arguments, -x takes the line as a whole\n"
	if out, diagnostics, err := shelltest.Execute(t, "ls -d"); err == nil || diagnostics != want || !strings.HasPrefix(out, "ERROR: invalid subcommand 'ls -d'\n") {
		t.Errorf("%v, printed %q and %q", err, out, diagnostics)
	}
}

func TestUnknownHostIsTakenForAMistypedZooKeeper(t *testing.T) {
	if testing.Short() {
		t.Skip("each line waits until a connection is given up")
	}
	s := shelltest.Start(t, shelltest.Answers{}.Behave)
	s.Env.ZooKeeper.Dialer = func(_ context.Context, network, address string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(address)
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
	}
	const failed = "ERROR: no session with ZooKeeper HOST: lookup NAME: no such host\n"
	check := func(line, host, more string) {
		t.Helper()
		name, _, _ := strings.Cut(host, ":")
		if more != "" {
			more += "Where a command takes a PATH, ./" + name + " is one of the connected cluster's tree, and /" + name +
				" one of its ensemble; zk_cd chooses another znode where relative paths begin\n"
		}
		want := strings.NewReplacer("HOST", host, "NAME", name).Replace(failed) + more
		if _, diagnostics, err := s.Run(line); err == nil || diagnostics != want {
			t.Errorf("%s: error = %v, printed %q; want %q", line, err, diagnostics, want)
		}
	}
	check("zk_ls nwe/", "nwe:2181", "No ZooKeeper is named nwe: plugins.toml names none\n")
	s.Env.Manifest.ZooKeepers = map[string]manifest.ZooKeeper{"old": {Hosts: []string{"a:2181"}}, "new": {Hosts: []string{"b:2181"}}}
	check("zk_ls nwe/", "nwe:2181", "No ZooKeeper is named nwe: did you mean \"new\"? (plugins.toml has new, old)\n")
	check("zk_ls third/", "third:2181", "No ZooKeeper is named third: plugins.toml has new, old\n")
	check("zk_ls nwe.example/", "nwe.example:2181", "")
	check("zk_ls nwe:2182/", "nwe:2182", "")
	check("zk_ls new/", "b:2181", "")
}
