package commands

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"pegashell/internal/manifest"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// Env is what a command may use of the world. Tests replace any part of it.
type Env struct {
	// Out and Err take the result and the diagnostics; both may be terminals, files or pipes.
	Out, Err io.Writer
	// Interactive says that a person can be asked through Ask.
	Interactive bool
	// Ask prints a question and gives the line that was answered, from the terminal or the script.
	Ask func(ctx context.Context, question string) (string, error)
	// Cluster is the connected cluster.
	Cluster *Cluster
	// Manifest holds the named clusters and ZooKeepers.
	Manifest *manifest.Manifest
	// ZooKeeper makes the options for connections to a ZooKeeper ensemble.
	ZooKeeper session.Options
	// Progress starts a display for a long operation; nil shows nothing. Done ends the display.
	Progress func(title string) zkcopy.Progress
	// Location is the time zone in which times are printed.
	Location *time.Location
	// Now tells the time.
	Now func() time.Time
	// Resolver gives host names for addresses, for the flag -r; *net.Resolver is one.
	Resolver interface {
		LookupAddr(ctx context.Context, address string) ([]string, error)
	}
	// Connect gives a client for meta servers; nil is metaadmin.New with its defaults.
	Connect func(metas []string) (*metaadmin.Client, error)
	// Line carries out a line as if it had been typed; for the command that runs scripts.
	Line func(ctx context.Context, text string) error
	// Terminal is the standard input of other programs; nil gives them none. HandOver is called before one
	// runs, takeBack behind it; nil for nothing to be done.
	Terminal *os.File
	HandOver func() (takeBack func())
	// State is the folder in which verified copies leave what makes the next one fast; empty for none.
	State string
	// Session is what commands remember from line to line.
	Session Session
	// Second is how long a second of waiting lasts; 0 is a second. Tests shorten it.
	Second time.Duration
	// CreatePoll is how often a command that waits for a table looks; 0 is the default.
	CreatePoll time.Duration
	// Version is this program's version.
	Version string

	registry *Registry
	scripts  []string // the files that source has open, the innermost last
	// exposed are files with secrets that were warned of; shared by what is derived from this environment.
	exposed map[string]bool
}

// Session is what commands remember from line to line.
type Session struct {
	// App is the current table, which `use` chose; "" for none.
	App string
	// Timeout is what `timeout` set; 0 is the original's default.
	Timeout time.Duration
}

// Cluster is a Pegasus cluster by its meta servers.
type Cluster struct {
	// Name is what the cluster calls itself; until it has been asked, what the manifest calls it, or empty.
	Name string
	// Metas are the meta servers as given, HOST:PORT.
	Metas []string
	// Admin talks to them.
	Admin *metaadmin.Client
}

// QueryName asks the cluster for its name and remembers it; ctx bounds how long.
func (c *Cluster) QueryName(ctx context.Context) error {
	info, err := c.Admin.ClusterInfo(ctx)
	if err != nil {
		return err
	}
	if name, ok := info.Get("cluster_name"); ok {
		c.Name = name
	}
	return nil
}

// sleep waits, or gives the context's error.
func (e *Env) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// second is how long a second of waiting lasts.
func (e *Env) second() time.Duration { return cmp.Or(e.Second, time.Second) }

// admin is the connected cluster's client, or an error that says how to connect.
func (e *Env) admin() (*metaadmin.Client, error) {
	if e.Cluster == nil {
		return nil, fmt.Errorf("no cluster is connected: start with --cluster HOST:PORT,HOST:PORT or -n NAME")
	}
	return e.Cluster.Admin, nil
}
