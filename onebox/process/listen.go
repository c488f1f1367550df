package process

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
)

// Listens reports whether the process itself listens on the TCP port, whatever the address. Unlike
// a connection, another program that has the port cannot answer it, and it leaves no trace in the
// server's log.
func (id Identity) Listens(port int) (bool, error) {
	proc := "/proc/" + strconv.Itoa(id.PID)
	sockets := map[string]bool{}
	for _, family := range []string{"tcp", "tcp6"} { // java listens on IPv4 addresses through IPv6 sockets
		table, err := os.ReadFile(proc + "/net/" + family)
		if err != nil && !errors.Is(err, os.ErrNotExist) { // there is no tcp6 on a machine without IPv6
			return false, fmt.Errorf("inspect the sockets of process %d: %w", id.PID, err)
		}
		maps.Copy(sockets, listeners(string(table), port))
	}
	if len(sockets) == 0 {
		return false, nil
	}
	fds, err := os.ReadDir(proc + "/fd")
	if err != nil {
		return false, fmt.Errorf("inspect the files of process %d: %w", id.PID, err)
	}
	for _, fd := range fds {
		target, err := os.Readlink(proc + "/fd/" + fd.Name())
		if errors.Is(err, os.ErrNotExist) {
			continue // closed meanwhile
		}
		if err != nil {
			return false, fmt.Errorf("inspect the files of process %d: %w", id.PID, err)
		}
		if sockets[target] {
			return id.Alive(), nil
		}
	}
	return false, nil
}

// listeners returns the sockets in a table of /proc/net/tcp that listen on the port, each as its
// name among a process's files. Columns: number, local address (hex IP:PORT), remote address,
// state, ..., inode as the tenth (man 5 proc_pid_net).
func listeners(table string, port int) map[string]bool {
	const listening = "0A"
	suffix := fmt.Sprintf(":%04X", port)
	found := map[string]bool{}
	for line := range strings.Lines(table) {
		columns := strings.Fields(line)
		if len(columns) > 9 && columns[3] == listening && strings.HasSuffix(columns[1], suffix) {
			found["socket:["+columns[9]+"]"] = true
		}
	}
	return found
}
