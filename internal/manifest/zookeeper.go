package manifest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pegashell/internal/homefile"
	"pegashell/internal/znodepath"
)

// OwnZooKeeper is no name of a ZooKeeper: it stands for the connected cluster's.
const OwnZooKeeper = "own"

// ZooKeeper is a ZooKeeper ensemble, or a tree in one, and how it is entered.
type ZooKeeper struct {
	// Hosts are the ensemble's servers, each HOST:PORT; at least one.
	Hosts []string `toml:"hosts"`
	// Root is the path of the tree that is meant, absolute, such as /pegasus/c1, below the chroot
	// if there is one; empty for none.
	Root string `toml:"root"`
	// Chroot is the path that clients of the cluster have before all others, as after the servers
	// of hosts_list; empty for none.
	Chroot string `toml:"chroot"`
	// TLSCA, TLSCert and TLSKey are PEM files: the authorities that sign the servers' certificates,
	// and the client's certificate and key. All empty mean connections without TLS. In the file a
	// leading ~/ is the home folder, and other relative paths begin at the manifest's folder.
	TLSCA   string `toml:"tls_ca"`
	TLSCert string `toml:"tls_cert"`
	TLSKey  string `toml:"tls_key"`
	// Auth are credentials, each SCHEME:ID such as digest:user:password.
	Auth []Secret `toml:"auth"`
	// AuthEnv names an environment variable that holds credentials between blanks.
	AuthEnv string `toml:"auth_env"`
	// AuthFile is a file that holds credentials, one a line; a path as those of TLS.
	AuthFile string `toml:"auth_file"`
	SASL
	// File is the manifest that has all this.
	File string `toml:"-"`
}

// Secret is a text that formats as *** wherever it is printed; a conversion to string returns it.
type Secret string

// hidden replaces a secret.
const hidden = "***"

// Format is part of fmt.Formatter.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// MarshalText is part of encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Credentials are those of Auth, of the variable and of the file together, each SCHEME:ID. The
// error says which of them is missing, or has another form; it does not hold them.
func (z ZooKeeper) Credentials() ([]Secret, error) {
	all := z.Auth
	if z.AuthEnv != "" {
		value, ok := os.LookupEnv(z.AuthEnv)
		if !ok { // the name is not shown: it may be the secret itself, put there by mistake
			return nil, errors.New("auth_env: the environment has no variable with the name in this key")
		}
		words := strings.Fields(value)
		if len(words) == 0 {
			return nil, fmt.Errorf("auth_env: %s is empty", z.AuthEnv)
		}
		for i, word := range words {
			if err := checkCredential(word); err != nil {
				return nil, fmt.Errorf("auth_env: word %d of %s %w", i+1, z.AuthEnv, err)
			}
			all = append(all[:len(all):len(all)], Secret(word))
		}
	}
	if z.AuthFile == "" {
		return all, nil
	}
	lines, err := readCredentials(z.AuthFile)
	if err != nil {
		return nil, fmt.Errorf("auth_file: %w", err)
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("auth_file: %s holds no credentials", z.AuthFile)
	}
	return append(all[:len(all):len(all)], lines...), nil
}

// readCredentials reads a file of credentials; blank lines and those that begin with # are passed
// over.
func readCredentials(file string) ([]Secret, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []Secret
	scanner := bufio.NewScanner(f)
	for n := 1; scanner.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(scanner.Text(), byteOrderMark))
		if line == "" || line[0] == '#' {
			continue
		}
		if err := checkCredential(line); err != nil {
			return nil, fmt.Errorf("%s:%d: the line %w", file, n, err)
		}
		all = append(all, Secret(line))
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return all, nil
}

// errNoCredential does not hold the value: it may still be a secret.
var errNoCredential = errors.New("is not SCHEME:ID, such as digest:user:password")

// SplitCredential reads SCHEME:ID. The ID of a digest is USER:PASSWORD: without a password the server would take it, and then
// let it open nothing.
func SplitCredential(text string) (scheme, id string, ok bool) {
	scheme, id, _ = strings.Cut(text, ":")
	return scheme, id, scheme != "" && id != "" && (scheme != "digest" || strings.Contains(id, ":"))
}

