package e2e

import (
	"strings"
	"testing"

	"pegashell/internal/test/screentest"
)

func TestScreensOfOutput(t *testing.T) {
	s := newStation(t)
	s.program("pager", "cat; printf 'pager: Enter ends'; read -r key < /dev/tty; echo 'pager: the end'\n")
	s.program("less", "cat; printf 'less: Enter ends'; read -r key < /dev/tty; echo 'less: the end'\n")
	c := s.open(screentest.Options{Rows: 30, Columns: 160, Env: []string{"PAGER=pager"}})
	// How primaries are spread depends on which server was there first.
	c.MaskPattern(`(NODE\d +\w+ +\d+ +)[ \d]\d( +)[ \d]\d\n`, "${1}PP${2}SS\n")
	c.follow(step{"nodes -d\r", "nodes_coloured"})
	c.clear()
	c.follow(step{"ls -d\r", "tables_coloured"})
	c.clear()
	c.follow(
		step{"nodes -s unalive | cat\r", "pipe"},
		step{"nodes -s unalive > nodes.txt\r", "file"},
		step{"nodes -s alive >> nodes.txt\r", "file_end"},
		step{"nodes -s nosuch > nodes.txt\r", "file_kept"},
	)
	c.clear()
	c.follow(step{"nodes -s alive |\r", "pager"}, step{"\r", "pager_left"})
	c.clear()
	c.follow(step{"nodes -s alive | less\r", "less"}, step{"\x03\x03", "less_interrupted"})
	c.leave(dropLine+"\x04", 0)
	file := s.read("nodes.txt")
	if strings.Count(file, "alive_node_count") != 4 || strings.Contains(file, "\x1b") {
		t.Errorf("the file has %q", file)
	}
	_, piped, _ := strings.Cut(c.Printed(), "| cat")
	if before, _, _ := strings.Cut(piped, onebox); strings.Contains(before, "\x1b[3") {
		t.Errorf("a pipe got colours: %q", before)
	}
}

func TestScreensOfTablesThatAreWiderThanTheWindow(t *testing.T) {
	c := newStation(t).open(screentest.Options{Rows: 24, Columns: 80})
	c.follow(step{"ls\r", "tables_folded"})
	c.leave(dropLine+"\x04", 0)
}

func TestScreensOfHelp(t *testing.T) {
	for name, steps := range map[string][]step{
		"help":         {{"help\r", "help"}},
		"command":      {{"help set_meta_level\r", "help_command"}},
		"option":       {{"nodes --help\r", "help_option"}},
		"near":         {{"node\r", "help_near_command"}, {"nodes --detaled\r", "help_near_option"}, {"cc oneboxx\r", "help_near_cluster"}},
		"wrong use":    {{"set_meta_level\r", "help_wrong_use"}},
		"plugin":       {{"help zookeeper\r", "help_plugin"}},
		"of no things": {{"help nosuch\r", "help_none"}},
	} {
		t.Run(name, func(t *testing.T) { screens(t, screentest.Options{Rows: 120}, steps...) })
	}
}

func TestScreensOfThePrompt(t *testing.T) {
	t.Run("levels", func(t *testing.T) {
		s := newStation(t)
		c := s.open(screentest.Options{Rows: 14})
		steadyAgain(t, s.box)
		c.follow(
			step{"set_meta_level blind\r", "prompt_blind"},
			step{"set_meta_level lively\r", "prompt_lively"},
			step{"set_meta_level steady\r", "prompt_steady"},
		)
		c.leave("\x04", 0)
	})
	t.Run("level set by others", func(t *testing.T) {
		s := newStation(t)
		c := s.open(screentest.Options{Rows: 14})
		steadyAgain(t, s.box)
		if err := s.box.untilShown("set_meta_level freezed", "control meta level ok"); err != nil {
			t.Fatal(err)
		}
		// The prompt learns of it while the next line is typed, which stays as it is.
		c.follow(step{"echo\rhalf a line", "prompt_learns"})
		c.leave(dropLine+"\x04", 0)
	})
	t.Run("plain", func(t *testing.T) {
		c := newStation(t, "[shell]\nprompt = \"plain\"\n").start(screentest.Options{Rows: 14}, ">>>")
		c.clear()
		c.follow(step{"get_meta_level\r", "prompt_plain"})
		c.leave("\x04", 0)
	})
	t.Run("of another cluster", func(t *testing.T) {
		c := newStation(t).open(screentest.Options{Rows: 14})
		c.follow(step{"cc dead\r", "prompt_other"}, step{"cc onebox\r", "prompt_back"})
		c.leave("\x04", 0)
	})
}

// steadyAgain sets the usual level at the end of the test.
func steadyAgain(t *testing.T, b box) {
	t.Cleanup(func() {
		if err := b.untilShown("set_meta_level steady", "control meta level ok"); err != nil {
			t.Error(err)
		}
	})
}

func TestScreensOfTheStart(t *testing.T) {
	for name, args := range map[string][]string{
		"named":  nil,
		"listed": {"--cluster", "META1"},
		"dead":   {"-n", "dead"},
		"nobody": {"--cluster", deadAddress},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t)
			prompt := onebox
			switch name {
			case "listed":
				args[1] = s.box.leader
			case "dead":
				prompt = "dead >>>"
			case "nobody":
				prompt = ">>>"
			}
			c := s.start(screentest.Options{Rows: 14}, prompt, args...)
			c.MaskPattern(`pegashell (dev|v?\d\S*)`, "pegashell VERSION")
			c.golden("start_" + name)
			c.leave("\x04", 0)
		})
	}
	// Nobody answers, and yet a line can be typed and carried out.
	t.Run("silent", func(t *testing.T) {
		c := newStation(t).start(screentest.Options{Rows: 14}, "silent >>>", "-n", "silent")
		c.MaskPattern(`pegashell (dev|v?\d\S*)`, "pegashell VERSION")
		c.Send("echo typed before any answer\r")
		c.atPrompt("silent >>>")
		if c.Screen().Contains("WARNING") {
			t.Error("the cluster was waited for before the line was carried out")
		}
		c.Send("half")
		c.WaitFor("WARNING")
		c.golden("start_silent")
		c.leave(dropLine+"\x04", 0)
	})
}
