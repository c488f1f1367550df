package e2e

import (
	"testing"

	"pegashell/internal/test/screentest"
)

const site = `
[commands]
drop = false

[defaults]
nodes = ["-s", "alive"]

[shell]
native = ["native-shell", "--quiet"]

[[command]]
name = "restart"
summary = "restart a server with the site's tool"
usage = "<SERVER>"
program = "restart-server"
arguments = ["--wait"]
words = ["meta1", "meta2"]
confirm = true

[[command]]
name = "failing"
program = "failing"

[[command]]
name = "slow"
program = "sleep"
timeout = "100ms"
`

func TestScreensOfTheManifest(t *testing.T) {
	s := newStation(t, site)
	s.program("restart-server", "echo \"restarting $* of $PEGASHELL_CLUSTER, $PEGASHELL_META_SERVERS, $PEGASHELL_ZOOKEEPER_ROOT\"\n")
	s.program("native-shell", "echo \"native shell: $*\"; while read -r line; do echo \"line: $line\"; done\n")
	s.program("failing", "echo 'no such server' >&2; exit 7\n")
	c := s.open(screentest.Options{Columns: 110})
	c.follow(
		step{"restart ", "external_words"},
		step{"meta1\r", "external_question"},
		step{"n\r", "external_refused"},
		step{"restart meta1\r", "external_question_again"},
		step{"y\r", "external_run"},
		step{"failing\r", "external_failing"},
		step{"slow 600\r", "external_slow"},
	)
	c.clear()
	c.follow(
		step{"scan -n \"two words\"\r", "native"},
		step{"drop users\r", "switched_off"},
		step{"nodes\r", "defaults"},
	)
	c.clear()
	c.follow(step{"plugins\r", "plugins"})
	c.leave("\x04", 0)
}

func TestScreensOfTheOwnManifestOnTop(t *testing.T) {
	s := newStation(t)
	s.writeHome("pegashell/plugins.toml", "[commands]\ncreate = false\n[defaults]\nls = [\"-j\"]\n")
	c := s.open(screentest.Options{Columns: 200})
	c.Mask(s.home, "HOME")
	c.follow(step{"plugins | grep files\r", "own_files"}, step{"create temp\r", "own_switched_off"})
	c.leave("\x04", 0)
}

func TestScreensOfScripts(t *testing.T) {
	s := newStation(t)
	s.write("check.pegashell", 0o600, "# what to look at\nget_meta_level\nnosuch\necho the end\n")
	c := s.open(screentest.Options{Rows: 24})
	c.MaskPattern(`real \d\.\d{3} s`, "real S.SSS s")
	c.follow(
		step{"source check.pegashell\r", "source"},
		step{"source -e --echo check.pegashell\r", "source_stopped"},
	)
	c.clear()
	c.follow(
		step{"time get_meta_level\r", "time"},
		step{"echo a \"b  c\" 'd'\r", "echo"},
		step{"# a comment\r", "comment"},
	)
	c.clear()
	c.follow(
		step{"watch 1 get_meta_level\r", "watch"},
		step{"\x03", "watch_left"},
		step{"watch 1 drop users\r", "watch_refused"},
	)
	c.leave("\x04", 0)
}