func checkCredential(text string) error {
	if _, _, ok := SplitCredential(text); !ok {
		return errNoCredential
	}
	return nil
}

// Exposed lists the files with secrets for a ZooKeeper that other users of this machine can read or
// write: the manifest itself, the file of credentials, the client's key. Files that are not there
// are left out.
func (z ZooKeeper) Exposed() []string {
	files := []string{z.AuthFile, z.TLSKey, z.Keytab, z.PasswordFile}
	if len(z.Auth) > 0 {
		files = append(files, z.File)
	}
	var exposed []string
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o077 != 0 {
			exposed = append(exposed, file)
		}
	}
	return exposed
}

// validate checks the table; an error goes for the key.
func (z ZooKeeper) validate() (key string, err error) {
	if err := checkServers(z.Hosts, "127.0.0.1:2181"); err != nil {
		return "hosts", err
	}
	if err := znodepath.Check(z.Root); z.Root != "" && err != nil {
		return "root", fmt.Errorf("%q is not an absolute path of a znode, such as /pegasus/c1: it %w", z.Root, err)
	}
	if err := znodepath.Check(z.Chroot); z.Chroot != "" && err != nil {
		return "chroot", fmt.Errorf("%q is not an absolute path of a znode, such as /team: it %w", z.Chroot, err)
	}
	if z.Chroot == "/" {
		return "chroot", errors.New("\"/\" is not a chroot: omit the key")
	}
	if z.TLSKey != "" && z.TLSCert == "" {
		return "tls_key", errors.New("tls_cert is missing, the certificate of that key")
	}
	if key, err := z.SASL.validate(); err != nil {
		return key, err
	}
	for i, credential := range z.Auth {
		if err := checkCredential(string(credential)); err != nil {
			return "auth", fmt.Errorf("entry %d %w", i+1, err)
		}
	}
	if strings.ContainsAny(z.AuthEnv, "=: \t$") {
		return "auth_env", errors.New("the value must be the name of an environment variable, not the value of that variable")
	}
	return "", nil
}

// Tree is the path of the tree on the servers, chroot and root together; empty for none.
func (z ZooKeeper) Tree() string { return znodepath.Join(z.Chroot, z.Root) }

// HostsList is what hosts_list has to hold in the configuration of a meta server that uses this
// ZooKeeper.
func (z ZooKeeper) HostsList() string { return strings.Join(z.Hosts, ",") + z.Chroot }

// resolvePaths makes the paths of the file independent of the working folder.
func (m *Manifest) resolvePaths() error {
	dir := filepath.Dir(m.File)
	for _, name := range names(m.ZooKeepers) {
		z := m.ZooKeepers[name]
		z.File = m.File
		for key, file := range map[string]*string{
			"tls_ca": &z.TLSCA, "tls_cert": &z.TLSCert, "tls_key": &z.TLSKey, "auth_file": &z.AuthFile,
			"keytab": &z.Keytab, "ticket_cache": &z.TicketCache, "krb5_conf": &z.KerberosConfig, "sasl_password_file": &z.PasswordFile,
		} {
			full, err := homefile.Expand(*file)
			if err != nil {
				return m.wrongKey("zookeepers", name, key, err)
			}
			if full != "" && !filepath.IsAbs(full) {
				full = filepath.Join(dir, full)
			}
			*file = full
		}
		m.ZooKeepers[name] = z
	}
	return m.resolveJournal(dir)
}

// resolveJournal is resolvePaths for [shell] journal, which is written to: a folder is refused.
func (m *Manifest) resolveJournal(dir string) error {
	full, err := homefile.Expand(m.Shell.Journal)
	switch {
	case err == nil && strings.HasSuffix(full, "/"):
		err = fmt.Errorf("%q is a folder; it needs the name of a file in it, such as %q", m.Shell.Journal, m.Shell.Journal+"journal.jsonl")
	case err == nil && full != "" && !filepath.IsAbs(full):
		full = filepath.Join(dir, full)
	}
	if err != nil {
		return fmt.Errorf("%s: [shell] journal: %w", m.Where("shell", "journal"), err)
	}
	m.Shell.Journal = full
	return nil
}
