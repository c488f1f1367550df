package session

import (
	"testing"

	"pegashell/internal/test/allocated"
)

func FuzzParseDirectives(f *testing.F) {
	f.Add(`realm="zk-sasl-md5",nonce="abc",charset=utf-8,algorithm=md5-sess`)
	f.Add(`a="\"\\",b=`)
	f.Add(`,, a`)
	f.Fuzz(func(t *testing.T, text string) {
		allocated.Check(t, len(text), 256, func() {
			found, err := parseDirectives(text)
			if (err == nil) != (found != nil) {
				t.Errorf("%v, %v", found, err)
			}
		})
	})
}
