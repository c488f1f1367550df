package session

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
)

func TestOwnersOfZnodesAreThoseThatTheServerSays(t *testing.T) {
	ours := map[string]int64{"/none": 0, "/one": 1, "/minus": -1, "/ff": -1<<56 | 3600_000, "/container": -1 << 63, "/myid255": -1<<56 + 0x19a_0000_0000}
	znodes := map[string]fakezk.Znode{}
	for path, owner := range ours {
		znodes[path] = fakezk.Znode{Owner: owner}
	}
	c := openAddr(t, fakezk.Start(t, fakezk.Script{Znodes: znodes}).Addr())
	for path, owner := range ours {
		if stat, err := c.Stat(zktest.Context(t), path); err != nil || stat.EphemeralOwner != owner {
			t.Errorf("%s: %+v, %v", path, stat, err)
		}
	}
}

func TestAServerThatDiesDuringTheLoginRefusesNoCredentials(t *testing.T) {
	var tries atomic.Int64
	s := fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		if r.Op == fakezk.OpAuth && tries.Add(1)%2 == 1 {
			return fakezk.Answer{Drop: true, HangUp: true}
		}
		return s.Usual(r)
	}})
	c := openAddr(t, s.Addr(), func(o *Options) { o.Auth = []Auth{{"digest", []byte("u:p")}} })
	ctx := zktest.Context(t)
	if _, err := c.Stat(ctx, "/"); err != nil {
		t.Error(err)
	}
	if err := c.Lane().Create(ctx, "/new", nil, zk.WorldACL(zk.PermAll)); err != nil {
		t.Error(err)
	}
}

func TestServersThatDieDuringTheLoginAreUnreachable(t *testing.T) {
	s := fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		return fakezk.Answer{Drop: true, HangUp: true}
	}})
	endpoint := Endpoint{Servers: []string{s.Addr()}}
	c, err := Open(zktest.Context(t), endpoint, Options{Auth: []Auth{{"digest", []byte("u:p")}}})
	if err == nil {
		c.Close()
	}
	var refused *AuthError
	var unreachable *UnreachableError
	if errors.As(err, &refused) || !errors.As(err, &unreachable) {
		t.Errorf("error is %v", err)
	}
}

// So answers a server that speaks TLS, if its threads run in an unlucky order.
func TestCredentialsMayBeAnsweredBeforeTheSessionIsOpened(t *testing.T) {
	both := []Auth{{"digest", []byte("u:p")}, {"digest", []byte("v:q")}}
	for early := range len(both) + 1 {
		s := fakezk.Start(t, fakezk.Script{Early: early})
		c := openAddr(t, s.Addr(), func(o *Options) { o.Auth = both })
		if _, err := c.Stat(zktest.Context(t), "/"); err != nil {
			t.Errorf("%d answers before: %v", early, err)
		}
	}
	s := fakezk.Start(t, fakezk.Script{Early: 1, Answer: func(*fakezk.Server, fakezk.Request) fakezk.Answer {
		return fakezk.Answer{Code: fakezk.CodeAuthFailed}
	}})
	c, err := Open(zktest.Context(t), Endpoint{Servers: []string{s.Addr()}}, Options{Auth: both})
	if err == nil {
		c.Close()
	}
	var refused *AuthError
	if !errors.As(err, &refused) {
		t.Errorf("refused before: %v", err)
	}
}

func TestRefusedCredentialsEndTheOpening(t *testing.T) {
	s := fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		return fakezk.Answer{Code: fakezk.CodeAuthFailed, HangUp: true}
	}})
	endpoint := Endpoint{Servers: []string{s.Addr()}}
	c, err := Open(zktest.Context(t), endpoint, Options{Auth: []Auth{{"digest", []byte("u:secret")}}})
	if err == nil {
		c.Close()
	}
	var refused *AuthError
	if !errors.As(err, &refused) || refused.Scheme != "digest" || strings.Contains(err.Error(), "secret") || s.Logins() != 1 {
		t.Errorf("%d logins, error is %v", s.Logins(), err)
	}
}

func TestServersThatWantCredentialsAreNamed(t *testing.T) {
	s := fakezk.Start(t, fakezk.Script{Answer: func(s *fakezk.Server, r fakezk.Request) fakezk.Answer {
		return fakezk.Answer{Code: fakezk.CodeAuthRequired, HangUp: true}
	}})
	c := openAddr(t, s.Addr())
	err := c.Sync(zktest.Context(t), "/")
	var required *AuthRequiredError
	if !errors.As(err, &required) || errors.Is(err, ErrConnectionLost) {
		t.Fatalf("error is %v", err)
	}
	for _, part := range []string{s.Addr(), "authenticated clients only", "--auth", "auth_env", "sasl"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}

func TestCodesOfTheServerAreNamed(t *testing.T) {
	for code, name := range map[int32]string{-1: "SYSTEMERROR", -14: "RECONFIGINPROGRESS", -119: "NOTREADONLY", -124: "SESSIONCLOSEDREQUIRESASLAUTH", -999: "error code -999"} {
		r := Request{Code: code, Answered: true}
		if err := r.Err(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%d: %v", code, err)
		}
		if err := explain(fmt.Errorf("unknown error: %d", code)); !strings.Contains(err.Error(), name) {
			t.Errorf("%d of the library: %v", code, err)
		}
	}
}
