package torture

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-zookeeper/zk"
	"golang.org/x/sys/unix"
)

// fault is one thing that goes wrong, in the middle of an operation. begin may last; what is still
// wrong after it ends with heal, a moment later.
type fault struct {
	name  string
	begin func(*schedule) error
}

const (
	// session is how long the program's sessions last.
	session = time.Second
	// long is longer than a session, in whatever steps servers look; brief is much shorter.
	long  = 5 * session / 2
	brief = session / 4

	writesToSource = "another program writes to the source"
	writesToTarget = "another program writes to the target"
)

var faults = []fault{
	{"nothing", func(*schedule) error { return nil }},
	{"a follower is killed", func(s *schedule) error { return s.killRole("follower") }},
	{"the leader is killed", func(s *schedule) error { return s.killRole("leader") }},
	{"all servers are killed", func(s *schedule) error { return s.killAll() }},
	{"rolling restart", func(s *schedule) error { return s.rollingRestart() }},
	{"servers are paused briefly", func(s *schedule) error { return s.pause(brief) }},
	{"servers are paused for longer than a session", func(s *schedule) error { return s.pause(long) }},
	{"connections are cut", func(s *schedule) error { s.each(func(p *proxy) { p.end(false) }); return nil }},
	{"connections are reset", func(s *schedule) error { s.each(func(p *proxy) { p.end(true) }); return nil }},
	{"packets vanish briefly", func(s *schedule) error { s.each((*proxy).hold); s.wait(brief); return nil }},
	{"packets vanish until sessions have expired", func(s *schedule) error { s.each((*proxy).hold); s.wait(long); return nil }},
	{"connections are slow", func(s *schedule) error {
		s.each(func(p *proxy) { p.slow(20 * time.Millisecond) })
		s.wait(session)
		return nil
	}},
	{"packets are torn", func(s *schedule) error { s.each((*proxy).tear); s.wait(brief); return nil }},
	{"the disk is full", func(s *schedule) error { return s.fillDisk() }},
	{writesToSource, func(s *schedule) error { return s.write(s.sides[0], s.source) }},
	{writesToTarget, func(s *schedule) error { return s.write(s.sides[1], s.target) }},
	{"SIGKILL", func(s *schedule) error { return s.signal(syscall.SIGKILL) }},
	{"SIGINT", func(s *schedule) error { return s.signal(syscall.SIGINT) }},
	{"SIGTERM", func(s *schedule) error { return s.signal(syscall.SIGTERM) }},
}

// each disturbs the proxies of the side in question.
func (s *schedule) each(do func(*proxy)) {
	for _, p := range s.on.proxies {
		do(p)
	}
}

// wait lasts for a while, or until the program ends.
func (s *schedule) wait(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.exited:
	}
}

func (s *schedule) killRole(role string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if i := s.on.inRole(ctx, role); i >= 0 {
		s.on.ensemble.Servers[i].Kill()
	}
	s.wait(session)
	return nil
}

func (s *schedule) killAll() error {
	for _, server := range s.on.ensemble.Servers {
		server.Kill()
	}
	s.wait(brief)
	return nil
}

func (s *schedule) rollingRestart() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, server := range s.on.ensemble.Servers {
		if err := server.Restart(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *schedule) pause(d time.Duration) error {
	servers := s.on.ensemble.Servers
	if s.IntN(2) == 0 {
		servers = servers[:1+s.IntN(2)]
	}
	for _, server := range servers {
		syscall.Kill(server.Pid(), syscall.SIGSTOP)
	}
	s.wait(d)
	return nil
}

// fillDisk lets no file of the target's servers grow further than a few kilobytes.
func (s *schedule) fillDisk() error {
	servers := s.sides[1].ensemble.Servers
	if s.IntN(2) == 0 {
		servers = servers[:1+s.IntN(2)]
	}
	for _, server := range servers {
		largest := int64(0)
		err := filepath.Walk(server.Dir(), func(_ string, info os.FileInfo, err error) error {
			if err == nil && info.Mode().IsRegular() {
				largest = max(largest, info.Size())
			}
			return nil // a snapshot may just have been purged
		})
		if err != nil {
			return err
		}
		limit := uint64(largest + 8<<10)
		if err := unix.Prlimit(server.Pid(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil {
			return fmt.Errorf("limit the files of %s: %w", server.Addr(), err)
		}
	}
	s.limited = servers
	s.wait(session)
	return nil
}

// write changes a tree as another program would, and notes what it has done.
func (s *schedule) write(on *side, root string) error {
	for range 1 + s.IntN(5) {
		rel := s.anyPath()
		path := root + rel
		var err error
		switch s.IntN(4) {
		case 0:
			_, err = on.conn.Set(path, []byte("by another program"), -1)
		case 1:
			_, err = on.conn.Create(path+"/other", []byte("by another program"), 0, zk.WorldACL(zk.PermAll))
		case 2:
			_, err = on.conn.SetACL(path, zk.WorldACL(zk.PermRead|zk.PermWrite|zk.PermCreate|zk.PermDelete|zk.PermAdmin), -1)
		case 3:
			err = on.conn.Delete(path, -1)
		}
		switch {
		case err == nil:
			s.wrote = append(s.wrote, rel)
		case errors.Is(err, zk.ErrNoNode), errors.Is(err, zk.ErrNodeExists), errors.Is(err, zk.ErrNotEmpty):
		default:
			return fmt.Errorf("write to the %s: %w", on.name, err)
		}
	}
	stat, err := on.conn.Set(s.beside, []byte("written"), -1) // its transaction follows those
	if err != nil {
		return err
	}
	s.wroteUntil = stat.Mzxid
	return nil
}

func (s *schedule) signal(sig syscall.Signal) error {
	s.signalled = sig
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}
