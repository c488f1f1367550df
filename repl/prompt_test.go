package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pegashell/internal/test/screentest"
)

// step is what is typed, and the name of the golden screen that must follow.
type step struct{ keys, screen string }

func follow(t *testing.T, opt screentest.Options, steps ...step) {
	t.Helper()
	s := startPrompt(t, opt)
	for _, step := range steps {
		s.Send(step.keys)
		s.Golden(step.screen)
	}
	leavePrompt(t, s, "\x1b\x07\x15\x0b\x04")
}

func small() screentest.Options { return screentest.Options{Rows: 12, Columns: 60} }

func TestSuggestionsAreShownWhileTyping(t *testing.T) {
	follow(t, small(),
		step{"s", "menu_one_letter"},
		step{"e", "menu_commands"},
		step{"\t\x1b[15~", "menu_first"},            // all agree on no more; F5 does nothing
		step{"\t\t", "menu_third"},                  //
		step{"\x1b[Z", "menu_second"},               // Shift-Tab
		step{"\x07", "menu_commands"},               // Ctrl-G
		step{"\t\x03", "menu_interrupted"},          // a selected one stays on the screen
		step{"\x0cse", "menu_commands"},             //
		step{"rv\t", "menu_common"},                 // as far as all agree
		step{"\x1b", "menu_closed"},                 // Esc
		step{"\t", "menu_common"},                   // Tab shows it again
		step{"\t\x1b[A\r", "menu_taken"},            // the last one; Enter takes it and does not run it
		step{"\r", "menu_run"},                      //
		step{"L\t-\t\t ", "menu_flag"},              // whatever its case; a flag
		step{"--s\t", "menu_no_blank_behind_equal"}, //
	)
}

func TestPathsAreCompletedLevelByLevel(t *testing.T) {
	follow(t, small(),
		step{"zk_ls o\t", "path_root"},
		step{"p\t", "path_below"},
		step{"\t/l\t", "path_end"}, // a / that is there already is not doubled
	)
}

func TestWordsWithBlanksAreCompletedInQuotes(t *testing.T) {
	follow(t, small(),
		step{"app \"\t", "quoted_common"},
		step{"t\t", "quoted_end"},
		step{"\x01\x1bfx", "quoted_middle"},
	)
}

func TestASuggestionThatWouldBeLostIsNotTakenByTheFirstTab(t *testing.T) {
	follow(t, small(),
		step{"over \t", "careful_shown"},
		step{"\t", "careful_chosen"},
		step{"\r", "careful_taken"},
		step{"\x15over o\t", "careful_begun"},
	)
}

// Of several as well: the first Tab would otherwise write one of them into the line.
func TestOneOfSeveralThatWouldBeLostIsNotTakenByTheFirstTab(t *testing.T) {
	for keys, want := range map[string]string{"drop \t\t": "first", "drop \t\t\t": "second", "drop \x1b[Z\x1b[Z": "third", "drop \x1b[Z\t": "first"} {
		s := startPrompt(t, small())
		s.Send(keys)
		s.WaitFor(">" + want)
		leavePrompt(t, s, "\x03\x04")
	}
}

func TestALongListScrolls(t *testing.T) {
	follow(t, small(),
		step{"many value", "scroll_begin"},
		step{"\t" + strings.Repeat("\t", 6), "scroll_down"},
		step{"\x1b[Z\x1b[Z\x1b[Z", "scroll_stays"},
		step{"\x1b[6~\x1b[6~", "scroll_end"},
		step{"\t", "scroll_around"},
	)
}

func TestDescriptionsAreCutToTheWindow(t *testing.T) {
	follow(t, screentest.Options{Rows: 10, Columns: 40}, step{"se", "narrow_menu"})
	follow(t, screentest.Options{Rows: 10, Columns: 22}, step{"se", "very_narrow_menu"})
	follow(t, screentest.Options{Rows: 5, Columns: 40}, step{"se", "low_menu"}, step{"\t\t", "low_menu_scrolled"})
}

