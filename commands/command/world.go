package command

import (
	"context"
	"io"
	"os"
	"time"

	"pegashell/commands/ensemble"
	"pegashell/internal/journal"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/tableformat"
	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// World is what environments are made of: one for all lines of a shell. Tests replace any part of
// it.
type World struct {
	// Out and Err take the result and the diagnostics; both may be terminals, files or pipes.
	Out, Err io.Writer
	// Interactive says that a person can be asked through Ask.
	Interactive bool
	// LinesFromInput says that the lines come from the standard input, which has no data then.
	LinesFromInput bool
	// Brief leaves out the list of all commands that the original prints after an unknown one.
	Brief bool
	// Ask prints a question and returns the line that was answered, from the terminal or the
	// script.
	Ask func(ctx context.Context, question string) (string, error)
	// AskHidden is Ask for a secret: a terminal does not show what is typed. Nil where nobody is asked.
	AskHidden func(ctx context.Context, question string) (string, error)
	// Cluster is the connected cluster.
	Cluster *Cluster
	// Manifest holds the named clusters and ZooKeepers.
	Manifest *manifest.Manifest
	// ZooKeeper makes the options for connections to a ZooKeeper ensemble.
	ZooKeeper session.Options
	// Progress starts a display for a long operation; nil shows nothing. Done ends the display.
	Progress func(title string) zkcopy.Progress
	// Language is the one of texts for a person. LanguageNamed: the manifest names it, so it is that
	// of texts in files and pipes too, which are in English otherwise.
	Language      message.Language
	LanguageNamed bool
	// Location is the time zone in which times are printed.
	Location *time.Location
	// Now returns the time.
	Now func() time.Time
	// Resolver returns host names for addresses, for the flag -r; *net.Resolver is one.
	Resolver interface {
		LookupAddr(ctx context.Context, address string) ([]string, error)
	}
	// Connect returns a client for meta servers; nil is metaadmin.New with its defaults.
	Connect func(metas []string) (*metaadmin.Client, error)
	// Line carries out a line as if it had been typed; for the command that runs scripts.
	Line func(ctx context.Context, text string) error
	// Terminal is the standard input of other programs; nil is none. HandOver is called before one
	// runs, takeBack after it; nil for nothing to be done.
	Terminal *os.File
	HandOver func() (takeBack func())
	// State is the folder in which commands leave what later ones have a use for, such as proofs of
	// copies; empty for none.
	State string
	// Journal records what commands change; nil records nothing.
	Journal *journal.File
	// Session is what commands remember from line to line.
	Session Session
	// Second is how long a second of waiting lasts; 0 is a second. Tests shorten it.
	Second time.Duration
	// CreatePoll is how often a command that waits for a table looks; 0 is the default.
	CreatePoll time.Duration
	// Version is this program's version.
	Version string

	// exposed are files with secrets that were warned of.
	exposed map[string]bool
	// journalFailed: it was warned of that the journal cannot be written.
	journalFailed bool
	// saved is the list that was recorded last as saved, so that watch records it once.
	saved journal.Entry
	// notices are those of a script, of the cluster noticed; heard is until when answers were used.
	notices migration.Notices
	noticed *Cluster
	heard   time.Time
}

// Redirect sends results to w until back is called.
func (e *World) Redirect(w io.Writer) (back func()) {
	out := e.Out
	e.Out = w
	return func() { e.Out = out }
}

// environment is the Env of one line.
type environment struct {
	*World
	registry *Registry
	leaders  *leadersLook
	record   *recording
}

func (e environment) Begin()                         { e.record.begin() }
func (e environment) Overridden(guard string)        { e.record.override(guard) }
func (e environment) Evidence(key string, value any) { e.record.fact(key, value) }

func (e environment) Out() io.Writer               { return e.World.Out }
func (e environment) Err() io.Writer               { return e.World.Err }
func (e environment) Interactive() bool            { return e.World.Interactive }
func (e environment) LinesFromInput() bool         { return e.World.LinesFromInput }
func (e environment) Language() message.Language   { return e.LanguageOf(e.World.Out) }
func (e environment) Format() tableformat.Format   { return e.World.Session.Format }
func (e environment) Now() time.Time               { return e.World.Now() }
func (e environment) Location() *time.Location     { return e.World.Location }
func (e environment) TablePoll() time.Duration     { return e.World.CreatePoll }
func (e environment) Cluster() *Cluster            { return e.World.Cluster }
func (e environment) State() string                { return e.World.State }
func (e environment) Session() *Session            { return &e.World.Session }
func (e environment) Manifest() *manifest.Manifest { return e.World.Manifest }
func (e environment) Version() string              { return e.World.Version }
func (e environment) Registry() *Registry          { return e.registry }
func (e environment) Terminal() *os.File           { return e.World.Terminal }
func (e environment) Journal() *journal.File       { return e.World.Journal }

func (e environment) Progress(title string) zkcopy.Progress {
	if e.World.Progress == nil {
		return nil
	}
	return e.World.Progress(title)
}

func (e environment) LookupAddr(ctx context.Context, address string) ([]string, error) {
	return e.Resolver.LookupAddr(ctx, address)
}

func (e environment) Connect(name string, metas []string) error {
	connect := e.World.Connect
	if connect == nil {
		connect = func(metas []string) (*metaadmin.Client, error) { return metaadmin.New(metas, metaadmin.Options{}) }
	}
	admin, err := connect(metas)
	if err != nil {
		return err
	}
	if old := e.World.Cluster; old != nil && old.Admin != nil {
		old.Admin.Close()
	}
	e.World.Cluster = &Cluster{Name: name, Metas: metas, Admin: admin}
	e.World.Session.Named, e.World.Session.Place = NamedMigration{}, nil
	return nil
}

// ZooKeepers also knows what the connected cluster's own tree is.
func (e environment) ZooKeepers(ctx context.Context, flags *ensemble.Flags) (*ensemble.Directory, error) {
	d, err := e.World.ZooKeepers(ctx, flags)
	if err == nil {
		d.Own = func() (ensemble.Address, error) {
			if err := e.RefuseTwoLeaders(ctx); err != nil {
				return ensemble.Address{}, err
			}
			return e.ClusterTree(ctx)
		}
	}
	return d, err
}

func (e environment) Execute(ctx context.Context, words []string, out, diag io.Writer) error {
	outBefore, diagBefore := e.World.Out, e.World.Err
	if out != nil {
		e.World.Out = out
	}
	if diag != nil {
		e.World.Err = diag
	}
	defer func() { e.World.Out, e.World.Err = outBefore, diagBefore }()
	return e.registry.Execute(ctx, e.World, words)
}

func (e environment) Line(ctx context.Context, text string) error {
	if e.World.Line == nil {
		return message.Errorf("there is no shell to execute the lines")
	}
	return e.World.Line(ctx, text)
}

func (e environment) HandOver() (takeBack func()) {
	if e.World.HandOver == nil {
		return func() {}
	}
	return e.World.HandOver()
}
