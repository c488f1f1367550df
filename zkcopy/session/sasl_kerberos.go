package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/client"
	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"pegashell/internal/message"
)

// Kerberos says where the tickets for SASL by GSSAPI come from.
type Kerberos struct {
	// Keytab holds the keys of the principal. Without one the tickets are in Cache.
	Keytab string
	// Cache is a cache of tickets, as kinit writes it; "" is that of the environment (KRB5CCNAME), else
	// /tmp/krb5cc_UID.
	Cache string
	// Config is Kerberos's configuration; "" is that of the environment (KRB5_CONFIG), else /etc/krb5.conf.
	Config string
	// Server is the servers' principal, SERVICE/HOST; "_HOST" is the name that a server is called by. ""
	// is zookeeper/_HOST.
	Server string
}

// kerberos obtains tickets.
type kerberos struct {
	server string // as Kerberos.Server
	// open returns a client of the library. One that is not needed any more is destroyed: the library
	// renews its tickets in the background until then.
	open func() (*client.Client, error)

	mu      sync.Mutex
	tickets map[string]serviceTicket // by the server's principal
}

// serviceTicket lets one client in at one server.
type serviceTicket struct {
	ticket messages.Ticket
	key    types.EncryptionKey
	// owner has the client's name, and nothing else any more.
	owner *client.Client
	at    time.Time
}

// keepTicket is how long a ticket is used for further sessions. Kerberos's servers grant more.
const keepTicket = time.Minute

// newKerberos reads the files.
func newKerberos(principal string, k Kerberos) (*kerberos, error) {
	found := &kerberos{server: cmp.Or(k.Server, "zookeeper/_HOST"), tickets: map[string]serviceTicket{}}
	file := cmp.Or(k.Config, os.Getenv("KRB5_CONFIG"), "/etc/krb5.conf")
	conf, err := config.Load(file)
	if err != nil {
		return nil, message.Errorf("read the configuration of Kerberos %s: %w", file, err)
	}
	if k.Keytab != "" {
		keys, err := keytab.Load(k.Keytab)
		if err != nil {
			return nil, message.Errorf("read the keytab %s: %w", k.Keytab, err)
		}
		name, realm, _ := strings.Cut(principal, "@")
		if name == "" {
			return nil, message.Errorf("the keytab %s needs a principal, such as ops@EXAMPLE.ORG", k.Keytab)
		}
		found.open = func() (*client.Client, error) {
			return client.NewWithKeytab(name, cmp.Or(realm, conf.LibDefaults.DefaultRealm), keys, conf, client.DisablePAFXFAST(true)), nil
		}
		return found, nil
	}
	file = strings.TrimPrefix(cmp.Or(k.Cache, os.Getenv("KRB5CCNAME"), "/tmp/krb5cc_"+strconv.Itoa(os.Getuid())), "FILE:")
	found.open = func() (*client.Client, error) {
		c, err := openCache(file, principal, conf)
		if err != nil {
			return nil, message.Errorf("the cache of tickets %s (kinit writes it): %w", file, err)
		}
		return c, nil
	}
	first, err := found.open() // one that cannot be used is named at once
	if err != nil {
		return nil, err
	}
	first.Destroy()
	return found, nil
}

// openCache returns a client with the tickets of a cache.
func openCache(file, principal string, conf *config.Config) (*client.Client, error) {
	tickets, err := loadCache(file)
	if err != nil {
		return nil, err
	}
	has := tickets.GetClientPrincipalName().PrincipalNameString()
	if principal != "" && principal != has && principal != has+"@"+tickets.GetClientRealm() {
		return nil, message.Errorf("it is of %s@%s, not of %s", has, tickets.GetClientRealm(), principal)
	}
	return client.NewFromCCache(tickets, conf, client.DisablePAFXFAST(true))
}

// loadCache reads a cache of tickets. The library indexes what it reads without a look at its length.
func loadCache(file string) (tickets *credentials.CCache, err error) {
	defer func() {
		if damage := recover(); damage != nil {
			tickets, err = nil, fmt.Errorf("%w: %v", errMalformed, damage)
		}
	}()
	return credentials.LoadCCache(file)
}