func TestTheUsageIsHintedBehindTheCursor(t *testing.T) {
	follow(t, small(),
		step{"nodes", "hint"},
		step{" ", "hint_behind_blank"},
		step{"\x02", "hint_not_within_the_line"},
		step{"\x05\x15ls", "hint_cut"},
		step{"\x15remote", "hint_cut_wide"},
		step{"\x15nodes -d\r", "hint_wiped"},
		step{"nodes\x03", "hint_wiped_by_interrupt"},
	)
}

func TestWithoutColoursThereAreNeitherHintsNorSequencesForColours(t *testing.T) {
	s := startPrompt(t, screentest.Options{Rows: 12, Columns: 60, Env: []string{"NO_COLOR=1"}})
	s.Send("nodes")
	s.Send("\x15se\t")
	s.Golden("no_colour")
	leavePrompt(t, s, "\x15\x04")
	for _, sgr := range []string{"\x1b[1;31m", "\x1b[90m", "\x1b[30;46m", "\x1b[0m"} {
		if printed := s.Printed(); strings.Contains(printed, sgr) {
			t.Errorf("printed %q", printed)
		}
	}
}

func TestTheHistoryIsSearchedWhileTyping(t *testing.T) {
	follow(t, small(),
		step{"half\x12", "search_begin"},
		step{"d", "search_first"},
		step{"\x12", "search_older"},
		step{"\x12\x12", "search_failed"},
		step{"\x13", "search_newer"},
		step{"\x07", "search_left"},
		step{"\x12LS", "search_capitals"},
		step{"\x7f\x7f-O", "search_shortened"},
		step{"\x7f\x7fnode l\x05", "search_taken_over"},
		step{"\x12ls\r", "search_run"},
		step{"\x12\x12\x1b", "search_again"},
		step{"\x15\x12app\x03", "search_interrupted"},
	)
}

func TestLinesHigherThanTheWindowAreEdited(t *testing.T) {
	long := strings.Repeat("0123456789", 10)
	follow(t, screentest.Options{Rows: 8, Columns: 40},
		step{"ls " + long[:26], "long_full_row"},
		step{"x", "long_next_row"},
		step{long, "long_rows"},
		step{"\x1bb--status=\x1b[C -", "long_edited"},
		step{"\x05 -", "long_menu"},
		step{" " + long + long, "long_window"},
		step{"\x01", "long_window_begin"},
		step{"\x1bf!", "long_window_edited"},
		step{"\r", "long_run"},
	)
}

func TestWideAndCombiningCharactersKeepTheCursorRight(t *testing.T) {
	follow(t, screentest.Options{Rows: 8, Columns: 20},
		step{"say 表格é e\u0301x", "wide"},
		step{"\x02\x02\x7f", "wide_edited"},
		step{"\x05" + "表格表格", "wide_row"},
		step{"\x01\x0b" + "ab表格表格表格", "wide_at_the_edge"},
		step{"\x02\x14", "wide_transposed"},
		step{"\x15" + "app 表\t", "wide_completed"},
	)
}

func TestAWindowMayChangeItsSize(t *testing.T) {
	s := startPrompt(t, small())
	s.Send("ls -")
	s.Golden("resize_before")
	s.Resize(12, 40)
	s.Golden("resize_narrow")
	s.Resize(5, 70)
	s.Golden("resize_low")
	leavePrompt(t, s, "\x15\x04")
}

func TestTheScreenIsCleared(t *testing.T) {
	follow(t, small(), step{"say x\r", "not_cleared"}, step{"ls\x0c", "cleared"})
}

func TestOutputWithoutALineFeedKeepsItsRow(t *testing.T) {
	follow(t, small(), step{"sh 'printf half'\r", "half_a_row_and_prompt"}, step{"nodes ", "half_a_row"})
}

func TestAnErrorBehindHalfARowOfAProgramHasItsOwn(t *testing.T) {
	opt := small()
	opt.Env = []string{asShell + "="}
	s := screentest.Start(t, opt, os.Args[0])
	s.WaitFor(">>>")
	s.Send("hand 'printf half; exit 3'\r")
	s.Golden("half_a_row_and_error")
	s.Send("hand 'echo whole; exit 3'\r")
	s.Golden("whole_row_and_error")
	leavePrompt(t, s, "\x04")
}

