package zkserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// ErrNotServing means that a process listens at the address but does not serve clients: it is still
// starting, or its ensemble has no quorum.
var ErrNotServing = errors.New("not serving")

// Ask sends one of ZooKeeper's four-letter words to addr and returns the whole answer. A word is
// answered only if the server's whitelist has it: srvr, ruok, stat, mntr, conf and cons by default.
func Ask(ctx context.Context, addr, word string) (string, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", addr)
	if err != nil {
		return "", fmt.Errorf("ask %s %s: %w", addr, word, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.WriteString(conn, word); err != nil {
		return "", fmt.Errorf("ask %s %s: %w", addr, word, err)
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 1<<20))
	if err != nil {
		return "", fmt.Errorf("ask %s %s: %w", addr, word, err)
	}
	return string(answer), nil
}

// Mode returns how the server at addr serves: standalone, leader, follower or observer. It wraps
// ErrNotServing when the server answers but does not serve.
func Mode(ctx context.Context, addr string) (string, error) {
	answer, err := Ask(ctx, addr, "srvr")
	if err != nil {
		return "", err
	}
	mode, ok := field(answer, "Mode: ")
	if !ok {
		return "", fmt.Errorf("ask %s srvr: %w: %q", addr, ErrNotServing, strings.TrimSpace(answer))
	}
	return mode, nil
}

// Serving reports whether the server of c, and not another that has taken its port, serves clients
// now: its data folder is compared. The error says why not. ctx should end soon: a server that is
// opening its socket may never answer a question.
func (c Config) Serving(ctx context.Context) error {
	if _, err := Mode(ctx, c.Addr()); err != nil {
		return err
	}
	conf, err := Ask(ctx, c.Addr(), "conf")
	if err != nil {
		return err
	}
	if dir, _ := field(conf, "dataDir="); !strings.HasPrefix(dir, c.dataDir()+"/") {
		return fmt.Errorf("ask %s conf: %w from %s: its data is in %q", c.Addr(), ErrNotServing, c.dataDir(), dir)
	}
	return nil
}

// field returns the rest of the first line that begins with prefix.
func field(answer, prefix string) (string, bool) {
	for line := range strings.Lines(answer) {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}
