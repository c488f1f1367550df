package torture

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-zookeeper/zk"
)

// operation is what the program is made to do.
type operation struct {
	name string
	// prepare makes what the operation needs besides the source.
	prepare func(*schedule)
	// line is what the program is given.
	line func(*schedule) string
	// judge compares what a run has said with what is the case.
	judge func(*schedule, *run)
	// during, if there is one, goes on once the fault is healed, while the program runs.
	during func(*schedule)
}

var operations = []operation{
	{name: "copy", prepare: none, judge: (*schedule).judgeCopy, line: func(s *schedule) string {
		return s.copyLine("")
	}},
	{name: "copy --delete", prepare: (*schedule).plantOther, judge: (*schedule).judgeCopy, line: func(s *schedule) string {
		return s.copyLine(" --delete -y")
	}},
	{name: "copy --follow", prepare: none, judge: (*schedule).judgeFollow, during: (*schedule).follow, line: func(s *schedule) string {
		return s.copyLine(" --follow --until never")
	}},
	{name: "diff", prepare: func(s *schedule) {
		s.copyTree(s.sides[1], s.target)
		if s.IntN(2) == 0 {
			s.must(s.sides[1].conn.Set(s.target+s.anyPath(), []byte("different"), -1))
		}
	}, judge: (*schedule).judgeDiff, line: func(s *schedule) string {
		return "zk_diff " + s.sides[0].hosts() + s.source + " " + s.sides[1].hosts() + s.target + s.options()
	}},
	{name: "backup", prepare: func(s *schedule) {
		if s.IntN(2) == 0 {
			s.old = []byte("an older file")
			if err := os.WriteFile(s.file(), s.old, 0o600); err != nil {
				s.Fatal(err)
			}
		}
	}, judge: (*schedule).judgeBackup, line: (*schedule).backupLine},
	{name: "restore", prepare: func(s *schedule) {
		if r := s.start(s.backupLine()); r.wait(s) != 0 {
			s.Fatalf("back up without a fault: %s", r)
		}
		if s.IntN(2) == 0 {
			s.plantOther()
		}
	}, judge: (*schedule).judgeCopy, line: func(s *schedule) string {
		return "zk_restore " + s.file() + " " + s.sides[1].hosts() + s.target + " --delete -y" + s.options()
	}},
	{name: "rmr", prepare: func(s *schedule) { s.copyTree(s.sides[1], s.target) }, judge: (*schedule).judgeRemoval, line: func(s *schedule) string {
		return "zk_rmr " + s.sides[1].hosts() + s.target + " -y --force unknown_cluster" + s.options()
	}},
}

func none(*schedule) {}

func (s *schedule) options() string { return fmt.Sprintf(" --timeout %d", session.Milliseconds()) }

func (s *schedule) copyLine(more string) string {
	return "zk_copy -s " + s.sides[0].hosts() + s.source + " -t " + s.sides[1].hosts() + s.target + more + s.options()
}

func (s *schedule) backupLine() string {
	return "zk_backup " + s.sides[0].hosts() + s.source + " " + s.file() + " --force overwrite" + s.options()
}

func (s *schedule) file() string { return filepath.Join(s.dir, "saved.zkb.zst") }

// plantOther makes a target that has other znodes than the source.
func (s *schedule) plantOther() { s.plant(s.sides[1], s.target, 2+s.IntN(8)) }

func (s *schedule) must(_ *zk.Stat, err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// writtenAfter reports whether the other writer may have written after a transaction that a result
// names, 0 for none.
func (s *schedule) writtenAfter(zxid int64) bool { return zxid == 0 || zxid < s.wroteUntil }

func (s *schedule) judgeCopy(r *run) {
	said := r.row("result")
	if r.code == 0 != strings.HasPrefix(said, "verified: ") {
		s.Errorf("exit code %d, and result %q", r.code, said)
	}
	if r.code != 0 {
		return
	}
	var excepted []string
	if zxid, _ := strconv.ParseInt(r.row("source_zxid"), 0, 64); s.writtenAfter(zxid) {
		excepted = s.wrote
	}
	extras := r.row("extra")
	if diff := s.differences(excepted); diff != "" && (extras == "" || extras == "0") {
		s.Errorf("verified, but different (-source +target):\n%s", diff)
	}
}

func (s *schedule) judgeDiff(r *run) {
	if len(s.wrote) > 0 || r.code > 1 || r.code < 0 {
		return
	}
	if diff := s.differences(nil); r.code == 0 != (diff == "") {
		s.Errorf("exit code %d, but the differences are %q", r.code, diff)
	}
}

// judgeBackup: an interrupted backup leaves the file that was there, or none, or a whole new one.
func (s *schedule) judgeBackup(r *run) {
	content, err := os.ReadFile(s.file())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.Fatal(err)
	}
	if r.code != 0 && r.code != 3 && (content == nil && s.old == nil || bytes.Equal(content, s.old)) {
		return
	}
	if content == nil {
		s.Errorf("exit code %d, and no file", r.code)
		return
	}
	if len(s.wrote) > 0 && r.code != 0 {
		return
	}
	restore := s.start("zk_restore " + s.file() + " " + s.sides[1].hosts() + s.target + " --delete -y")
	if restore.wait(s) != 0 {
		s.Errorf("the file cannot be restored: %s", restore)
		return
	}
	if diff := s.differences(s.wrote); diff != "" {
		s.Errorf("the file is not the source (-source +file):\n%s", diff)
	}
}

func (s *schedule) judgeRemoval(r *run) {
	there, _, err := s.sides[1].conn.Exists(s.target)
	if err != nil {
		s.Fatal(err)
	}
	if r.code == 0 && there && len(s.wrote) == 0 {
		s.Error("removed, but it is there")
	}
}

// follow waits until the follower has applied what is written once all is healed, and interrupts it.
func (s *schedule) follow() {
	if s.signalled != 0 || s.fault.name == writesToTarget {
		s.interrupt()
		return
	}
	// The first copy may apply one change of the root, and has not ended then. The next one is applied
	// by the follower.
	for mark := range 2 {
		if !s.isApplied(fmt.Appendf(nil, "change %d", mark)) {
			return
		}
	}
	s.followed = true
	s.interrupt()
}

// isApplied sets the data of the source's root and waits until the target has it; false if the program
// ended before.
func (s *schedule) isApplied(mark []byte) bool {
	s.Helper()
	s.must(s.sides[0].conn.Set(s.source, mark, -1))
	for end := time.Now().Add(patience); ; {
		data, _, events, err := s.sides[1].conn.GetW(s.target)
		if err == nil && bytes.Equal(data, mark) {
			return true
		}
		select {
		case <-events: // nil after an error
		case <-s.exited:
			return false
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(end) {
			s.Errorf("a change was not applied within %v of the end of the fault", patience)
			return true
		}
	}
}

func (s *schedule) interrupt() {
	if s.signalled == 0 {
		s.cmd.Process.Signal(syscall.SIGINT) // it may just have ended
	}
}

func (s *schedule) judgeFollow(r *run) {
	if !s.followed {
		return
	}
	if diff := s.differences(nil); diff != "" {
		s.Errorf("the last change was applied, but not all before it (-source +target):\n%s\n%s", diff, r)
	}
}