func TestWarningsAboveThePromptAreColoured(t *testing.T) {
	follow(t, small(), step{"notice 'WARNING: careful' 'all is well'\r", "notices"})
}

func TestCtrlCAtThePrompt(t *testing.T) {
	s := startPrompt(t, small())
	s.Send("ls --status\x02\x02\x03")
	s.Golden("interrupted")
	s.Send("\x10\x15") // the history is there
	s.Send("x y\r")
	s.WaitUntil("there is a prompt", func(screen screentest.Screen) bool { return screen.Row == 3 && screen.Line() == "onebox >>>" })
	s.Send("\x03")
	s.Golden("interrupted_empty")
	leavePrompt(t, s, "ls\x15\x04")
}

func TestTheCtrlCThatEndsTheShellPromisesNothing(t *testing.T) {
	s := startPrompt(t, small())
	s.Send("\x03")
	s.WaitUntil("there is another prompt", func(screen screentest.Screen) bool { return screen.Row == 1 && screen.Line() == "onebox >>>" })
	s.Send("\x03")
	if code := s.Wait(); code != 130 {
		t.Errorf("exit code %d", code)
	}
	if told := strings.Count(s.Printed(), "again within a second"); told != 1 {
		t.Errorf("told %d times in\n%s", told, s.Screen())
	}
}

func TestThePromptAndTheSuggestionsAreRefreshed(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "now")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	s := startPrompt(t, small())
	s.Send("danger " + pipe + "\r")
	s.WaitUntil("there is a prompt", func(screen screentest.Screen) bool { return screen.Row > 0 && screen.Line() == "onebox >>>" })
	s.Send("app \"my")
	s.WaitFor("id 2")
	s.Send("\t\t")
	s.WaitFor(">\"my table\"")
	if err := os.WriteFile(pipe, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.WaitFor("onebox [blind] >>> app \"my table\"")
	s.Mask(pipe, "FILE")
	s.Send("\x15\x0c")
	s.Golden("refreshed")
	leavePrompt(t, s, "\x04")
}

func TestASlowCompletionHoldsNoKeyUp(t *testing.T) {
	follow(t, small(),
		step{"slow\r", "slow_begin"},
		step{"nod", "slow_comes_late"},
		step{"\x15se\t", "slow_tab_waits"},
	)
}

