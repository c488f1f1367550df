package session

import (
	"context"
	"errors"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/message"
)

// Read carries out requests on one of the sessions that read, again over lost
// connections for as long as a session lives. What the servers refused is what
// Err of a request says. After an error the requests must not be used any more.
func (c *Client) Read(ctx context.Context, requests []Request) error {
	return c.readOn(ctx, nil, requests)
}

// ReadTogether carries out requests on one session, which carries them out in this order.
func (c *Client) ReadTogether(ctx context.Context, requests []Request) error {
	for {
		err := c.readOn(ctx, c.reader(), requests)
		if !errors.Is(err, errRefused) {
			return err
		}
	}
}

// readOn carries out requests on a given session.
func (c *Client) readOn(ctx context.Context, on *reader, requests []Request) error {
	if err := waitForRate(ctx, len(requests)); err != nil {
		return err
	}
	retry := c.Retry()
	asked, places, open := requests, []int(nil), len(requests)
	for {
		err := c.readOnce(ctx, on, asked)
		switch {
		case errors.Is(err, ErrClosed):
			return ErrClosed
		case err != nil && !errors.Is(err, ErrConnectionLost):
			return err
		}
		for i, place := range places {
			requests[place] = asked[i]
		}
		if places = unanswered(requests); len(places) == 0 {
			return nil
		}
		if len(places) < open { // there is progress, even if slow
			retry.GoesOn()
			open = len(places)
		}
		if !retry.Failed() {
			if err == nil {
				err = why(&requests[places[0]])
			}
			return message.Errorf("%w for %v (%w)", ErrConnectionLost, c.options.SessionTimeout, err)
		}
		if err := retry.Wait(ctx); err != nil {
			return err
		}
		asked = make([]Request, len(places))
		for i, place := range places {
			r := &requests[place]
			asked[i] = Request{Kind: r.Kind, Path: r.Path, Room: r.Room, Likely: r.Likely}
		}
	}
}

// readOnce sends them once, on another session if the given one is refused.
func (c *Client) readOnce(ctx context.Context, on *reader, requests []Request) error {
	switch {
	case c.lanes.alone.Load():
		return c.Lane().read(ctx, requests, on != nil)
	case on == nil:
		on = c.reader()
	case on.refused.Load() && c.reader() != on:
		return errRefused
	}
	return on.Read(ctx, requests)
}

// why says what keeps a request from being answered while the connection lasts.
func why(r *Request) error {
	if !r.Answered {
		return errStale
	}
	return errors.New(codeText(r.Code))
}

// unanswered are the places of the requests that must be sent again.
func unanswered(requests []Request) (places []int) {
	for i := range requests {
		r := &requests[i]
		if r.Answered && !isLoss(r.Code) {
			continue
		}
		places = append(places, i)
	}
	return places
}

// readOne carries out one request, and fails if it is refused for another
// reason than that there is no such znode.
func (c *Client) readOne(ctx context.Context, r Request) (*Request, error) {
	op := "read"
	if r.Kind == GetChildren {
		op = "list"
	}
	requests := []Request{r}
	if err := c.Read(ctx, requests); err != nil {
		return nil, WrapPath(op, r.Path, err)
	}
	if err := requests[0].Err(); err != nil && !errors.Is(err, zk.ErrNoNode) {
		return nil, WrapPath(op, r.Path, err)
	}
	return &requests[0], nil
}
