package command

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"
	"time"

	"pegashell/commands/ensemble"
	"pegashell/internal/journal"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/tableformat"
	"pegashell/metaadmin"
	"pegashell/zkcopy"
)

// Env is all that a run may use of the world. A family of commands names the parts that it needs in
// an interface of its own.
type Env interface {
	Output
	Questions
	Clock
	Connection
	ZooKeepers
	Lines
	Programs
	Journal
	// Session is what commands remember from line to line.
	Session() *Session
	// Manifest holds the named clusters and ZooKeepers; nil for none.
	Manifest() *manifest.Manifest
	// Version is this program's version.
	Version() string
}

// Output is where a command prints.
type Output interface {
	// Out and Err take the result and the diagnostics; both may be terminals, files or pipes.
	Out() io.Writer
	Err() io.Writer
	// ForPerson reports whether a person reads the output and types the lines.
	ForPerson() bool
	// Warn prints a warning about a danger that does not stop the command, in the person's language.
	Warn(format string, args ...any)
	// Note prints a line that helps a person, such as the next step, to Err, in the person's
	// language: results of the original's commands stay as they are.
	Note(format string, args ...any)
	// Language is that of texts in the result that are neither the original's nor for programs; it is
	// English where Out is a file or a program, unless the manifest names a language.
	Language() message.Language
	// Format is the form of tables that are not JSON, wherever they go.
	Format() tableformat.Format
	Record
	// WriteResult writes a result to a file, completely or not at all, or to Out when file is "".
	WriteResult(file string, write func(io.Writer) error) error
	// Progress starts a display for a long operation; nil where nothing is shown.
	Progress(title string) zkcopy.Progress
}

// Record is the journal's entry of the line, as far as its command has a part in it.
type Record interface {
	// Begin writes down that the command is going to change something now. Without it, that is
	// written when the command has ended.
	Begin()
	// Evidence adds a fact to the journal's entry of this line, such as a count or a transaction id.
	Evidence(key string, value any)
	// Overridden adds a guard that spoke against the change and was overridden.
	Overridden(guard string)
	// Saved writes down that a list was saved to a file: ListTables or ListServers.
	Saved(list, file string)
}

// The lists that a migration needs later.
const (
	ListTables  = "tables"
	ListServers = "servers"
)

// Journal is the record of what was changed.
type Journal interface {
	// Journal is the file; nil where nothing is recorded.
	Journal() *journal.File
	// Observe writes down what was seen of the connected cluster, unless that is what was seen last.
	Observe(seen journal.Seen)
}

// Questions are asked of the person, or of the next line of the script.
type Questions interface {
	// Interactive says that a person can be asked.
	Interactive() bool
	// AskLine asks a question and returns the answer; io.EOF when there is none.
	AskLine(ctx context.Context, question string) (string, error)
	// Confirm asks for a yes at a terminal; a script needs --yes.
	Confirm(ctx context.Context, yes bool, question message.Text) error
	// LinesFromInput reports whether the lines come from the standard input, which has no data then.
	LinesFromInput() bool
	// ConfirmUnsafe asks as the original does.
	ConfirmUnsafe(ctx context.Context, action string) error
}

// Clock returns and prints times, and waits.
type Clock interface {
	Now() time.Time
	Location() *time.Location
	Seconds(s int64) string
	Millis(ms int64) string
	Sleep(ctx context.Context, d time.Duration) error
	OneSecond() time.Duration
	// TablePoll is how often a command that waits for a table looks; 0 is the default.
	TablePoll() time.Duration
}

// Connection is the one to the cluster.
type Connection interface {
	// Cluster is the connected cluster; nil for none.
	Cluster() *Cluster
	// Admin is the connected cluster's client, or an error that says how to connect.
	Admin() (*metaadmin.Client, error)
	// Connect closes the connected cluster and uses another one, whose name is not asked for yet.
	Connect(name string, metas []string) error
	// Leaders are the meta servers of the list that say that they lead.
	Leaders(ctx context.Context) []metaadmin.Leader
	// RefuseTwoLeaders keeps a command from using the ZooKeeper of whichever leader answers first.
	RefuseTwoLeaders(ctx context.Context) error
	// LookupAddr returns the host names of an address.
	LookupAddr(ctx context.Context, address string) ([]string, error)
}

// ZooKeepers are reached by these.
type ZooKeepers interface {
	// ZooKeepers returns the directory of a command with flags for connections.
	ZooKeepers(ctx context.Context, flags *ensemble.Flags) (*ensemble.Directory, error)
	// QuietDirectory is the directory of a command that connects to none.
	QuietDirectory() ensemble.Directory
	// ClusterTree asks the connected cluster where its metadata lies.
	ClusterTree(ctx context.Context) (ensemble.Address, error)
	// State is the folder in which commands leave what later ones have a use for, such as proofs of
	// copies; "" for none.
	State() string
}

// Lines are what commands have carried out that wrap others.
type Lines interface {
	Registry() *Registry
	// Execute carries out a line's words, which print to out and diag; nil for where this command
	// prints.
	Execute(ctx context.Context, words []string, out, diag io.Writer) error
	// Line carries out a line as if it had been typed.
	Line(ctx context.Context, text string) error
}

// Programs are what external commands run.
type Programs interface {
	// Terminal is the standard input of other programs; nil is none.
	Terminal() *os.File
	// HandOver leaves the terminal to a program until takeBack is called.
	HandOver() (takeBack func())
}

// Session is what commands remember from line to line.
type Session struct {
	// App is the current table, which `use` chose; "" for none.
	App string
	// Timeout is what `timeout` set; 0 is the original's default.
	Timeout time.Duration
	// Place is where zk_cd stands; nil for the connected cluster's tree.
	Place *ensemble.Address
	// Format is what `format` set, or the command line or the manifest before it.
	Format tableformat.Format
	// EscapeAll is what `escape_all` set.
	EscapeAll bool
	// Scripts are the files that `source` has open, the innermost last.
	Scripts []string
	// Recoveries were sent and not answered.
	Recoveries []SentRecovery
	// Seen is what was last written down as seen of the cluster with these meta servers; nil for
	// nothing.
	Seen *Sighting
	// Kept is what a command that watch repeats keeps from round to round, by the command's name;
	// nil for a line that is typed.
	Kept map[string]any

	// Named is what was named last of a migration of the connected cluster.
	Named NamedMigration

	work map[string]Work // by cluster
	// explained is the error that was explained last, with its cluster.
	explained string
}

// NamedMigration are values of flags that were typed for a migration, "" for none: the trees, and the
// procedure.
type NamedMigration struct{ Target, From, By string }

// Sighting is what was seen of a cluster.
type Sighting struct {
	Metas []string
	journal.Seen
}

// SentRecovery is a call of recover that was sent. It may go on in the meta server after it was
// interrupted here.
type SentRecovery struct {
	// Metas are the meta servers as the shell had them; Server is the one that it was sent to, ""
	// while it waits.
	Metas  []string  `json:"metas"`
	Server string    `json:"server,omitempty"`
	Time   time.Time `json:"time"`
	// PID and Host are those of the shell.
	PID  int    `json:"pid"`
	Host string `json:"host"`
	// Started is what the server said then of its version and its start, "" where it did not.
	Started string `json:"started,omitempty"`
}

// Write writes the call to a file.
func (r SentRecovery) Write(f *os.File) error { return json.NewEncoder(f).Encode(r) }

// Overlaps says whether two calls may have been sent to the same server.
func (r SentRecovery) Overlaps(other SentRecovery) bool {
	return slices.ContainsFunc(r.Metas, func(m string) bool { return slices.Contains(other.Metas, m) })
}
