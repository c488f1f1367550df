package session

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
)

func TestMalformedFramesAreErrors(t *testing.T) {
	const most = 0x7fffffff
	frame := func(length int) []byte {
		return append([]byte{byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)}, make([]byte, 64)...)
	}
	// Another packet's answer, which the library passes over.
	other := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 16), 999)
	other = append(other, make([]byte, 12)...)
	zero := func(time.Duration) time.Duration { return 0 }
	for name, script := range map[string]fakezk.Script{
		"no session timeout": {Timeout: zero},
		"a timeout below 0":  {Timeout: func(time.Duration) time.Duration { return -time.Second }},
		"a short frame":      {Answer: raw(frame(7)[:11])},
		"a length below 0":   {Answer: raw(frame(-1))},
		"2 GiB are claimed":  {Answer: raw(frame(most))},
		"another's answer":   {Answer: raw(other)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := fakezk.Start(t, fakezk.Script{})
			c := openAddr(t, good.Addr(), func(o *Options) { o.SessionTimeout, o.ConnectTimeout = time.Second, time.Second })
			bad := fakezk.Start(t, script)
			c.endpoint.Servers = []string{bad.Addr()} // what writes has another server than what reads
			err := c.Lane().Create(zktest.Context(t), "/new", nil, zk.WorldACL(zk.PermAll))
			if err == nil {
				t.Error("it succeeded")
			}
			if cause := c.lanes.all[0].link.cause(); !errors.Is(cause, errMalformed) {
				t.Errorf("cause is %v, error %v", cause, err)
			}
		})
	}
}

// raw answers everything with bytes that are no packet.
func raw(b []byte) func(*fakezk.Server, fakezk.Request) fakezk.Answer {
	return func(*fakezk.Server, fakezk.Request) fakezk.Answer { return fakezk.Answer{Raw: b} }
}
