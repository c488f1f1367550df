package rpc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Page is the answer to an HTTP request.
type Page struct {
	Status int
	Body   string
}

// HTTPHandler answers one HTTP request. If it returns an error, nothing is answered and the
// connection is closed.
type HTTPHandler func(ctx context.Context, q *http.Request) (Page, error)

// maxPageRequest bounds an HTTP request, in bytes; the longest honest one lists the names of all
// metrics.
const maxPageRequest = 64 << 10

// speaksHTTP waits for the first bytes of a connection and reports whether they begin an HTTP
// request (rDSN: http_server registers its parser for these words).
func speaksHTTP(in *bufio.Reader) bool {
	first, _ := in.Peek(4) // its error comes again at the next read
	return string(first) == "GET " || string(first) == "POST"
}

// browse answers a connection's HTTP requests one after the other.
func (s *Server) browse(ctx context.Context, c net.Conn, in *bufio.Reader) {
	limited := &io.LimitedReader{R: in}
	requests := bufio.NewReader(limited)
	for {
		limited.N = maxPageRequest
		q, err := http.ReadRequest(requests)
		if err == nil {
			_, err = io.Copy(io.Discard, q.Body)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && ctx.Err() == nil {
				s.Log.Printf("connection from %s closed: %v", c.RemoteAddr(), err)
			}
			return
		}
		page, err := s.HTTP(ctx, q)
		if err != nil {
			s.Log.Printf("connection from %s closed: %s %s: %v", c.RemoteAddr(), q.Method, q.RequestURI, err)
			return
		}
		c.SetWriteDeadline(time.Now().Add(writeTimeout))
		if _, err := fmt.Fprintf(c, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s",
			page.Status, http.StatusText(page.Status), len(page.Body), page.Body); err != nil || q.Close {
			return
		}
	}
}
