package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/screentest"
)

func TestScreensOfLineEditing(t *testing.T) {
	for name, tc := range map[string]struct {
		window screentest.Options
		steps  []step
	}{
		"paste": {screentest.Options{Rows: 14}, []step{
			{"\x1b[200~echo one\necho two\n# a comment\n\necho thr\x1b[201~", "paste"},
			{"ee\r", "paste_run"},
		}},
		"typed ahead": {screentest.Options{Rows: 14}, []step{
			{"get_meta_level\recho one\rech", "typed_ahead"},
		}},
		"keys": {screentest.Options{Rows: 14}, []step{
			{"cho two three\x1b[He\x1b[F\x1b[D\x1b[D\x1b[3~", "keys_home_end_delete"},
			{"\x1bb\x0b\x1b[1~\x1b[1;5C\x1b[C\x19\x05four", "keys_words"},
			{"\r", "keys_run"},
			{"half\x0c", "keys_cleared"},
		}},
		"wide": {screentest.Options{Rows: 14, Columns: 40}, []step{
			{"echo 元数据 e\u0301 服务器", "wide"},
			{"\x02\x02\x7f\x05\r", "wide_run"},
			{"echo " + strings.Repeat("表", 20), "wide_long"},
		}},
		"long": {screentest.Options{Rows: 14}, []step{
			{"echo " + strings.Repeat("0123456789", 10), "long"},
			{"\x01\x1bf\x1b[Cbegin ", "long_edited"},
			{"\r", "long_run"},
		}},
		"narrow": {screentest.Options{Rows: 14, Columns: 40}, []step{
			{"set_m", "narrow_commands"},
			{"\t", "narrow_hint"},
			{"b\t\x15get_meta_level\r", "narrow_run"},
		}},
	} {
		t.Run(name, func(t *testing.T) { screens(t, tc.window, tc.steps...) })
	}
}

func TestScreensOfAWindowThatIsResized(t *testing.T) {
	c := newStation(t).open(screentest.Options{Rows: 14})
	c.follow(step{"set_meta_level ", "resize_before"})
	c.Resize(14, 40)
	c.golden("resize_narrow")
	c.Resize(10, 60)
	c.follow(step{"", "resize_low"}, step{"\x15get_meta_level\r", "resize_run"})
	c.leave("\x04", 0)
}

func TestScreensOfTheHistory(t *testing.T) {
	s := newStation(t)
	first := s.open(screentest.Options{Rows: 14})
	for _, line := range []string{"echo one", "echo one", "zk_ls --auth digest:me:secret 127.0.0.1:1", "get_meta_level", "echo 表"} {
		first.Send(line + "\r")
		first.WaitUntil("it was carried out", func(screen screentest.Screen) bool {
			rows := strings.Join(screen.Lines, "\n")
			return screen.Line() == onebox && strings.Contains(rows, onebox+" "+line+"\n")
		})
		first.clear()
	}
	first.leave("exit\r", 0)

	file := filepath.Join(s.home, "pegashell", "history")
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("echo one\nget_meta_level\necho 表\nexit\n", string(kept)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}

	second := s.open(screentest.Options{Rows: 14})
	second.follow(
		step{"\x1b[A\x1b[A", "history_line_before"},
		step{"\x1b[A\x1b[A\x1b[A", "history_oldest"},
		step{"\x1b[B\r", "history_run"},
		step{"\x12on", "history_search"},
		step{"\x12\x12", "history_search_failed"},
		step{"\x7f\x7fecho\r", "history_search_run"},
	)
	second.leave("\x04", 0)
}

func TestScreensOfADumbTerminal(t *testing.T) {
	c := newStation(t).start(screentest.Options{Rows: 14, Env: []string{"TERM=dumb"}}, onebox)
	c.MaskPattern(`pegashell (dev|v?\d\S*)`, "pegashell VERSION")
	c.Send("get_meta_level\r")
	c.golden("dumb")
	c.Send("set_meta_level blind\r")
	c.WaitFor("control meta level ok")
	c.Send("set_meta_level steady\r")
	c.WaitFor("fl_blind")
	c.Send("exit\r")
	c.ends(0)
	if printed := c.Printed(); strings.Contains(printed, "\x1b[") {
		t.Errorf("a terminal that cannot be addressed got %q", printed)
	}
}

