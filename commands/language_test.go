package commands_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"pegashell/internal/journal"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/test/shelltest"
)

func hasChinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// inChinese has a session speak Chinese in pipes too, as [shell] language = "zh" does.
func inChinese(s *shelltest.Session) {
	s.Env.Language, s.Env.LanguageNamed = message.Chinese, true
}

// The JSON that has a type of its own, with findings and errors in it, which are sentences.
func TestJSONIsTheSameInEveryLanguage(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	inChinese(z.Session)
	z.Env.Journal = journal.Open(filepath.Join(t.TempDir(), "journal.jsonl"))
	z.Named(t, "new", manifest.ZooKeeper{Hosts: []string{z.Addr}, Root: z.Root + "/new"})
	ini := shelltest.WriteFile(t, "c.ini", "[meta_server]\nmeta_function_level_on_start = steedy\n[meta_server]\n")
	for _, line := range []string{
		"zk_set " + z.Root + "/other x", "zk_set " + z.Root + "/none x", // for the journal
		"journal -j", "config_check " + ini + " /none.ini -j", "migrate status --target new -j", "migrate status --target new --by recovery -j",
		"migrate preflight copy --target new -j", "migrate rollback --target new -j", "migrate again --target new -j",
		"zk_check " + z.Addr + z.Root + "/other -j", "zk_rmr " + z.Root + "/own -j --dry_run",
	} {
		out, diagnostics, _ := z.Run(line)
		if !strings.HasSuffix(line, "-j") {
			continue
		}
		if hasChinese(out) {
			t.Errorf("%s: the JSON depends on the language:\n%s", line, out)
		}
		if !json.Valid([]byte(out)) {
			t.Errorf("%s: printed %q and %q", line, out, diagnostics)
		}
	}
}

// Values in tables are what scripts read.
func TestValuesInTablesAreTheSameInEveryLanguage(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	inChinese(z.Session)
	z.Named(t, "closed", manifest.ZooKeeper{Hosts: []string{"127.0.0.1:1"}})
	ini := shelltest.WriteFile(t, "c.ini", "[s]\nkey = 1\n")
	if _, _, err := z.Run("config_set " + ini + " s key 2"); err != nil {
		t.Fatal(err)
	}
	copies, err := filepath.Glob(ini + ".*")
	if err != nil || len(copies) != 1 {
		t.Fatalf("%q, %v", copies, err)
	}
	if err := os.Truncate(copies[0], 1<<30); err != nil { // too large to be one
		t.Fatal(err)
	}
	if _, err := z.Conn.Set(z.Root+"/other/a", []byte{0xff, 'x'}, -1); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"zks", "config_revert " + ini + " --list", "zk_grep x " + z.Addr + z.Root + "/other"} {
		out, diagnostics, err := z.Run(line)
		if err != nil || hasChinese(out) {
			t.Errorf("%s: %v, printed %q and %q", line, err, out, diagnostics)
		}
	}
}

// What is wrong, and what failed on which znode or file, is a sentence for a person. JSON stays as it is.
func TestFindingsAndErrorsAreInTheLanguage(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	inChinese(z.Session)
	z.Locked(t, "/shut")
	other, shut := z.Addr+z.Root+"/other", z.Addr+z.Root+"/shut"
	for line, want := range map[string]string{
		"zk_check " + other:                     "没有子节点 apps：它不是 Pegasus 集群的根\n    请使用集群的根：cluster_info 显示的 zookeeper_root\n",
		"zk_get " + shut:                        "读取 " + z.Root + "/shut: znode 的 ACL 没有授权",
		"zk_ls " + shut:                         "列出 " + z.Root + "/shut: znode 的 ACL 没有授权",
		"zk_set " + shut + " x":                 "设置 " + z.Root + "/shut 的数据: znode 的 ACL 没有授权",
		"zk_backup " + other + " /none/x":       "写入 /none/x: ",
		"zk_check " + other + "/none":           "没有 znode " + z.Root + "/other/none",
		"zk_check nowhere/x":                    "没有名为 nowhere 的 ZooKeeper：",
		"zk_check " + other + " --json":         "has no child apps: it is not the root of a Pegasus cluster",
		"zk_create " + shut + "/a/b x -p":       "的 ACL 不允许创建子节点",
		"zk_rmr " + shut + " -y --json":         "znode 的 ACL 没有授权",
		"zk_setacl " + shut + " world:anyone:r": "znode 的 ACL 没有授权",
	} {
		out, diagnostics, err := z.Run(line)
		if err == nil || !strings.Contains(out+diagnostics, want) {
			t.Errorf("%s: %v, printed %q and %q, want %q", line, err, out, diagnostics, want)
		}
	}
}
