package session

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/zktest"
)

func openMember(t *testing.T, server string, auth ...Auth) *Member {
	t.Helper()
	m, err := OpenMember(zktest.Context(t), server, Options{Auth: auth})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func TestAMemberShowsItsTimes(t *testing.T) {
	m := openMember(t, zktest.Shared(t).Addr())
	trip, err := m.Ping(3)
	if err != nil || trip <= 0 || m.Login <= 0 || m.ReadOnly {
		t.Errorf("ping %v, %v; login %v, read-only %v", trip, err, m.Login, m.ReadOnly)
	}
	if stat, err := m.Root(); err != nil || stat.NumChildren == 0 {
		t.Errorf("root %+v, %v", stat, err)
	}
}

func TestAMemberTakesPacketsUpToItsBuffer(t *testing.T) {
	server := zktest.Start(t, zktest.WithMaxBuffer(100_000))
	for bytes, want := range map[int]bool{50: true, 99_999: true, 100_000: true, 100_001: false, 5_000_000: false} {
		m := openMember(t, server.Addr())
		if got, err := m.Takes(bytes); got != want || err != nil {
			t.Errorf("%d bytes: %v, %v; want %v", bytes, got, err, want)
		}
	}
}

func TestAMemberKnowsACLsWithoutAZnodeBeingMade(t *testing.T) {
	server := zktest.Shared(t)
	conn := zktest.Connect(t, server.Addr())
	before, _, err := conn.Children("/")
	if err != nil {
		t.Fatal(err)
	}
	m := openMember(t, server.Addr())
	for name, c := range map[string]struct {
		acl  []zk.ACL
		want bool
	}{
		"open":             {zk.WorldACL(zk.PermAll), true},
		"digest":           {zk.DigestACL(zk.PermAll, "alice", "secret"), true},
		"ip":               {[]zk.ACL{{Perms: zk.PermRead, Scheme: "ip", ID: "10.0.0.0/8"}}, true},
		"unknown scheme":   {[]zk.ACL{{Perms: zk.PermAll, Scheme: "kerberos", ID: "a"}}, false},
		"one of them only": {append(zk.WorldACL(zk.PermRead), zk.ACL{Perms: zk.PermAll, Scheme: "sasl", ID: "a"}), false},
	} {
		if got, err := m.KnowsACL("/missing-by-all-means", c.acl); got != c.want || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	after, _, err := conn.Children("/")
	if err != nil || len(after) != len(before) {
		t.Errorf("children of / before %q, after %q, %v", before, after, err)
	}
}

func TestAMemberWithoutAQuorumIsReadOnly(t *testing.T) {
	t.Setenv("JAVA_TOOL_OPTIONS", "-Dreadonlymode.enabled=true")
	ensemble := zktest.Ensemble(t, 3)
	for _, s := range ensemble.Servers {
		if m := openMember(t, s.Addr()); m.ReadOnly {
			t.Errorf("%s is read-only while there is a quorum", s.Addr())
		}
	}
	ensemble.Servers[0].Kill()
	ensemble.Servers[1].Kill()
	left := ensemble.Servers[2].Addr()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		m, err := OpenMember(ctx, left, Options{})
		if err == nil {
			m.Close()
		}
		if errors.Is(err, ErrReadOnly) || err == nil && m.ReadOnly {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("it never was read-only, last error %v", err)
		}
	}
}

func TestAMemberThatDoesNotAnswerIsNamed(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	for name, server := range map[string]string{"silent": listener(t, false), "hangs up": listener(t, true), "refuses": refusing(t)} {
		began := time.Now()
		_, err := OpenMember(ctx, server, Options{})
		if err == nil || time.Since(began) > 5*time.Second {
			t.Errorf("%s: error %v after %v", name, err, time.Since(began))
		}
	}
}

func TestRefusedCredentialsOfAMemberAreNamed(t *testing.T) {
	_, err := OpenMember(zktest.Context(t), zktest.Shared(t).Addr(), Options{Auth: []Auth{{Scheme: "nosuchscheme", Data: []byte("u:secret")}}})
	var refused *AuthError
	if !errors.As(err, &refused) || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}

func TestAFourLetterWordIsAnsweredWhereItIsAllowed(t *testing.T) {
	server := zktest.Start(t, zktest.WithProperty("4lw.commands.whitelist", "srvr,conf"))
	ctx := zktest.Context(t)
	if text, err := FourLetterWord(ctx, server.Addr(), "srvr", Options{}); err != nil || !strings.Contains(text, "Zookeeper version: ") {
		t.Errorf("srvr: %q, %v", text, err)
	}
	if text, err := FourLetterWord(ctx, server.Addr(), "mntr", Options{}); !errors.Is(err, ErrWordRefused) {
		t.Errorf("mntr: %q, %v", text, err)
	}
	if text, err := FourLetterWord(ctx, refusing(t), "srvr", Options{}); err == nil || errors.Is(err, ErrWordRefused) {
		t.Errorf("a server that is down: %q, %v", text, err)
	}
}

func TestAnAnswerToAWordIsWholeOrAnError(t *testing.T) {
	says := func(text string, stalls bool) (address string) {
		return fakezk.StartWords(t, func(string) (string, bool) { return text, stalls })
	}
	const half = " /127.0.0.1:1[1](queued=0)\n /127.0.0.1:2[1](que"
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if text, err := FourLetterWord(ctx, says(half, true), "cons", Options{}); text != "" || err == nil || err.Error() != "its answer to cons is not complete: no answer: timeout" {
		t.Errorf("one that stalls: %q, %v", text, err)
	}
	if text, err := FourLetterWord(zktest.Context(t), says(strings.Repeat("x", mostOfAnswer+1), false), "cons", Options{}); text != "" || err == nil || err.Error() != "its answer to cons is longer than 16.0 MiB" {
		t.Errorf("one that is too long: %d bytes, %v", len(text), err)
	}
	if text, err := FourLetterWord(zktest.Context(t), says("This ZooKeeper instance is not currently serving requests\n", false), "mntr", Options{}); !errors.Is(err, ErrNotServing) {
		t.Errorf("one without a quorum: %q, %v", text, err)
	}
	if text, err := FourLetterWord(zktest.Context(t), says("whole\n", false), "mntr", Options{}); text != "whole\n" || err != nil {
		t.Errorf("a whole one: %q, %v", text, err)
	}
}
