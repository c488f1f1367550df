package complete

import (
	"sync/atomic"
	"time"
)

// sessionIdle is how long a ZooKeeper session that nobody uses is kept.
const sessionIdle = 30 * time.Second

// Sources are where completion asks, in the background: clusters, ensembles and files. It changes nothing in them.
type Sources struct {
	Catalog  *Catalog
	sessions *Sessions
	private  string       // the ensemble that is entered as the line says, such as with --auth; "" for none
	lines    atomic.Int64 // that have been typed
}

// NewSources gives sources that call changed when an answer has come that a query did without. The caller calls
// Close.
func NewSources(changed func()) *Sources {
	s := &Sources{Catalog: NewCatalog(time.Now), sessions: NewSessions(sessionIdle)}
	s.Catalog.OnChange = changed
	return s
}

// Close ends what runs in the background and returns when it has ended.
func (s *Sources) Close() {
	s.Catalog.Close()
	s.sessions.Close()
}

// NewLine says that another line is typed, for which files are looked at anew.
func (s *Sources) NewLine() { s.lines.Add(1) }

// EndQuery ends and forgets the session that was entered as a former line said, unless the query said the same.
func (s *Sources) EndQuery(private string) {
	if s.private != "" && s.private != private {
		s.Catalog.Forget(s.private) // first: it ends questions that would open the session anew
		s.sessions.Drop(s.private)
	}
	s.private = private
}
