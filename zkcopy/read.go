package zkcopy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/zkcopy/reader"
)

// Codes with which a server answers a read (ZooKeeper: KeeperException.Code).
const (
	codeNoNode         = -101
	codeNoAuth         = -102
	codeSessionExpired = -112
	codeSessionMoved   = -118
)

// read carries out requests on one of the sessions that read, again over lost
// connections for as long as a session lives. What the servers refused is told
// by answerError. After an error the requests must not be used any more.
func (c *Client) read(ctx context.Context, requests []reader.Request) error {
	return c.readOn(ctx, nil, requests)
}

// readOn does so on a given session.
func (c *Client) readOn(ctx context.Context, on *reader.Session, requests []reader.Request) error {
	if err := waitForRate(ctx, len(requests)); err != nil {
		return err
	}
	var firstLoss time.Time
	pause := firstPause
	asked, places, open := requests, []int(nil), len(requests)
	for {
		session := on
		if session == nil {
			session = c.reader()
		}
		err := session.Read(ctx, asked)
		switch {
		case errors.Is(err, reader.ErrClosed):
			return ErrClosed
		case err != nil && !errors.Is(err, reader.ErrLost):
			return err
		}
		for i, place := range places {
			requests[place] = asked[i]
		}
		if places = unanswered(requests); len(places) == 0 {
			return nil
		}
		if len(places) < open { // it goes on, however slowly
			firstLoss, pause, open = time.Time{}, firstPause, len(places)
		}
		if firstLoss.IsZero() {
			firstLoss = time.Now()
		}
		if time.Since(firstLoss) > c.options.SessionTimeout {
			if err == nil {
				err = fmt.Errorf("the server answered %d", requests[places[0]].Code)
			}
			return fmt.Errorf("%w for %v (%w)", ErrConnectionLost, c.options.SessionTimeout, err)
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, longPause)
		asked = make([]reader.Request, len(places))
		for i, place := range places {
			r := &requests[place]
			asked[i] = reader.Request{Kind: r.Kind, Path: r.Path, Room: r.Room, Likely: r.Likely}
		}
	}
}

// unanswered are the places of the requests that must be sent again.
func unanswered(requests []reader.Request) (places []int) {
	for i := range requests {
		r := &requests[i]
		switch r.Code {
		case codeConnectionLoss, codeOperationTimeout, codeThrottled, codeSessionExpired, codeSessionMoved:
		default:
			if r.Answered {
				continue
			}
		}
		places = append(places, i)
	}
	return places
}

// readOne carries out one request, and fails if it is refused for another
// reason than that there is no such znode.
func (c *Client) readOne(ctx context.Context, r reader.Request) (*reader.Request, error) {
	op := "read"
	if r.Kind == reader.List {
		op = "list"
	}
	requests := []reader.Request{r}
	if err := c.read(ctx, requests); err != nil {
		return nil, wrap(op, r.Path, err)
	}
	if err := answerError(&requests[0]); err != nil && !errors.Is(err, zk.ErrNoNode) {
		return nil, wrap(op, r.Path, err)
	}
	return &requests[0], nil
}

// found tells that there is such a znode.
func found(r *reader.Request) bool { return r.Code == 0 }

// answerError is why the server refused a request.
func answerError(r *reader.Request) error {
	switch r.Code {
	case 0:
		return nil
	case codeNoNode:
		return zk.ErrNoNode
	case codeNoAuth:
		return ErrNotAuthorized
	case codeUnimplemented:
		return errUnimplemented
	}
	return fmt.Errorf("the server answered with error code %d", r.Code)
}
