package zktest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pegashell/internal/zkserver"
)

// Authority signs certificates for a test.
type Authority struct {
	// File is the PEM file with its certificate.
	File string

	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes an authority whose files go when the test ends.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{dir: t.TempDir()}
	template := template(t, "test authority")
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	var der []byte
	a.key, der = sign(t, template, nil, nil)
	var err error
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.File = a.write(t, "ca.pem", block("CERTIFICATE", der))
	return a
}

// Certificate is a signed certificate in PEM files.
type Certificate struct {
	// Cert and Key are the files with the certificate and the private key, Both has the two in one.
	Cert, Key, Both string
}

// Issue signs a certificate for names, host names or IP addresses, that is valid from an hour ago
// for the time given, or expired if that is negative.
func (a *Authority) Issue(t testing.TB, valid time.Duration, names ...string) Certificate {
	t.Helper()
	template := template(t, names[0])
	template.NotAfter = time.Now().Add(valid)
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	key, der := sign(t, template, a.cert, a.key)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert, private := block("CERTIFICATE", der), block("PRIVATE KEY", keyDER)
	return Certificate{
		Cert: a.write(t, names[0]+".pem", cert),
		Key:  a.write(t, names[0]+".key", private),
		Both: a.write(t, names[0]+".both.pem", append(private, cert...)),
	}
}

// StartTLS runs a server with TLS beside its plain port, as Start does. It shows the certificate
// and trusts clients of the authority; clientAuth is need, want or none.
func StartTLS(t testing.TB, a *Authority, c Certificate, clientAuth string, options ...Option) *zkserver.Server {
	t.Helper()
	return Start(t, append(options, func(config *zkserver.Config) {
		config.TLS = &zkserver.TLS{KeyStore: c.Both, TrustStore: a.File, ClientAuth: clientAuth}
	})...)
}

// template is what all certificates have in common.
func template(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
	}
}

// sign makes a key and the certificate for it, signed by itself when there is no parent.
func sign(t testing.TB, template, parent *x509.Certificate, by *ecdsa.PrivateKey) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if parent == nil {
		parent, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return key, der
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func (a *Authority) write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
