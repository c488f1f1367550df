package lineedit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// MaxLine is the longest line that is accepted, in bytes without its end.
const MaxLine = 1 << 20

// readSize is the size of one read, in bytes.
const readSize = 64 << 10

// Input reads a file descriptor that may be a pipe, a file or a terminal. Unlike a read of
// os.Stdin, its reads can be cancelled: it waits in poll(2) for the descriptor and for a pipe of
// its own. It never changes the descriptor's flags, which the parent process shares. Only wake may
// be called while another method runs.
type Input struct {
	fd  int
	buf []byte // read and not yet used
	// wakeR becomes readable when something was written to wakeW.
	wakeR, wakeW int
}

// NewInput returns the input of a file descriptor. The caller calls Close.
func NewInput(fd int) (*Input, error) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return nil, fmt.Errorf("make a pipe to wake the reader of standard input: %w", err)
	}
	for _, end := range p {
		unix.CloseOnExec(end)
		if err := unix.SetNonblock(end, true); err != nil {
			return nil, errors.Join(fmt.Errorf("make a pipe to wake the reader of standard input: %w", err), unix.Close(p[0]), unix.Close(p[1]))
		}
	}
	return &Input{fd: fd, wakeR: p[0], wakeW: p[1]}, nil
}

// Close releases what NewInput opened; the file descriptor that is read stays open.
func (in *Input) Close() error {
	return errors.Join(unix.Close(in.wakeR), unix.Close(in.wakeW))
}

// Discard forgets what was read and not yet used.
func (in *Input) Discard() { in.buf = nil }

// wake makes a waiting fill return early. A full pipe has woken it already.
func (in *Input) wake() {
	unix.Write(in.wakeW, []byte{0})
}

// What fill returns when it read nothing.
var (
	errTimeout = errors.New("nothing to read in time")
	errWoken   = errors.New("woken")
)

// fill waits for bytes and puts them after buf. It returns io.EOF at the end of the input and when
// the terminal has been closed, errTimeout after the timeout (negative for none), errWoken after
// wake, and the context's cause when that ends.
func (in *Input) fill(ctx context.Context, timeout time.Duration) error {
	stop := context.AfterFunc(ctx, in.wake)
	defer stop()
	for {
		fds := []unix.PollFd{
			{Fd: int32(in.fd), Events: unix.POLLIN},
			{Fd: int32(in.wakeR), Events: unix.POLLIN},
		}
		n, err := unix.Poll(fds, pollMillis(timeout))
		switch {
		case errors.Is(err, unix.EINTR):
			continue // a signal that Go's runtime uses; the wait is short or without end
		case err != nil:
			return fmt.Errorf("wait for standard input: %w", err)
		case n == 0:
			return errTimeout
		case fds[1].Revents != 0:
			in.drainWake()
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return errWoken
		}
		again, err := in.read()
		if !again {
			return err
		}
	}
}

// read reads once; again reports that there was nothing to read.
func (in *Input) read() (again bool, err error) {
	chunk := make([]byte, readSize)
	n, err := unix.Read(in.fd, chunk)
	switch {
	case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
		return true, nil
	case errors.Is(err, unix.EIO): // the terminal was disconnected
		return false, io.EOF
	case err != nil:
		return false, fmt.Errorf("read standard input: %w", err)
	case n == 0:
		return false, io.EOF
	}
	in.buf = append(in.buf, chunk[:n]...)
	return false, nil
}

func (in *Input) drainWake() {
	var sink [64]byte
	for {
		if n, err := unix.Read(in.wakeR, sink[:]); n <= 0 || err != nil {
			return
		}
	}
}

// Line takes one line off the input, without its line feed; a carriage return stays. The last line
// needs no line feed. io.EOF comes when nothing is left.
func (in *Input) Line(ctx context.Context) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	searched := 0
	for {
		if i := bytes.IndexByte(in.buf[searched:], '\n'); i >= 0 {
			end := searched + i
			line := string(in.buf[:end])
			in.buf = in.buf[end+1:]
			return line, lineFits(line)
		}
		searched = len(in.buf)
		if searched > MaxLine {
			return "", errLong
		}
		err := in.fill(ctx, -1)
		if errors.Is(err, io.EOF) && len(in.buf) > 0 {
			line := string(in.buf)
			in.buf = nil
			return line, lineFits(line)
		}
		if err != nil && !errors.Is(err, errWoken) {
			return "", err
		}
	}
}

var errLong = fmt.Errorf("a line is longer than %d bytes", MaxLine)

func lineFits(line string) error {
	if len(line) > MaxLine {
		return errLong
	}
	return nil
}

// pollMillis is a timeout in poll's unit, rounded up so that a short one does not spin.
func pollMillis(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int(min((d+time.Millisecond-1)/time.Millisecond, math.MaxInt32))
}
