package zkserver

import "strconv"

// TLS is how a server serves TLS. All files are PEM.
type TLS struct {
	// Port is the port for TLS on 127.0.0.1; 0 lets Start pick a free one.
	Port int
	// KeyStore is the file with the server's private key (PKCS #8) and its certificate with the
	// chain.
	KeyStore string
	// TrustStore is the file with the certificates of those who sign clients' certificates.
	TrustStore string
	// ClientAuth says whether clients must show a certificate: need (the default), want or none.
	ClientAuth string
}

// jars are the parts of netty that TLS takes and that the manifest of zookeeper.jar leaves out.
func (t *TLS) jars() []jar {
	if t == nil {
		return nil
	}
	const pkg = "libnetty-java"
	return []jar{{"netty-codec", pkg}, {"netty-resolver", pkg}, {"netty-transport-native-unix-common", pkg}}
}

// properties returns lines of zoo.cfg. Only the netty server speaks TLS; it serves the plain port
// too.
func (t *TLS) properties() map[string]string {
	if t == nil {
		return nil
	}
	p := map[string]string{
		"serverCnxnFactory":       "org.apache.zookeeper.server.NettyServerCnxnFactory",
		"secureClientPort":        strconv.Itoa(t.Port),
		"secureClientPortAddress": "127.0.0.1",
		"ssl.keyStore.location":   t.KeyStore,
		"ssl.keyStore.type":       "PEM",
		"ssl.trustStore.location": t.TrustStore,
		"ssl.trustStore.type":     "PEM",
		// The names in clients' certificates are not those of their machines.
		"ssl.clientHostnameVerification": "false",
	}
	if t.ClientAuth != "" {
		p["ssl.clientAuth"] = t.ClientAuth
	}
	return p
}

// withTLSPort returns the configuration with another port for TLS, if it has one.
func (c Config) withTLSPort(port int) Config {
	if c.TLS != nil {
		changed := *c.TLS
		changed.Port = port
		c.TLS = &changed
	}
	return c
}
