package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandsRunInTheTerminalsOwnSettings(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("tty\r")
	c.expect("settings " + c.before)
	c.ready()
	c.typeIn("say \"a b\" c\r")
	c.expect(`said ["a b" "c"]`)
	c.ready()
	c.typeIn("\r")
	if skipped := func() string { c.ready(); return c.seen }(); strings.Contains(skipped, "Invalid") {
		t.Errorf("an empty line printed %q", skipped)
	}
	c.typeIn("exit\r")
	c.exits(ExitOK)
}

func TestEditingKeysWork(t *testing.T) {
	c := startShell(t, nil)
	for keys, want := range map[string]string{
		"ay xd\x7f\x01s\r":                 `said ["x"]`,     // backspace, home
		"say ab\x02\x1b[3~\r":              `said ["a"]`,     // left, delete
		"say ab\x02\x04\r":                 `said ["a"]`,     // left, Ctrl-D within a line
		"say bx\x1b[D\x1b[D\x1b[Ca\x05c\r": `said ["baxc"]`,  // arrows ... end
		"y x\x1bOHsa\x1bOFz\r":             `said ["xz"]`,    // application mode's Home and End
		"say 1\x1b[99~\x1bx2\r":            `said ["12"]`,    // keys that are not known
		"say 表格\x7f \"é\"\r":               `said ["表" "é"]`, // wide and combined characters
		"sa\t hello\r":                     `said ["hello"]`, // completion
		"say \x1b[200~a\tb\x1b[201~ c\r":   `said ["a" "b" "c"]`,

		"say a b c\x17\x17d e\x17\x19\x19\r":                            `said ["a" "d" "ee"]`,          // Ctrl-W, Ctrl-Y
		"say ab cd\x15x\x19\x19\r":                                      `unknown xsay`,                 // Ctrl-U
		"say ab cd\x1b[D\x1b[D\x0b\x01\x1b[1;5C \x19\x05x\r":            `said ["cd" "ab" "x"]`,         // Ctrl-K, Ctrl-right
		"say a-b c_d\x1b\x7f\x1b\x7f\x19\r":                             `said ["a-b" "c_d"]`,           // Alt-Backspace twice, joined
		"say one two\x1bb\x1bbX\x1bd\r":                                 `said ["X" "two"]`,             // Alt-B, Alt-D
		"say one\x15say two\x15\x19\x1by\r":                             `said ["one"]`,                 // Alt-Y
		"say ab\x14\r":                                                  `said ["ba"]`,                  // Ctrl-T
		"say last 'an arg'\rsay again \x1b.\r":                          `said ["again" "an arg"]`,      // Alt-.
		"say x\x1b[1~\x1b[4~y\x1b[7~\x1b[8~z\r":                         `said ["xyz"]`,                 // Linux console, rxvt
		"say a\x08b\x1b[5~\x1b[6~\r":                                    `said ["b"]`,                   // Ctrl-H; page keys
		"say e\u0301\x7fx\r":                                            `said ["x"]`,                   // a combined character
		"say 表格\x02\x04x\r":                                             `said ["表x"]`,                  // Ctrl-D on a wide one
		"say one two\x17\x17\x1f\x1f\r":                                 `said ["one" "two"]`,           // Ctrl-_
		"say one\x7f\x15x\x1f\x1f\x18\x15\x1f\x1f\x1fsay z\r":           `said ["z"]`,                   // back to the beginning, and not beyond
		"say one\x18\x7f\x18\x15\r":                                     `said ["one"]`,                 // another key after Ctrl-X is itself
		"say ab\x02\x02x\x1fy\r":                                        `said ["yab"]`,                 // the cursor too
		"say one\x15\x10\x1f\x0e\x1fsay q\r":                            `said ["q"]`,                   // not across lines
		"say oné two-thrEE x\x1bb\x1bb\x1bb\x1bb\x1bu\x1bc\x1bl\x1bl\r": `said ["ONÉ" "Two-three" "x"]`, // Alt-U, -C, -L
		"say " + strings.Repeat("long ", 40) + "\r":                     `"long" "long"]`,
	} {
		c.ready()
		c.typeIn(keys)
		c.expect(want)
	}
	c.leave()
}

func TestAPasteWaitsForEnterAndAnswersNoQuestion(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("\x1b[200~say one\n\x1b[201~")
	c.expect("say one")
	c.typeIn(" x\r")
	if skipped := c.expect(`said ["one" "x"]`); strings.Contains(skipped, "said") {
		t.Errorf("a paste ran before Enter: %q", skipped)
	}
	c.ready()
	c.typeIn("\x1b[200~say two\r\nask\ryes\rsay t")
	c.typeIn("hree\x1b[201~")
	c.expect("4 lines pasted, Enter runs them")
	c.typeIn("\x01\x1b[C\x05\r")
	c.expect(`said ["two"]`)
	c.expect("Are you sure? ")
	c.typeIn("no\r")
	c.expect(`answered "no", <nil>`)
	c.expect("unknown yes")
	c.expect(`said ["three"]`)

	c.ready()
	c.typeIn("\x1b[200~say dropped\rsay dropped\x1b[201~")
	c.expect("2 lines pasted")
	c.typeIn("\x03")
	c.ready()
	c.typeIn("\x1b[200~wait\rsay dropped\x1b[201~")
	c.expect("2 lines pasted")
	c.typeIn("\r")
	c.expect("waiting")
	c.typeIn("\x03")
	c.expect("gave up")
	c.ready()
	c.typeIn("say safe\r")
	if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "said") {
		t.Errorf("carried out %q", skipped)
	}
	c.leave()
}

