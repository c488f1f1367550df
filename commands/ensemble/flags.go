package ensemble

import (
	"strings"
	"time"

	"github.com/spf13/pflag"

	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/zkcopy/session"
)

// Usage is the part of a usage line that Flags read.
const Usage = "[-w|--workers num] [--auth SCHEME:ID] [--tls_ca file] [--tls_cert file] [--tls_key file] [--timeout ms]"

// FileFlags are the flags of Flags whose values are files.
var FileFlags = []string{"tls_ca", "tls_cert", "tls_key"}

// Flags say how a command connects to ZooKeeper.
type Flags struct {
	auth      []string
	tls       session.TLSFiles
	workers   int
	timeoutMS int
}

// Declare adds the flags to those of a command.
func (f *Flags) Declare(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.auth, "auth", nil, "credentials, SCHEME:ID as digest:user:password, or digest:user:- to be asked for the password; instead of those in plugins.toml and in "+AuthVariable)
	flags.StringVar(&f.tls.CA, "tls_ca", "", "connect with TLS to servers whose certificate is signed by an authority in this PEM file; instead of tls_ca in plugins.toml")
	flags.StringVar(&f.tls.Cert, "tls_cert", "", "the client certificate for the servers, a PEM file")
	flags.StringVar(&f.tls.Key, "tls_key", "", "the private key of --tls_cert, a PEM file; not needed if that file has both")
	flags.IntVarP(&f.workers, "workers", "w", session.DefaultConnections, "number of sessions per ensemble that write, and the same number that read")
	flags.IntVar(&f.timeoutMS, "timeout", int(session.DefaultSessionTimeout/time.Millisecond), "session timeout in milliseconds")
}

// askedFor is the password that stands for one that a person is asked for.
const askedFor = ":-"

// AskPasswords puts the passwords in place that the flags leave out, as digest:user:- does. ask gets
// what is before that.
func (f *Flags) AskPasswords(ask func(of string) (password string, err error)) error {
	for i, text := range f.auth {
		of, left := strings.CutSuffix(text, askedFor)
		if !left {
			continue
		}
		password, err := ask(of)
		if err != nil {
			return err
		}
		f.auth[i] = of + ":" + password
	}
	return nil
}

// In returns a directory with these options for every connection. Its errors are wrong uses of the
// flags, as lines for people, or files that cannot be read (FileError).
func (f *Flags) In(d Directory) (*Directory, error) {
	const maxWorkers = 64
	switch {
	case f.workers < 1 || f.workers > maxWorkers:
		return nil, message.Errorf("--workers: %d is not between 1 and %d", f.workers, maxWorkers)
	case f.timeoutMS < 1000 || f.timeoutMS > int(time.Hour/time.Millisecond):
		return nil, message.Errorf("--timeout: %d is not between 1000 and 3600000 milliseconds", f.timeoutMS)
	case f.tls.Key != "" && f.tls.Cert == "":
		return nil, message.Errorf("--tls_key needs --tls_cert, the certificate of that key")
	}
	d.Options.Connections = f.workers
	d.Options.SessionTimeout = time.Duration(f.timeoutMS) * time.Millisecond
	d.Options.ConnectTimeout = d.Options.SessionTimeout
	for _, c := range f.auth {
		credential, ok := parseCredential(c)
		if !ok {
			// The value may hold a password, so it is not shown.
			return nil, message.Errorf("--auth: the value must be SCHEME:ID, such as digest:user:password")
		}
		d.Options.Auth = append(d.Options.Auth[:len(d.Options.Auth):len(d.Options.Auth)], credential)
	}
	if f.tls == (session.TLSFiles{}) {
		return &d, nil
	}
	files := f.tls
	for _, file := range []*string{&files.CA, &files.Cert, &files.Key} {
		var err error
		if *file, err = homefile.Expand(*file); err != nil {
			return nil, &FileError{err}
		}
	}
	var err error
	if d.Options.Dialer, err = files.Dialer(); err != nil {
		return nil, &FileError{err}
	}
	return &d, nil
}

// FileError is a TLS file that cannot be used.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }
