package complete

import (
	"sync/atomic"
	"time"
)

// sessionIdle is how long an unused ZooKeeper session is kept.
const sessionIdle = 30 * time.Second

// Sources are what completion asks, in the background: clusters, ensembles and files. It changes
// nothing in them.
type Sources struct {
	Catalog  *Catalog
	sessions *Sessions
	private  string       // the ensemble that is entered with flags of the line, such as --auth; "" for none
	lines    atomic.Int64 // that have been typed
}

// NewSources returns sources that call changed when an answer has arrived for which a query did not
// wait. The caller calls Close.
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

// NewLine is called when another line begins, for which files are looked at again.
func (s *Sources) NewLine() { s.lines.Add(1) }

// EndQuery closes and forgets the session that was entered with the flags of a former line, unless
// the query has the same flags.
func (s *Sources) EndQuery(private string) {
	if s.private != "" && s.private != private {
		s.Catalog.Forget(s.private) // first: it ends questions that would open the session again
		s.sessions.Drop(s.private)
	}
	s.private = private
}
