package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pegashell/internal/test/screentest"
)

func TestScreensOfCompletionWhileTyping(t *testing.T) {
	for name, steps := range map[string][]step{
		"commands": {
			{"s", "complete_commands"},
			{"e", "complete_commands_fewer"},
			{"\t", "complete_commands_first"},
			{"\t", "complete_commands_second"},
			{dropLine + "NOD", "complete_commands_capitals"},
			{"\t", "complete_commands_taken"},
			{dropLine + "nosuch", "complete_commands_none"},
		},
		"flags": {
			{"nodes -", "complete_flags"},
			{"d -", "complete_flags_given"},
			{"\x7f--res", "complete_flags_long"},
			{"\x17--st\t", "complete_flags_value"},
		},
		"levels":   {{"set_meta_level ", "complete_levels"}, {"BL\t", "complete_levels_taken"}},
		"statuses": {{"ls -s ", "complete_statuses"}, {"dropp", "complete_statuses_begun"}},
		"matches":  {{"ls -p use -m ", "complete_matches"}},
		"tables":   {{"app ", "complete_tables"}, {"U\t", "complete_tables_taken"}},
		"nodes":    {{"server_info -l ", "complete_servers"}, {"127.0.0.1:1,", "complete_servers_list"}},
		"clusters": {{"cc ", "complete_clusters"}, {"D\t", "complete_clusters_taken"}},
		"znodes": {
			{"zk_ls ", "complete_zookeepers"},
			{"old/", "complete_znodes_root"},
			{"p\t", "complete_znodes_level"},
			{"\t", "complete_znodes_deeper"},
			{"127.0.0.1/apps/2/", "complete_znodes_partitions"},
		},
		"help": {{"help set", "complete_help"}},
	} {
		t.Run(name, func(t *testing.T) { screens(t, screentest.Options{Rows: 14}, steps...) })
	}
}

func TestScreensOfCompletedFileNames(t *testing.T) {
	s := newStation(t)
	s.write("node list.txt", 0o600, "")
	s.write("nodes.txt", 0o600, "")
	s.write("backups/before.zkb.zst", 0o600, "")
	c := s.open(screentest.Options{Rows: 14})
	c.follow(
		step{"ls -o ", "complete_files"},
		step{"node", "complete_files_begun"},
		step{"\x17\"node \t", "complete_files_quoted"},
		step{"\x15zk_restore b\t", "complete_files_folder"},
		step{"\x15ls > n", "complete_files_redirected"},
		step{"\x15ls | ", "complete_programs"},
	)
	c.leave(dropLine+"\x04", 0)
}

// Answers that never come hold no key up.
func TestScreensOfCompletionAtADeadCluster(t *testing.T) {
	const echo = 50 * time.Millisecond
	for name, prompt := range map[string]string{"dead": "dead >>>", "silent": "silent >>>"} {
		t.Run(name, func(t *testing.T) {
			c := newStation(t).start(screentest.Options{Rows: 14}, prompt, "-n", name)
			if name == "dead" {
				c.WaitFor("WARNING")
			}
			c.clear()
			var took []time.Duration // by a key until it is on the screen
			for _, line := range []string{"app users", "server_info -l x", "zk_ls silent/peg"} {
				for i, key := range line {
					began := time.Now()
					c.Send(string(key))
					if key == ' ' {
						continue // nothing is seen of it
					}
					shown := prompt + " " + line[:i+1]
					c.WaitUntil("the screen shows "+shown, func(screen screentest.Screen) bool { return strings.HasPrefix(screen.Line(), shown) })
					took = append(took, time.Since(began))
				}
				c.Send(dropLine)
			}
			slices.Sort(took)
			// Most keys may be slow on a machine that is busy with other tests; waiting for answers
			// would slow all.
			if quick := took[len(took)/4]; quick > echo {
				t.Errorf("three of four keys were shown after more than %v, want %v", quick, echo)
			}
			t.Logf("shown after %v to %v, half of them before %v", took[0], took[len(took)-1], took[len(took)/2])
			c.WaitPrinted("WARNING") // otherwise it may come between any two of the next lines
			c.clear()
			c.Send("app users")
			c.golden("complete_at_" + name)
			c.leave(dropLine+"\x04", 0)
		})
	}
}

func TestScreensOfTheUsageHint(t *testing.T) {
	screens(t, screentest.Options{Rows: 14},
		step{"nodes", "hint"},
		step{" ", "hint_behind_blank"},
		step{"\x02", "hint_not_within_the_line"},
		step{dropLine + "get_meta_level\r", "hint_gone"},
		step{"\x0cls ", "hint_cut"},
	)
}
