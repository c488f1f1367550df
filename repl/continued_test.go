package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestALineIsContinuedAtThePrompt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	c := startShell(t, func(c *console) { c.cmd.Env = append(c.cmd.Env, asShell+"="+file) })
	c.ready()
	c.typeIn("say one \\\r")
	c.expect("\r\x1b[J> ")
	c.typeIn("  two\\\r")
	c.expect("\r\x1b[J> ")
	c.typeIn("three\r")
	c.expect(`said ["one" "twothree"]`)
	c.ready()
	c.typeIn("\x10\x14\x7f\x7fX\r") // the history has one line
	c.expect(`said ["one" "twothrX"]`)
	c.ready()
	c.typeIn("say a\\\\\r") // protected by another backslash
	c.expect(`said ["a\\\\"]`)
	c.leave()
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "say one   twothree\nsay one   twothrX\nsay a\\\\\n"; string(kept) != want {
		t.Errorf("the history has %q, want %q", kept, want)
	}
}

func TestAContinuedLineIsGivenUp(t *testing.T) {
	for name, key := range map[string]string{"Ctrl-C": "\x03", "Ctrl-D": "\x04"} {
		t.Run(name, func(t *testing.T) {
			c := startShell(t, nil)
			c.ready()
			c.typeIn("say dropped \\\r")
			c.expect("\r\x1b[J> ")
			c.typeIn(key)
			c.ready()
			c.typeIn("say safe\r")
			if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "said") || strings.Contains(skipped, "to exit") {
				t.Errorf("printed %q", skipped)
			}
			c.ready()
			c.typeIn("\x10\x10\r")
			if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "dropped") {
				t.Errorf("the history has the line: %q", skipped)
			}
			c.leave()
		})
	}
}

// A word of the first line is not completed by what belongs to a line of its own.
func TestALineThatContinuesIsCompletedAsAPartOfTheWhole(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("s\\\r")
	c.expect("\r\x1b[J> ")
	c.typeIn("a\t\ty x\r")
	c.expect(`said ["x"]`)
	c.leave()
}

func TestAPasteOfAContinuedLineIsOneCommand(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("\x1b[200~say one \\\r\n  two \\\r\n\x1b[201~")
	c.expect("2 lines pasted, which are one command: Enter runs it")
	c.typeIn("\r")
	c.expect("> ")
	c.typeIn("three\r")
	if skipped := c.expect(`said ["one" "two" "three"]`); strings.Contains(skipped, "said") || strings.Contains(skipped, "unknown") {
		t.Errorf("more was run: %q", skipped)
	}
	c.ready()
	c.typeIn("\x1b[200~say one \\\n  two\nsay three\x1b[201~")
	c.expect("3 lines pasted, which are 2 commands: Enter runs them")
	c.typeIn("\r")
	c.expect(`said ["one" "two"]`)
	c.expect(`said ["three"]`)
	c.ready()
	c.typeIn("\x1b[200~# C:\\\nsay four\x1b[201~")
	c.expect("2 lines pasted, Enter runs them")
	c.typeIn("\r")
	c.expect(`said ["four"]`)
	c.ready()
	c.typeIn("\x1b[200~wait \\\n x\nsay dropped\x1b[201~")
	c.expect("2 commands")
	c.typeIn("\r")
	c.expect("waiting")
	c.typeIn("\x03")
	c.expect("gave up")
	c.ready()
	c.typeIn("say safe\r")
	if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "said") {
		t.Errorf("more was run: %q", skipped)
	}
	c.leave()
}

func TestAnAnswerIsNotContinued(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("n \\\r")
	c.expect(`answered "n \\", <nil>`)
	c.leave()
}

func TestALineIsContinuedOnADumbTerminal(t *testing.T) {
	c := startShell(t, func(c *console) { c.cmd.Env = append(c.cmd.Env, "TERM=dumb") })
	c.expect(">>> ")
	c.typeIn("say a \\\r")
	c.expect("\n> ")
	c.typeIn(" b\r")
	c.expect(`said ["a" "b"]`)
	for _, key := range []string{"\x03", "\x04"} {
		c.expect(">>> ")
		c.typeIn("say dropped \\\r")
		c.expect("\n> ")
		c.typeIn(key)
	}
	c.expect(">>> ")
	c.typeIn("say safe\r")
	if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "said") {
		t.Errorf("more was run: %q", skipped)
	}
	c.expect(">>> ")
	c.typeIn("\x04")
	c.exits(ExitOK)
}
