package e2e

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"pegashell/internal/test/screentest"
)

func TestWatchIsDrawnInPlaceWithWhatHasChanged(t *testing.T) {
	s := newStation(t)
	c := s.open(screentest.Options{Rows: 14})
	steadyAgain(t, s.box)
	c.Send("watch 0.1 get_meta_level\r")
	c.WaitFor("steady")
	if err := s.box.untilShown("set_meta_level freezed", "control meta level ok"); err != nil {
		t.Fatal(err)
	}
	c.golden("watch_changed")
	c.Send("\x03")
	c.atPrompt("onebox [freezed] >>>")
	c.leave("\x04", 0)
}

func TestAProgramOfTheSiteHasTheTerminal(t *testing.T) {
	s := newStation(t, "[[command]]\nname = \"hang\"\nprogram = \"hang\"\n")
	s.program("hang", "echo 'your name?'; read name; stty raw -echo; printf \"hello $name\"; exec sleep 600\n")
	c := s.open(screentest.Options{Rows: 14})
	c.Send("hang\r")
	c.WaitFor("your name?")
	c.Send("root\r")
	c.WaitFor("hello root")
	c.Signal(syscall.SIGTERM)
	c.ends(143)
}

// A cluster that does not answer is reported once, and not before each line.
func TestAClusterThatDoesNotAnswerIsToldOfOnce(t *testing.T) {
	c := newStation(t).start(screentest.Options{Rows: 14}, "silent >>>", "-n", "silent")
	c.Send("echo one\r")
	c.WaitFor("WARNING")
	c.Send("echo two\r")
	c.WaitUntil("the line was carried out", func(screen screentest.Screen) bool {
		return slices.Contains(screen.Lines, "two") && screen.Line() == "silent >>>"
	})
	c.leave("\x04", 0)
	if n := strings.Count(c.Printed(), "WARNING"); n != 1 {
		t.Errorf("told %d times", n)
	}
}
