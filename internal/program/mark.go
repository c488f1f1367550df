package program

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// markVariable holds the marks of the programs below which a process runs, from the outermost one
// on: a shell that a program starts adds its own.
const markVariable = "PEGASHELL_RUN"

var marks atomic.Int64

// nextMark returns a mark that no other program of this machine has.
func nextMark() string { return fmt.Sprintf("%d.%d", os.Getpid(), marks.Add(1)) }

// marked adds a mark to an environment.
func marked(env []string, mark string) []string {
	outer := ""
	for _, pair := range env {
		if value, ok := strings.CutPrefix(pair, markVariable+"="); ok {
			outer = value
		}
	}
	return append(env, markVariable+"="+outer+":"+mark+":")
}

// members returns the processes of the shell's process group that carry the mark. Only Linux shows
// this; on other systems it returns none, and a program is stopped without what it has started.
func members(mark string) []int {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	group := syscall.Getpgrp()
	var found []int
	for _, dir := range entries {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || pid == os.Getpid() || processGroup(dir) != group {
			continue
		}
		env, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err == nil && hasMark(env, mark) {
			found = append(found, pid)
		}
	}
	return found
}

func hasMark(env []byte, mark string) bool {
	for pair := range bytes.SplitSeq(env, []byte{0}) {
		if value, ok := bytes.CutPrefix(pair, []byte(markVariable+"=")); ok && bytes.Contains(value, []byte(":"+mark+":")) {
			return true
		}
	}
	return false
}

// processGroup is that of a process by its folder in /proc, -1 if it has ended.
func processGroup(dir string) int {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return -1
	}
	// pid (name) state parent group ...; the name may hold anything.
	_, behind, ok := strings.Cut(string(stat[max(0, bytes.LastIndexByte(stat, ')')):]), ") ")
	fields := strings.Fields(behind)
	if !ok || len(fields) < 3 || fields[0] == "Z" {
		return -1
	}
	group, err := strconv.Atoi(fields[2])
	if err != nil {
		return -1
	}
	return group
}
