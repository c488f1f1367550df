package fakezk

import (
	"io"
	"net"
	"sync"
	"testing"
)

// StartWords runs a server that answers four-letter words until the test ends. Where stalls is set it leaves
// the connection open after the text, as if more were to come.
func StartWords(t testing.TB, answer func(word string) (text string, stalls bool)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	ended := make(chan struct{})
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer conn.Close()
				var word [4]byte
				if _, err := io.ReadFull(conn, word[:]); err != nil {
					return
				}
				text, stalls := answer(string(word[:]))
				io.WriteString(conn, text)
				if stalls {
					<-ended
				}
			})
		}
	})
	t.Cleanup(func() {
		close(ended)
		l.Close()
		serving.Wait()
	})
	return l.Addr().String()
}
