package prompt

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

// Times of a Status.
const (
	// statusSoon is how long the first answer after a command is valid. Each answer without news is
	// valid twice as long as the one before, at most statusLate: an idle shell must not fill the
	// meta servers' logs.
	statusSoon = 10 * time.Second
	statusLate = 80 * time.Second
	// statusPatience is the timeout of each question.
	statusPatience = 5 * time.Second
)

// Options say what a Status does with its news. The zero value serves nobody.
type Options struct {
	// Changed is called when something has changed that a prompt shows, Notice with a text for the
	// person, such as a warning. Both are called from other goroutines.
	Changed func()
	Notice  func(text string)
	// Language is that of the texts; Now and Location are the clock, by default the local one.
	Language message.Language
	Now      func() time.Time
	Location *time.Location
	// State is the state folder, in which copies that follow leave word of themselves; "" for none.
	State string
	// Soon replaces statusSoon, and TreePause treePause; 0 for these.
	Soon, TreePause time.Duration
}

func (o Options) withDefaults() Options {
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Soon, o.TreePause = cmp.Or(o.Soon, statusSoon), cmp.Or(o.TreePause, treePause)
	return o
}

// Status knows what the prompt shows of the connected cluster, and notices what makes void what the
// shell has done. It asks the cluster in the background, one question at a time, while a line is
// typed.
type Status struct {
	o       Options
	notices migration.Notices // used by run alone
	tree    *treeWatch

	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	wake   chan struct{}

	mu        sync.Mutex
	cluster   *command.Cluster // nil while asking is paused
	work      command.Work     // what the shell has done to it
	round     int              // counts calls of Pause
	known     *command.Cluster // the cluster of all below
	name      string           // what the cluster calls itself; empty while that is not known
	level     string           // meta level; empty while that is not known
	zooKeeper string           // where the leader's metadata lies; empty while that is not known
	leaders   []metaadmin.Leader
	state     state
	seen      time.Time // when the level was seen
	follow    string    // what a copy that follows the cluster's tree does; "" for none
}

// state is how a cluster answered last time.
type state int

const (
	answers    state = iota // or it was not asked yet
	silent                  // it could not be asked
	recovering              // its leader is in recovery mode
)

// NewStatus starts to wait for a cluster to ask. The person is warned of a cluster that cannot be
// asked once, until it answers again. The caller calls Close.
func NewStatus(o Options) *Status {
	s := &Status{o: o.withDefaults(), wake: make(chan struct{}, 1)}
	s.notices.Clock = command.ClockOf(s.o.Now, s.o.Location)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.tree = newTreeWatch(s.ctx, s.o, s.treeNotice)
	s.done.Go(s.run)
	if s.o.State != "" {
		s.done.Go(s.watchFollow)
	}
	return s
}

// Close ends the asking and returns when it has ended.
func (s *Status) Close() {
	s.cancel()
	s.done.Wait()
	s.tree.close()
}

// Ask starts asking the cluster, to which the shell has done this, now and from time to time until
// Pause. What is known of another cluster is forgotten.
func (s *Status) Ask(c *command.Cluster, work command.Work) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cluster, s.work = c, work
	if s.known != c {
		s.known, s.name, s.level, s.zooKeeper, s.leaders, s.state, s.seen, s.follow = c, "", "", "", nil, answers, time.Time{}, ""
	}
	s.tree.ask(work.Copy)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Pause stops the questions until Ask, as while a command runs, and sets the name of the cluster if
// it has become known.
func (s *Status) Pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cluster != nil && s.name != "" {
		s.cluster.Name = s.name
	}
	s.cluster = nil
	s.round++
	s.tree.pause()
}

// ZooKeeper returns where the leader's metadata lies, HOSTS/PATH; empty while that is not known.
func (s *Status) ZooKeeper() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.zooKeeper
}

// Prompt returns the cluster's name, or what the manifest calls it, and the worst danger: that
// several meta servers lead, otherwise that the leader is in recovery mode, otherwise the meta level
// if it is neither steady nor lively. Behind it is what a copy does that follows the cluster's tree. What is not known is empty.
func (s *Status) Prompt() (name, danger string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = s.name
	if name == "" && s.known != nil {
		name = s.known.Name
	}
	switch {
	case len(s.leaders) > 1:
		danger = fmt.Sprintf("%d LEADERS", len(s.leaders))
	case s.state == recovering:
		danger = "recovery"
	case s.level != wire.LevelSteady.String() && s.level != wire.LevelLively.String():
		danger = s.level
	}
	if s.follow != "" && danger != "" {
		return name, danger + "; " + s.follow
	}
	return name, danger + s.follow
}

// Level is the meta level that the cluster had when it was asked last, and when that was; "" where
// that is not known.
func (s *Status) Level() (level string, seen time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.level, s.seen
}

func (s *Status) run() {
	timer := time.NewTimer(0)
	timer.Stop()
	defer timer.Stop()
	pause := s.o.Soon
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.wake:
			pause = s.o.Soon
		case <-timer.C:
			pause = min(2*pause, statusLate)
		}
		s.mu.Lock()
		q := question{s.cluster, s.work, s.round}
		s.mu.Unlock()
		if q.cluster == nil {
			continue
		}
		if s.ask(q) {
			pause = s.o.Soon
		}
		timer.Reset(pause)
	}
}

// question is what is asked, and in which round: between which commands.
type question struct {
	cluster *command.Cluster
	work    command.Work
	round   int
}

// answer is what came of a question.
type answer struct {
	leaders  []metaadmin.Leader
	info     metaadmin.ClusterInfo
	err      error
	sighting migration.Sighting
}

// ask asks once and says whether the answer has changed anything.
func (s *Status) ask(q question) (news bool) {
	ctx, cancel := context.WithTimeout(s.ctx, statusPatience)
	defer cancel()
	var a answer
	began := s.o.Now()
	var counting sync.WaitGroup
	counting.Go(func() { a.leaders = migration.DistinctLeaders(q.cluster.Leaders(ctx)) })
	a.info, a.err = q.cluster.Admin.ClusterInfo(ctx)
	counting.Wait()
	if a.err == nil && len(a.leaders) < 2 {
		a.sighting = s.sight(ctx, q, a.info, began)
	}
	notices, news := s.learn(q, a)
	for _, n := range notices {
		s.notice(n)
	}
	if news {
		s.o.Changed()
	}
	return news || len(notices) > 0
}

// notice shows a notice.
func (s *Status) notice(n migration.Notice) {
	text := n.Text
	if n.Danger {
		text = message.New("WARNING: %s", text)
	}
	s.o.Notice(text.In(s.o.Language))
}

// unanswered returns a warning why a cluster could not be asked.
func unanswered(metas []string, err error) message.Text {
	named := strings.Join(metas, ",")
	switch code := metaadmin.Code(err); code {
	case wire.ErrNetworkFailure, wire.ErrTimeout:
		return message.New("no meta server of %s answers", named)
	default:
		if meaning := command.Explain(code); !meaning.IsZero() {
			return message.New("%s answers %s: %s", named, code, meaning)
		}
		return message.New("%s answers %s", named, code)
	}
}