func TestScreensWithoutColours(t *testing.T) {
	c := newStation(t).open(screentest.Options{Rows: 16, Env: []string{"NO_COLOR=1"}})
	c.follow(step{"nod", "no_colour_menu"}, step{"\t\r", "no_colour_nodes"})
	c.leave(dropLine+"\x04", 0)
	for _, colour := range []string{"\x1b[3", "\x1b[9", "\x1b[1;", "\x1b[4"} {
		if printed := c.Printed(); strings.Contains(printed, colour) {
			t.Errorf("printed %q: %q", colour, printed)
		}
	}
}

func TestScreensOfCtrlC(t *testing.T) {
	t.Run("at the prompt", func(t *testing.T) {
		c := newStation(t).open(screentest.Options{Rows: 14})
		c.follow(
			step{"echo kept\r", "ctrl_c_before"},
			step{"echo dropped\x02\x02\x03", "ctrl_c_dropped"},
			step{"\x10", "ctrl_c_history"},
			step{"\r", "ctrl_c_line_between"}, // otherwise the next one would be the second
			step{"\x03", "ctrl_c_empty"},
		)
		c.Send("echo so that it is not the second\r")
		c.atPrompt(onebox)
		c.leave("\x04", 0)
	})
	t.Run("during a command", func(t *testing.T) {
		s := newStation(t)
		c := s.open(screentest.Options{Rows: 14})
		c.Send("remote_command -l " + s.hole + " help\r")
		select {
		case <-s.connected:
		case <-time.After(waitTime):
			t.Fatalf("the command asked nobody; the screen is\n%s", c.Screen())
		}
		c.Send("\x03")
		c.follow(step{"", "ctrl_c_command"}, step{"echo alive\r", "ctrl_c_alive"})
		c.leave("\x04", 0)
	})
	t.Run("twice", func(t *testing.T) {
		c := newStation(t).open(screentest.Options{Rows: 14})
		c.Send("\x03\x03")
		c.ends(130)
		c.golden("ctrl_c_twice")
	})
	t.Run("twice during a command", func(t *testing.T) {
		s := newStation(t, "[[command]]\nname = \"stubborn\"\nprogram = \"stubborn\"\n")
		s.program("stubborn", "trap 'trap \"\" INT; echo still here' INT; echo ready; while :; do sleep 0.1; done\n")
		c := s.open(screentest.Options{Rows: 14})
		c.Send("stubborn\r")
		c.WaitFor("ready")
		c.Send("\x03")
		c.WaitFor("still here")
		c.Send("\x03")
		for tries := 0; tries < 50 && !c.printedWithin("pressed twice", 300*time.Millisecond); tries++ {
			c.Send("\x03") // on a slow machine more than a second may be between two
		}
		c.MaskPattern(`(\^C)+`, "^C")
		c.ends(130)
		c.golden("ctrl_c_twice_in_command")
	})
}

func TestScreensOfTheEnd(t *testing.T) {
	for name, tc := range map[string]struct {
		keys   string
		signal syscall.Signal
		code   int
	}{
		"ctrl_d":                {keys: "\x04"},
		"exit":                  {keys: "exit\r"},
		"terminated":            {keys: "half", signal: syscall.SIGTERM, code: 143},
		"hung_up":               {keys: "half", signal: syscall.SIGHUP, code: 129},
		"terminated_in_command": {keys: "busy\r", signal: syscall.SIGTERM, code: 143},
		"hung_up_in_command":    {keys: "busy\r", signal: syscall.SIGHUP, code: 129},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "[[command]]\nname = \"busy\"\nprogram = \"busy\"\n")
			s.program("busy", "echo busy half; exec sleep 600\n")
			c := s.open(screentest.Options{Rows: 14})
			c.Send(tc.keys)
			if tc.signal != 0 {
				c.WaitUntil("the line is typed or carried out", func(screen screentest.Screen) bool { return screen.Contains("half") })
				c.Signal(tc.signal)
			}
			c.ends(tc.code)
			c.golden("end_" + name)
		})
	}
}

func TestScreensOfAProgramThatSpoilsTheTerminal(t *testing.T) {
	s := newStation(t, "[[command]]\nname = \"spoil\"\nprogram = \"spoil\"\n")
	s.program("spoil", "stty raw -echo; printf 'half a line'; exit 3\n")
	c := s.open(screentest.Options{Rows: 14})
	c.follow(step{"spoil\r", "spoil"}, step{"echo all is well\r", "spoil_and_on"})
	c.leave("\x04", 0)
}
