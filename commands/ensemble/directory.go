package ensemble

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// AuthVariable holds credentials for ZooKeeper, SCHEME:ID separated by blanks, for scripts that
// must not show them in their arguments.
const AuthVariable = "PEGASHELL_ZK_AUTH"

// Directory knows the named ZooKeepers and how each is entered.
type Directory struct {
	// Manifest holds the named ZooKeepers; nil for none.
	Manifest *manifest.Manifest
	// Options are those of every connection.
	Options session.Options
	// Own asks for the connected cluster's tree, which OwnName names; nil where that name is unknown.
	Own func() (Address, error)
	// Place is where relative paths begin; nil for nowhere.
	Place *Address
	// Exposed is called with each file with secrets that other users can read; nil for nobody.
	Exposed func(file string)
}

// Open connects to the ensemble of a tree. The caller closes tree.Client.
func (d *Directory) Open(ctx context.Context, at Address) (zkcopy.Tree, error) {
	options, err := d.OptionsFor(at)
	if err != nil {
		return zkcopy.Tree{}, err
	}
	client, err := session.Open(ctx, at.Endpoint, options)
	if err != nil {
		return zkcopy.Tree{}, d.misnamed(at, err)
	}
	return zkcopy.Tree{Client: client, Path: at.Path}, nil
}

// misnamed adds to the failure of a connection what name may have been meant, where a server that
// was named by one word alone is not known to the network.
func (d *Directory) misnamed(at Address, err error) error {
	var unknown *net.DNSError
	if !errors.As(err, &unknown) || len(at.Servers) != 1 || at.Name != "" {
		return err
	}
	host, port, _ := net.SplitHostPort(at.Servers[0])
	if port != strconv.Itoa(session.DefaultPort) || strings.ContainsAny(host, ".:") {
		return err
	}
	return message.Errorf("%[1]w\nNo ZooKeeper is named %[2]s%[3]s\nWhere a command takes a PATH, ./%[2]s%[4]s is one of the connected cluster's tree, and /%[2]s%[4]s one of its "+
		"ensemble; zk_cd chooses another znode where relative paths begin", err, host, d.Near(host), strings.TrimSuffix(at.Path, "/"))
}

// OptionsFor returns the options for connections to an ensemble. SASL is that of the manifest.
// Credentials and TLS are those of Options, otherwise those that the manifest has for the ensemble; credentials, where neither has
// any, those of the environment.
func (d *Directory) OptionsFor(at Address) (session.Options, error) {
	options := d.Options
	name, named := d.Lookup(at)
	if name != "" && d.Exposed != nil {
		for _, file := range named.Exposed() {
			d.Exposed(file)
		}
	}
	if options.Dialer == nil && (named.TLSCA != "" || named.TLSCert != "") {
		dialer, err := session.TLSFiles{CA: named.TLSCA, Cert: named.TLSCert, Key: named.TLSKey}.Dialer()
		if err != nil {
			return options, message.Errorf("[zookeepers.%s] of %s: %w", name, named.File, err)
		}
		options.Dialer = dialer
	}
	if named.Mechanism != "" {
		dialer, err := logsIn(named.SASL, options.Dialer)
		if err != nil {
			return options, message.Errorf("[zookeepers.%s] of %s: %w", name, named.File, err)
		}
		options.Dialer = dialer
	}
	if len(options.Auth) > 0 {
		return options, nil
	}
	credentials, err := named.Credentials()
	if err != nil {
		return options, message.Errorf("[zookeepers.%s] of %s: %w", name, named.File, err)
	}
	if len(credentials) == 0 && os.Getenv(AuthVariable) != "" {
		if credentials, err = (manifest.ZooKeeper{AuthEnv: AuthVariable}).Credentials(); err != nil {
			return options, err
		}
	}
	for _, c := range credentials {
		credential, _ := parseCredential(string(c)) // the manifest has checked it
		options.Auth = append(options.Auth, credential)
	}
	return options, nil
}

// logsIn returns a dialer whose connections log in by SASL.
func logsIn(s manifest.SASL, inner session.Dialer) (session.Dialer, error) {
	login := session.SASL{
		Mechanism: s.Mechanism, Principal: s.Principal,
		Kerberos: session.Kerberos{Keytab: s.Keytab, Cache: s.TicketCache, Config: s.KerberosConfig, Server: s.ServerPrincipal},
	}
	if s.Mechanism == session.DigestMD5 {
		password, err := s.Password()
		if err != nil {
			return nil, err
		}
		login.Password = []byte(password)
	}
	return login.Dialer(inner)
}

// Lookup finds the manifest's ZooKeeper that a tree lies in: the one it was named by, otherwise one
// that has all its servers; of several the one whose root is nearest above it, then the first by
// name.
func (d *Directory) Lookup(at Address) (name string, found manifest.ZooKeeper) {
	if d.Manifest == nil {
		return "", manifest.ZooKeeper{}
	}
	if at.Name != "" && at.Name != OwnName {
		return at.Name, d.Manifest.ZooKeepers[at.Name]
	}
	nearest := -1
	for _, candidate := range slices.Sorted(maps.Keys(d.Manifest.ZooKeepers)) {
		z := d.Manifest.ZooKeepers[candidate]
		its, err := session.ParseEndpoint(strings.Join(z.Hosts, ","))
		if err != nil || slices.ContainsFunc(at.Servers, func(s string) bool { return !slices.Contains(its.Servers, s) }) {
			continue
		}
		near, tree := 0, cmp.Or(z.Tree(), z.Chroot)
		if at.Path == tree || strings.HasPrefix(at.Path, tree+"/") {
			near = len(tree)
		}
		if near > nearest {
			nearest, name, found = near, candidate, z
		}
	}
	return name, found
}

// Near returns what follows a name that no ZooKeeper of the manifest has: a near name and all
// names, or that there are none. It begins with a colon.
func (d *Directory) Near(typed string) message.Text {
	if d.Manifest == nil || len(d.Manifest.ZooKeepers) == 0 {
		return message.New(": plugins.toml names none")
	}
	known := slices.Sorted(maps.Keys(d.Manifest.ZooKeepers))
	has := strings.Join(known, ", ")
	if question := nearmiss.Question(typed, known); !question.IsZero() {
		return message.New(": %s (plugins.toml has %s)", question, has)
	}
	return message.New(": plugins.toml has %s", has)
}

// parseCredential reads SCHEME:ID.
func parseCredential(text string) (session.Auth, bool) {
	scheme, id, ok := manifest.SplitCredential(text)
	return session.Auth{Scheme: scheme, Data: []byte(id)}, ok
}