func TestLinesTypedAheadRunAndAnswerNoQuestion(t *testing.T) {
	for name, end := range map[string]string{"CR": "\r", "CRLF": "\r\n"} {
		t.Run(name, func(t *testing.T) {
			c := startShell(t, nil)
			c.ready()
			c.typeIn("say one" + end + "say two" + end + "ask" + end + "yes" + end + "say three" + end)
			c.expect(`said ["one"]`)
			c.expect(`said ["two"]`)
			c.expect("Are you sure? ")
			c.typeIn("no\r")
			c.expect(`answered "no", <nil>`)
			c.ready()
			c.typeIn("say four\r")
			if skipped := c.expect(`said ["four"]`); strings.Contains(skipped, "said") {
				t.Errorf("carried out %q", skipped)
			}
			c.leave()
		})
	}
}

func TestAPasteAtAQuestionIsNoMoreThanTheAnswer(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("yes\nsay dropped\n")
	c.expect(`answered "yes", <nil>`)
	c.ready()
	c.typeIn("say safe\r")
	if skipped := c.expect(`said ["safe"]`); strings.Contains(skipped, "said") {
		t.Errorf("carried out %q", skipped)
	}
	c.leave()
}

func TestPastedLinesWaitForAPassword(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("\x1b[200~password\nsay after\x1b[201~\r")
	c.expect("Password: ")
	c.typeIn("hush\n")
	c.expect(`answered "hush", <nil>`)
	c.expect(`said ["after"]`)
	c.leave()
}

func TestQuestionsAreAnsweredOrInterrupted(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("nx\bo\r") // the terminal's own erase key
	c.expect(`answered "no", <nil>`)
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("\x04")
	c.expect("\r\nanswered \"\", got no answer (end of input: true, canceled: false)")
	c.ready()
	c.typeIn("ask\r")
	c.expect("Are you sure? ")
	c.typeIn("y\x03")
	c.expect(`answered "", got no answer (end of input: false, canceled: true)`)
	c.leave()
}

func TestHistoryIsThereInTheNextSession(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	withHistory := func(c *console) { c.cmd.Env = append(c.cmd.Env, asShell+"="+file) }
	first := startShell(t, withHistory)
	first.ready()
	first.typeIn("say before\r")
	first.expect(`said ["before"]`)
	first.leave()

	second := startShell(t, withHistory)
	second.ready()
	second.typeIn("\x10\r") // Ctrl-P
	second.expect(`said ["before"]`)
	second.leave()
}

func TestADumbTerminalGetsAPlainPrompt(t *testing.T) {
	c := startShell(t, func(c *console) { c.cmd.Env = append(c.cmd.Env, "TERM=dumb") })
	c.expect(">>> ")
	if after := settings(c.slave); after != c.before {
		t.Errorf("settings of the terminal: %s before, %s at the prompt", c.before, after)
	}
	c.typeIn("\r")
	c.expect(">>> ")
	c.typeIn("say dropped\x03")
	c.expect(">>> ")
	c.typeIn("say a\r")
	if skipped := c.expect(`said ["a"]`); strings.Contains(skipped, "said") || strings.Contains(skipped, "\x1b[") {
		t.Errorf("printed %q", skipped)
	}
	c.expect(">>> ")
	c.interruptCommand()
	c.expect(">>> ")
	c.typeIn("\x04")
	c.exits(ExitOK)
}

// With the output in a file a person still sees the prompt, and the file gets the commands' output
// alone.
func TestPromptsStayOutOfAnOutputThatIsAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c := startShell(t, func(c *console) { c.cmd.Stdout = out })
	c.expect(">>> ")
	c.typeIn("say a\r")
	c.expect(">>> ")
	c.typeIn("\x04")
	c.exits(ExitOK)
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if want := "said [\"a\"]\n"; string(got) != want {
		t.Errorf("the file has %q, want %q", got, want)
	}
}

func TestATerminalWithoutASizeShowsThePrompt(t *testing.T) {
	c := startShell(t, func(c *console) { c.resize(0, 0) })
	c.ready()
	c.typeIn("say x\r")
	c.expect(`said ["x"]`)
	c.leave()
}

func TestALineIsDrawnAgainInAnotherWindow(t *testing.T) {
	c := startShell(t, nil)
	c.ready()
	words := strings.Repeat("word ", 10)
	c.typeIn("say " + words)
	c.expect("say " + words)
	for range 3 {
		c.resize(10, 40)
		c.expect("\r\x1b[1A") // up the row that the line now has more
		c.expect(">>> ")
		c.expect("say " + words)
		c.resize(24, 80)
		c.expect("\r\x1b[")
		c.expect(">>> ")
		c.expect("say " + words)
	}
	c.typeIn("end\x01\x1b[3~S\x7fs\r") // also at its beginning
	c.expect(`"word" "end"]`)
	c.leave()
}
