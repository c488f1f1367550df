package prompt

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pegashell/commands/command"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
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

// Status knows what the prompt shows of the connected cluster. It asks the cluster in the
// background, one question at a time, while a line is typed.
type Status struct {
	changed func()
	notice  func(text string)
	soon    time.Duration

	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
	wake   chan struct{}

	mu      sync.Mutex
	cluster *command.Cluster // nil while asking is paused
	known   *command.Cluster // the cluster of name, level and silent
	name    string           // what the cluster calls itself; empty while that is not known
	level   string           // meta level; empty while that is not known
	leaders int              // how many meta servers lead, 1 where nothing else is known
	silent  bool             // it could not be asked last time
}

// NewStatus starts to wait for a cluster to ask. When something has changed that a prompt shows, it
// calls changed; notice gets a warning for the person when a cluster cannot be asked, once until it
// answers again. Both are called from another goroutine. The caller calls Close.
func NewStatus(changed func(), notice func(text string)) *Status {
	s := &Status{changed: changed, notice: notice, soon: statusSoon, wake: make(chan struct{}, 1)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.done.Go(s.run)
	return s
}

// Close ends the asking and returns when it has ended.
func (s *Status) Close() {
	s.cancel()
	s.done.Wait()
}

// Ask starts asking the cluster, now and from time to time until Pause. What is known of another
// cluster is forgotten.
func (s *Status) Ask(c *command.Cluster) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cluster = c
	if s.known != c {
		s.known, s.name, s.level, s.leaders, s.silent = c, "", "", 1, false
	}
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
}

// Prompt returns the cluster's name, or what the manifest calls it, and the worst danger: that
// several meta servers lead, otherwise the meta level if it is neither steady nor lively. What is
// not known is empty.
func (s *Status) Prompt() (name, danger string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = s.name
	if name == "" && s.known != nil {
		name = s.known.Name
	}
	switch {
	case s.leaders > 1:
		danger = fmt.Sprintf("%d LEADERS", s.leaders)
	case s.level != wire.LevelSteady.String() && s.level != wire.LevelLively.String():
		danger = s.level
	}
	return name, danger
}

func (s *Status) run() {
	timer := time.NewTimer(0)
	timer.Stop()
	defer timer.Stop()
	pause := s.soon
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.wake:
			pause = s.soon
		case <-timer.C:
			pause = min(2*pause, statusLate)
		}
		s.mu.Lock()
		c := s.cluster
		s.mu.Unlock()
		if c == nil {
			continue
		}
		if s.ask(c) {
			pause = s.soon
		}
		timer.Reset(pause)
	}
}

// ask asks once and says whether the answer has changed anything.
func (s *Status) ask(c *command.Cluster) (news bool) {
	ctx, cancel := context.WithTimeout(s.ctx, statusPatience)
	defer cancel()
	leaders := 1
	var counting sync.WaitGroup
	counting.Go(func() { leaders = max(1, c.LeaderCount(ctx)) })
	info, err := c.Admin.ClusterInfo(ctx)
	counting.Wait()
	warning, news := s.learn(c, info, leaders, err)
	if warning != "" {
		s.notice(warning)
	}
	if news {
		s.changed()
	}
	return news
}

// learn takes an answer over.
func (s *Status) learn(c *command.Cluster, info metaadmin.ClusterInfo, leaders int, err error) (warning string, news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known != c || s.ctx.Err() != nil {
		return "", false
	}
	if err != nil {
		if !s.silent && s.cluster == c { // a command that has begun meanwhile will report it
			s.silent, warning = true, unanswered(c.Metas, err)
		}
		news = s.level != "" || s.leaders > 1
		s.level, s.leaders = "", 1
		return warning, news
	}
	name, _ := info.Get("cluster_name")
	level, _ := info.Get("meta_function_level")
	news = name != s.name || level != s.level || leaders != s.leaders
	s.name, s.level, s.leaders, s.silent = name, level, leaders, false
	return "", news
}

// unanswered returns a warning why a cluster could not be asked.
func unanswered(metas []string, err error) string {
	switch code := metaadmin.Code(err); code {
	case wire.ErrNetworkFailure, wire.ErrTimeout:
		return fmt.Sprintf("WARNING: no meta server of %s answers", strings.Join(metas, ","))
	default:
		return fmt.Sprintf("WARNING: %s answers %s", strings.Join(metas, ","), code)
	}
}
