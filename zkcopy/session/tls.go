package session

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"

	"pegashell/internal/message"
)

// TLSFiles are the PEM files for TLS with an ensemble, as far as it needs them.
type TLSFiles struct {
	// CA holds the certificates of those who may sign the servers' certificates;
	// empty for the authorities that this machine trusts.
	CA string
	// Cert and Key are the client's certificate, with its chain, and private key, for servers that
	// need one. An empty Key means that Cert holds both.
	Cert, Key string
}

// Dialer opens TLS connections to servers that show a certificate for the host name or address that
// they are called by. The files are read now; the error names the one that cannot be used. What
// fails later is reported in words that lead to its cause.
func (f TLSFiles) Dialer() (Dialer, error) {
	config := &tls.Config{}
	if f.CA != "" {
		pool, err := readAuthorities(f.CA)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if f.Cert == "" && f.Key != "" {
		return nil, message.Errorf("the key %s needs a client certificate", f.Key)
	}
	if f.Cert != "" {
		pair, err := readKeyPair(f.Cert, cmp.Or(f.Key, f.Cert))
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	dialer := &tls.Dialer{Config: config}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, f.explain(address, err)
		}
		return &tlsConn{Conn: conn, files: f, server: address}, nil
	}, nil
}

func readAuthorities(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, message.Errorf("read the authorities' certificates: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, message.Errorf("read the authorities' certificates: %s holds no certificate in PEM", file)
	}
	return pool, nil
}

func readKeyPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return tls.Certificate{}, message.Errorf("read the client's certificate: %w", err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, message.Errorf("read the client's key: %w", err)
	}
	for rest := key; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		if b.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED") {
			return tls.Certificate{}, message.Errorf("read the client's key: %s is encrypted: decrypt it to a file that only you can read", keyFile)
		}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, message.Errorf("read the client's certificate %s with the key %s: %w", certFile, keyFile, err)
	}
	return pair, nil
}

// explain describes why there is no TLS connection with a server. The server is not named: the
// caller does that.
func (f TLSFiles) explain(server string, err error) error {
	host, _, _ := net.SplitHostPort(server)
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var plain tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &unknown):
		return message.Errorf("its certificate is not signed by an authority of %s: %w", cmp.Or(f.CA, "this machine"), err)
	case errors.As(err, &name):
		return message.Errorf("its certificate is for %s and not for %q: %w", certifiedNames(name.Certificate), host, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return message.Errorf("its certificate is valid from %s to %s only: %w", invalid.Cert.NotBefore.UTC().Format("2006-01-02 15:04"),
			invalid.Cert.NotAfter.UTC().Format("2006-01-02 15:04 MST"), err)
	case errors.As(err, &plain), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return message.Errorf("it does not answer in TLS: is this its port for plain connections? (%w)", err)
	case errors.Is(err, context.DeadlineExceeded):
		return message.Errorf("no answer in TLS in time: %w", os.ErrDeadlineExceeded)
	case errors.As(err, &op) && op.Op == "remote error" && f.Cert == "":
		return message.Errorf("it ended the TLS handshake (%w): does it require a client certificate and key?", op.Err)
	case errors.As(err, &op) && op.Op == "remote error":
		return message.Errorf("it refuses the client certificate %s: %w", f.Cert, op.Err)
	}
	return err
}

func certifiedNames(c *x509.Certificate) string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return "no host"
	}
	return strings.Join(names, ", ")
}

// tlsConn explains errors of its first read: a server refuses a client's
// certificate only after the handshake of TLS 1.3.
type tlsConn struct {
	net.Conn
	files  TLSFiles
	server string
	heard  atomic.Bool
}

func (c *tlsConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.heard.Store(true)
	}
	if err == nil || c.heard.Load() {
		return n, err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		return n, message.Errorf("it closed the TLS connection before a session was opened (not serving yet, too many connections, or it refuses the client certificate)")
	}
	return n, c.files.explain(c.server, err)
}
