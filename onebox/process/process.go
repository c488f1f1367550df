// Package process starts programs that outlive the one that started them, finds them again, and
// never mistakes another program for one of them.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Identity identifies one process permanently. A process id alone is reused for another program
// later; together with the start time and the machine's boot it is unique.
type Identity struct {
	PID int `json:"pid"`
	// Start is the boot id and the start time in clock ticks since that boot.
	Start string `json:"start"`
}

// pollInterval is how often WaitEnd checks for the end of a process: it cannot wait for a process
// that is not our child.
const pollInterval = 10 * time.Millisecond

// bootID distinguishes the runs of the machine (man 4 random).
var bootID = sync.OnceValues(func() (string, error) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return string(bytes.TrimSpace(id)), err
})

// StartDetached starts cmd in a session of its own, so that neither the end of this program nor a
// key pressed at its terminal reaches it. Its output is appended to the file at logPath.
func StartDetached(cmd *exec.Cmd, logPath string) (Identity, error) {
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return Identity{}, err
	}
	defer log.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return Identity{}, err
	}
	// Until it is waited for, a child that ends stays a zombie and keeps its number: it can be
	// identified.
	id, _, err := inspect(cmd.Process.Pid)
	if err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		return Identity{}, err
	}
	return id, cmd.Process.Release()
}

// Alive reports whether the process still runs. One that has ended but was not waited for does not
// run.
func (id Identity) Alive() bool {
	now, state, err := inspect(id.PID)
	return err == nil && now == id && state != 'Z' && state != 'X'
}

// Signal sends sig to the process, and never to another one that now has its id; it does nothing if
// the process has ended.
func (id Identity) Signal(sig os.Signal) error {
	p, err := os.FindProcess(id.PID) // refers to the process itself (pidfd), even if its id is reused later
	if err != nil {
		return fmt.Errorf("find process %d: %w", id.PID, err)
	}
	defer p.Release()
	if !id.Alive() {
		return nil
	}
	if err := p.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal process %d: %w", id.PID, err)
	}
	return nil
}

// WaitEnd returns nil once the process has ended, or the error of ctx.
func (id Identity) WaitEnd(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for id.Alive() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("process %d is still running: %w", id.PID, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// inspect reads the start time and the state letter of the process with the number pid.
func inspect(pid int) (Identity, byte, error) {
	boot, err := bootID()
	if err != nil {
		return Identity{}, 0, fmt.Errorf("identify this boot: %w", err)
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return Identity{}, 0, fmt.Errorf("inspect process %d: %w", pid, err)
	}
	// The second field is the program's name in brackets, which may contain blanks and brackets.
	// After it come the state (field 3) and, as field 22, the start time (man 5 proc_pid_stat).
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 {
		return Identity{}, 0, fmt.Errorf("inspect process %d: unexpected %q", pid, stat)
	}
	return Identity{PID: pid, Start: boot + ":" + fields[19]}, fields[0][0], nil
}
