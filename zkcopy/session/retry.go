package session

import (
	"context"
	"errors"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/message"
)

// The retry policy, all of it:
//
//   - What may be carried out twice without harm, reads and sync, is sent again
//     over lost connections and other servers for as long as a session lives
//     (Options.SessionTimeout), with pauses that grow (Retry). Answers that
//     arrive in between begin that time again.
//   - A write is sent once. When its answer is lost, or others changed the znode
//     meanwhile, whoever writes reads what became of it and writes what is still
//     to be written, up to LossPatience and ConflictPatience times; then it tries
//     smaller transactions, or ends with the error.
//   - A server has dialPatience to open a session, firstTry where there are
//     others that have not been tried. Open ends when each server refused so many
//     times (refusalsUntilHopeless).
//   - A session that the servers refuse so many times while another one of the
//     same kind is open is done without: they bound the connections from one
//     address (maxClientCnxns).
//   - A server that answers pings but not a request before them is left for the
//     next one, and so is one whose answers stay older than what was known when
//     the session last synchronised (stalePatience).
const (
	firstPause = 20 * time.Millisecond
	longPause  = time.Second
	// ConflictPatience is how often a znode is read or written again because others changed it
	// meanwhile.
	ConflictPatience = 10
	// LossPatience is how often a transaction whose answer was lost is written again as it is: the
	// server may not accept packets that large.
	LossPatience = 3
	// writeGrace is how long a write's answer is waited for after its context
	// ended, so that an interrupted call knows what it did.
	writeGrace = time.Second
	// dialPatience bounds one attempt to open a session on one server, so that a
	// server that drops packets does not use up the time meant for the others.
	dialPatience = 3 * time.Second
	// firstTry bounds the first attempt on one server of several.
	firstTry = 700 * time.Millisecond
	// silenceLasts is for how long a server that did not answer is tried after the
	// others.
	silenceLasts = 30 * time.Second
	// stalePatience is for how long a server's answers may be older than is known:
	// a healthy leader announces a transaction before it has carried it out itself.
	stalePatience = time.Second / 2
	// refusalsUntilHopeless is how often every server must have refused before
	// Open stops trying, or a further session is done without.
	refusalsUntilHopeless = 3
	// denialsUntilUnknown is how many connections must break before they answer the first read
	// transaction until servers are assumed not to know these.
	denialsUntilUnknown = 3
)

// Retry counts the failures of one thing that is tried again, and spaces the
// attempts. It is made by Client.Retry.
type Retry struct {
	patience time.Duration
	failures int
	since    time.Time // of the first failure since it last went on
	pause    time.Duration
}

// Retry makes a Retry whose patience is that of the client.
func (c *Client) Retry() Retry { return newRetry(c.options.SessionTimeout) }

func newRetry(patience time.Duration) Retry { return Retry{patience: patience, pause: firstPause} }

// Failed counts a failure, and reports whether it may be tried again: false when it has failed for
// longer than the patience.
func (r *Retry) Failed() bool {
	r.failures++
	if r.since.IsZero() {
		r.since = time.Now()
	}
	return time.Since(r.since) <= r.patience
}

// Failures is how often Failed was called.
func (r *Retry) Failures() int { return r.failures }

// GoesOn notes that a part of it succeeded: the patience and the pauses begin
// anew.
func (r *Retry) GoesOn() { r.since, r.pause = time.Time{}, firstPause }

// Wait waits before the next attempt, each time longer, or until ctx ends.
func (r *Retry) Wait(ctx context.Context) error {
	pause := r.pause
	r.pause = min(2*pause, longPause)
	return sleep(ctx, pause)
}

// WaitShortly waits before the next attempt as before the first, for what
// becomes another attempt when it fails a few times.
func (r *Retry) WaitShortly(ctx context.Context) error { return sleep(ctx, firstPause) }

// repeat sends a request that may be carried out more than once without harm,
// again and again over lost connections for as long as a session lives.
func repeat[T any](ctx context.Context, l *Lane, request func(*zk.Conn) (T, error)) (T, error) {
	retry := newRetry(l.patience)
	for {
		value, err := ask(ctx, l, 0, request)
		if err = explain(err); !errors.Is(err, ErrConnectionLost) {
			return value, err
		}
		if !retry.Failed() {
			return value, message.Errorf("%w for %v (%w)", err, l.patience, l.link.causes.of(l.link.servers))
		}
		if err := retry.Wait(ctx); err != nil {
			return value, err
		}
	}
}

// isLoss reports whether the code of an answer means that the request is to be sent again, as if
// its connection had been lost.
func isLoss(code int32) bool {
	switch code {
	case codeConnectionLoss, codeOperationTimeout, codeThrottled, codeSessionExpired, codeSessionMoved:
		return true
	}
	return false
}

// sleep waits out a pause, or the end of ctx.
func sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