// Typing stays responsive when the completion uses up all its patience at every key.
func TestKeysAreEchoedAtOnceWhenTheCompletionNeverAnswers(t *testing.T) {
	const limit = 50 * time.Millisecond
	s := startPrompt(t, small())
	s.Send("silent\r")
	s.WaitUntil("there is a prompt", func(screen screentest.Screen) bool { return screen.Row > 0 && screen.Line() == "onebox >>>" })
	line := "onebox >>> "
	var took []time.Duration
	for _, key := range "nodes-that-nobody-knows-anything-of" {
		line += string(key)
		began := time.Now()
		s.Send(string(key))
		s.WaitUntil("there is "+line, func(screen screentest.Screen) bool { return screen.Line() == line })
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	// Most keys may be slow on a machine that is busy with other tests; a wait for the completion
	// would slow all.
	if quick := took[len(took)/4]; quick > limit {
		t.Errorf("three of four keys took more than %v to be echoed, want %v", quick, limit)
	}
	t.Logf("echoed after %v to %v, half of them before %v", took[0], took[len(took)-1], took[len(took)/2])
	leavePrompt(t, s, "\x15\x04")
}

func TestProgramsThatSpoilTheTerminalDoNoHarm(t *testing.T) {
	follow(t, small(), step{"sh 'stty raw -echo; exit 3'\r", "spoiling"}, step{"sh 'stty -a | grep -c \" icanon\"'\r", "spoiled"})
}

func TestAPanicInTheCompletionRestoresTheTerminal(t *testing.T) {
	s := startPrompt(t, screentest.Options{})
	s.Send("panic now")
	if code := s.Wait(); code != 2 {
		t.Errorf("exit code %d", code)
	}
	s.CheckStty()
	for _, want := range []string{"on purpose in the completion", "in the completion of a line", "testPrompt"} {
		if printed := s.Printed(); !strings.Contains(printed, want) {
			t.Errorf("printed %q, want %q in it", printed, want)
		}
	}
}

func TestAPanicInThePromptRestoresTheTerminal(t *testing.T) {
	s := startPrompt(t, screentest.Options{})
	s.Send("break\r")
	if code := s.Wait(); code != 2 {
		t.Errorf("exit code %d", code)
	}
	s.CheckStty()
	if printed := s.Printed(); !strings.Contains(printed, "on purpose in the prompt") {
		t.Errorf("printed %q", printed)
	}
}

// An idle prompt waits for the keyboard alone.
func TestAnIdlePromptDoesNothing(t *testing.T) {
	s := startPrompt(t, small())
	s.Send("ls -")
	s.WaitFor("more columns")
	switches := func() (n int) {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", s.Pid()))
		if err != nil || len(tasks) == 0 {
			t.Fatalf("no threads: %v", err)
		}
		for _, task := range tasks {
			status, err := os.ReadFile(task)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(status)) {
				var count int
				if _, err := fmt.Sscanf(line, "voluntary_ctxt_switches: %d", &count); err == nil {
					n += count
				}
			}
		}
		return n
	}
	// Polling every 10 ms, which is what go-prompt does, would be a hundred a second in each of two
	// threads. The first moment after the last key is still busy.
	const enough = 20
	deadline := time.Now().Add(patience)
	for {
		before := switches()
		time.Sleep(500 * time.Millisecond) // measures, and waits for nothing
		n := switches() - before
		if n <= enough {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d context switches in half a second", n)
		}
	}
	leavePrompt(t, s, "\x15\x04")
}

func TestTheShellIsStoppedAndContinued(t *testing.T) {
	s := screentest.Start(t, screentest.Options{Rows: 12, Columns: 60, Env: []string{"PS1=bash> ", asPrompt + "=1"}}, "bash", "--norc", "--noediting", "-i")
	s.WaitFor("bash>")
	s.Send(os.Args[0] + "\r")
	s.WaitFor("onebox >>>")
	s.Send("nodes -\x1a")
	s.WaitFor("Stopped")
	s.WaitUntil("bash is back", func(screen screentest.Screen) bool { return screen.Line() == "bash>" })
	s.CheckStty()
	s.Send("fg\r")
	s.Mask(os.Args[0], "PROGRAM")
	s.Mask(filepath.Base(os.Args[0]), "PROGRAM")
	s.WaitUntil("the line is back", func(screen screentest.Screen) bool { return strings.HasPrefix(screen.Line(), "onebox >>> nodes -") })
	s.Send("d\r")
	s.WaitFor(`run ["nodes" "-d"]`)
	prompts := 0
	for _, line := range s.Screen().Lines {
		if strings.HasPrefix(line, "onebox >>> nodes") {
			prompts++
		}
	}
	if prompts != 2 { // before and after
		t.Errorf("%d prompts on the screen\n%s", prompts, s.Screen())
	}
	s.WaitUntil("there is a prompt", func(screen screentest.Screen) bool { return screen.Line() == "onebox >>>" })
	s.Send("\x04")
	s.WaitUntil("bash is back", func(screen screentest.Screen) bool { return screen.Line() == "bash>" })
	s.CheckStty()
	s.Send("exit\r")
	s.Wait()
}

func TestAHangupAtThePromptEndsTheShell(t *testing.T) {
	s := startPrompt(t, small())
	s.Send("half")
	s.WaitFor("half")
	s.Signal(syscall.SIGHUP)
	if code := s.Wait(); code != 129 {
		t.Errorf("exit code %d", code)
	}
	s.CheckStty()
}
