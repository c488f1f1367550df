package look

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"pegashell/metaadmin"
	"pegashell/migration"
	"pegashell/zkcopy/session"
)

// Memory is what earlier looks have found, for a look that is repeated every few seconds: it must
// not burden the servers. A configuration is asked for again only when its server was started anew,
// a tree is read again, and every table's health asked for, only when the transaction id of the
// ensemble has moved, and both at most once a minute. It must not be used by two looks at the same
// time.
type Memory struct {
	mu      sync.Mutex
	servers map[string]*knownServer
	trees   map[string]*seen
	same    map[[2]string]bool
	// compared is the comparison of the trees as they were at these times.
	compared map[comparedTrees]comparedAt
}

// NewMemory returns one that knows nothing.
func NewMemory() *Memory {
	return &Memory{
		servers: map[string]*knownServer{}, trees: map[string]*seen{}, same: map[[2]string]bool{}, compared: map[comparedTrees]comparedAt{},
	}
}

// again is how long what was read is kept at least, whatever has changed.
const again = time.Minute

// knownServer is a meta server as it was asked last.
type knownServer struct {
	started time.Time
	config  *metaadmin.ServerConfig
	// health is when every table's health was asked for, and sick are the tables that were not
	// healthy since.
	health time.Time
	sick   []string
}

type comparedTrees struct {
	source, target string
	deep           bool
}

type comparedAt struct {
	source, target time.Time
	found          migration.Comparison
	changed        []string
}

// settled is for how long a server must have run before its start time, which has no fractions of
// a second, proves that it is the same process.
const settled = 3 * time.Second

// recallServer returns what is known of a meta server that was started then; an empty entry for one
// that was started anew or is not known.
func (m *Memory) recallServer(address string, started, now time.Time) *knownServer {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.servers[address]
	if known == nil || started.IsZero() || !known.started.Equal(started) || now.Sub(started) < settled {
		known = &knownServer{started: started}
		m.servers[address] = known
	}
	return known
}

// moved are questions whether the ensembles of the trees that are known have carried out a
// transaction since; each is asked once, at the same time.
type moved map[string]func() bool

func (l *looking) askWhetherMoved(ctx context.Context) (all moved, wait func()) {
	all = moved{}
	var asking sync.WaitGroup
	for key, tree := range l.Memory.trees {
		has := sync.OnceValue(func() bool {
			zxid, ok := l.zxid(ctx, tree.at)
			return !ok || zxid != tree.zxid
		})
		all[key] = has
		asking.Go(func() { has() })
	}
	return all, asking.Wait
}

// zxid is the last transaction of an ensemble, by the four-letter word srvr of its servers: it
// needs no session, which would be a transaction too. ok is false where no server answers it.
func (l *looking) zxid(ctx context.Context, at Address) (zxid int64, ok bool) {
	options, err := l.Session(at)
	if err != nil {
		return 0, false // what is wrong is said when the tree is read
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	answers := make([]string, len(at.Servers))
	var asking sync.WaitGroup
	for i, server := range at.Servers {
		asking.Go(func() {
			// A server that does not answer leaves it to the others.
			answers[i], _ = session.FourLetterWord(ctx, server, "srvr", options)
		})
	}
	asking.Wait()
	for _, answer := range answers {
		if found, read := zxidIn(answer); read {
			zxid, ok = max(zxid, found), true
		}
	}
	return zxid, ok
}

// zxidIn reads the line `Zxid: 0x1f` of an answer to srvr.
func zxidIn(answer string) (int64, bool) {
	for line := range strings.Lines(answer) {
		if text, found := strings.CutPrefix(line, "Zxid: "); found {
			zxid, err := strconv.ParseInt(strings.TrimSpace(text), 0, 64)
			return zxid, err == nil
		}
	}
	return 0, false
}

// recallTree returns what is known of a tree, nil where it has to be read.
func (l *looking) recallTree(c *candidate) *seen {
	known := l.Memory.trees[c.key()]
	if known == nil || l.moved[c.key()]() && l.Now().Sub(known.read) >= again {
		return nil
	}
	return known
}

// movedOn reports whether the tree of a leader must be taken as changed.
func (l *looking) movedOn(hosts, path string) bool {
	servers := strings.Split(hosts, ",")
	for key, tree := range l.Memory.trees {
		if tree.at.Path == path && tree.at.SharesServer(servers) {
			return l.moved[key]()
		}
	}
	return true
}

// leave is what a tree's client had when it was closed.
type leave struct {
	zxid     int64
	sessions int
	// quiet: the ensemble has carried out nothing since the tree was begun to be read.
	quiet bool
}

// leaveTree notes that before a client is closed.
func leaveTree(ctx context.Context, client *session.Client, path string, began int64) leave {
	ctx, cancel := bounded(ctx)
	defer cancel()
	if client.Sync(ctx, path) != nil {
		return leave{zxid: began}
	}
	zxid := client.Zxid()
	return leave{zxid: zxid, sessions: client.Sessions(), quiet: zxid == began}
}

// keepTree remembers a tree that was read. The sessions that have read it end with a transaction
// each: where these are the only ones, the tree has not changed since.
func (l *looking) keepTree(ctx context.Context, c *candidate, left leave) {
	c.seen.zxid = c.seen.contents.zxid
	if now, ok := l.zxid(ctx, c.at); ok && left.quiet && (now == left.zxid || now == left.zxid+int64(left.sessions)) {
		c.seen.zxid = now
	}
	l.Memory.mu.Lock()
	defer l.Memory.mu.Unlock()
	l.Memory.trees[c.key()] = c.seen
}