// begin obtains a ticket for a server and begins a login with it. The servers of Kerberos are asked
// without a context; who waits for them no longer leaves them to their own timeouts.
func (k *kerberos) begin(ctx context.Context, server string) (login, error) {
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		return nil, err
	}
	if net.ParseIP(host) != nil && strings.Contains(k.server, "_HOST") {
		if names, err := net.DefaultResolver.LookupAddr(ctx, host); err == nil && len(names) > 0 {
			host = strings.TrimSuffix(names[0], ".")
		}
	}
	service, _, _ := strings.Cut(strings.ReplaceAll(k.server, "_HOST", host), "@")
	type result struct {
		login login
		err   error
	}
	done := make(chan result, 1)
	go func() {
		l, err := k.ticket(service)
		done <- result{l, err}
	}()
	select {
	case r := <-done:
		return r.login, r.err
	case <-ctx.Done():
		return nil, message.Errorf("Kerberos: a ticket for %s: no answer in time: %w", service, os.ErrDeadlineExceeded)
	}
}

// ticket obtains a ticket, or uses the last one again, and begins a login.
func (k *kerberos) ticket(service string) (login, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, kept := k.tickets[service]
	if !kept || time.Since(t.at) > keepTicket {
		var err error
		if t, err = k.obtain(service); err != nil {
			return nil, message.Errorf("Kerberos: a ticket for %s: %w", service, err)
		}
		k.tickets[service] = t
	}
	token, err := spnego.NewKRB5TokenAPREQ(t.owner, t.ticket, t.key, []int{gssapi.ContextFlagInteg}, nil)
	if err != nil {
		return nil, message.Errorf("Kerberos: a ticket for %s: %w", service, err)
	}
	request, err := token.Marshal()
	if err != nil {
		return nil, message.Errorf("Kerberos: a ticket for %s: %w", service, err)
	}
	return &kerberosLogin{request: request, key: t.key}, nil
}

func (k *kerberos) obtain(service string) (serviceTicket, error) {
	c, err := k.open()
	if err != nil {
		return serviceTicket{}, err
	}
	defer c.Destroy()
	owner := &client.Client{Credentials: c.Credentials} // Destroy replaces those of c
	ticket, key, err := c.GetServiceTicket(service)
	return serviceTicket{ticket, key, owner, time.Now()}, err
}

// kerberosLogin is a login by GSSAPI (RFC 4752): a ticket, then what the server offers to protect data
// with, signed, and the answer that data is not protected by SASL, signed too.
type kerberosLogin struct {
	request []byte
	key     types.EncryptionKey
	chosen  bool
}

func (l *kerberosLogin) first() []byte { return l.request }

// noLayer: data is not protected by SASL.
const noLayer = 1

func (l *kerberosLogin) next(challenge []byte) ([]byte, bool, error) {
	if l.chosen {
		return nil, true, nil
	}
	if len(challenge) == 0 {
		return nil, false, errNoSASL
	}
	var offer gssapi.WrapToken
	if err := offer.Unmarshal(challenge, true); err != nil {
		return nil, false, fmt.Errorf("GSSAPI: the server's offer: %w", err)
	}
	if ok, err := offer.Verify(l.key, keyusage.GSSAPI_ACCEPTOR_SEAL); err != nil || !ok {
		return nil, false, fmt.Errorf("GSSAPI: the server's offer is not signed with the ticket's key: %w", cmp.Or(err, errMalformed))
	}
	if len(offer.Payload) < 4 {
		return nil, false, fmt.Errorf("GSSAPI: %w: an offer of %d bytes", errMalformed, len(offer.Payload))
	}
	if offer.Payload[0]&noLayer == 0 {
		return nil, false, errors.New("GSSAPI: the server requires a protection of data that this program does not have")
	}
	answer, err := gssapi.NewInitiatorWrapToken([]byte{noLayer, 0, 0, 0}, l.key)
	if err != nil {
		return nil, false, fmt.Errorf("GSSAPI: %w", err)
	}
	token, err := answer.Marshal()
	l.chosen = true
	return token, false, err
}
