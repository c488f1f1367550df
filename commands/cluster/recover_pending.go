package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"pegashell/commands/command"
	"pegashell/internal/atomicfile"
	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// oneAtATime is what to do after a recover that was not answered.
const oneAtATime = "Send recover one at a time: several calls at the same time block the leader permanently. Do not send another call until this one has ended, " +
	"with success or failure.\nls -d answers when it has succeeded. If it has failed, the log of the meta server says so, and nothing was written: then " +
	"use recover --again, or restart the meta server and use recover."

// pendingRecoveries remembers calls of recover that were sent and not answered, for all shells of
// this user: in files, and in the session where files cannot be written.
type pendingRecoveries struct {
	env    Env
	admin  *metaadmin.Client
	folder string // "" for none
}

func pendingRecoveriesOf(env Env, admin *metaadmin.Client) *pendingRecoveries {
	p := &pendingRecoveries{env: env, admin: admin}
	if state := env.State(); state != "" {
		p.folder = filepath.Join(state, "recoveries")
	}
	return p
}

// refuse keeps a recover from being sent while an earlier one is under way, as far as is known.
func (p *pendingRecoveries) refuse(ctx context.Context) error {
	for _, sent := range p.list() {
		over, doubt := p.over(ctx, sent)
		if over {
			p.forget(sent)
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return message.Errorf("refused: recover was sent to %s at %s by %s, and %s. Several calls at the same time block the leader permanently.\n"+
			"Nothing was sent. Read the log of that server: when the recovery has ended, or the server was restarted, use recover --again",
			describeMetas(sent), sent.Time.In(p.env.Location()).Format(time.DateTime), describeSender(sent), doubt)
	}
	return nil
}

// over asks whether an earlier call has ended: the leader serves, or the server was stopped or
// started anew since.
func (p *pendingRecoveries) over(ctx context.Context, sent command.SentRecovery) (over bool, doubt string) {
	doubt = "was not answered yet, as far as is known"
	if sent.Started != "" {
		switch started, err := p.started(ctx, sent.Server); {
		case errors.Is(err, syscall.ECONNREFUSED): // nothing listens there now
			return true, ""
		case err != nil:
			doubt = "that server does not answer"
		case started != sent.Started:
			return true, ""
		default:
			doubt = "that server still runs and has not finished a recovery"
		}
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	_, err := p.admin.ClusterInfo(ctx)
	return err == nil, doubt
}

// askTimeout bounds each question about an earlier call.
const askTimeout = 2 * time.Second

// started asks a server for its version and start. It answers in recovery too, and when its leader
// hangs.
func (p *pendingRecoveries) started(ctx context.Context, server string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return p.admin.RemoteCommand(ctx, server, serverInfo, nil)
}

// own is a call to the connected cluster by this shell.
func (p *pendingRecoveries) own() command.SentRecovery {
	host, _ := os.Hostname()
	return command.SentRecovery{Metas: p.env.Cluster().Metas, Time: p.env.Now(), PID: os.Getpid(), Host: host}
}

// note remembers a call that is about to be sent. The error is fs.ErrExist where another shell has
// just done the same.
func (p *pendingRecoveries) note() (command.SentRecovery, error) {
	sent := p.own()
	if p.folder == "" {
		return sent, nil
	}
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		return sent, err
	}
	return sent, atomicfile.Create(p.file(sent), 0o600, sent.Write)
}

// unanswered keeps what is known of a call in mind, by the server that it was sent to.
func (p *pendingRecoveries) unanswered(ctx context.Context, sent command.SentRecovery, server string) {
	sent.Server = server
	// The call may have been interrupted; this is asked all the same. An error leaves it unknown.
	sent.Started, _ = p.started(context.WithoutCancel(ctx), server)
	session := p.env.Session()
	session.Recoveries = append(session.Recoveries, sent)
	if p.folder == "" {
		return
	}
	if err := atomicfile.Replace(p.file(sent), 0o600, sent.Write); err != nil {
		p.env.Warn("other shells will not know that recover was sent: %v", err)
	}
}

// forget takes a call that has ended, and others of the same meta servers, off the list.
func (p *pendingRecoveries) forget(sent command.SentRecovery) {
	session := p.env.Session()
	session.Recoveries = slices.DeleteFunc(session.Recoveries, sent.Overlaps)
	if p.folder == "" {
		return
	}
	os.Remove(p.file(sent))
	for file, other := range p.files() {
		if sent.Overlaps(other) {
			os.Remove(file)
		}
	}
}

// list returns the calls that were sent to a meta server of the connected cluster.
func (p *pendingRecoveries) list() (found []command.SentRecovery) {
	own := p.own()
	for _, other := range p.files() {
		if own.Overlaps(other) {
			found = append(found, other)
		}
	}
	for _, other := range p.env.Session().Recoveries {
		if own.Overlaps(other) && !slices.ContainsFunc(found, other.Overlaps) {
			found = append(found, other)
		}
	}
	return found
}

// files returns what is remembered by the file that it is in. What cannot be read is passed over:
// it is no reason to keep anyone from recovering a cluster.
func (p *pendingRecoveries) files() map[string]command.SentRecovery {
	found := map[string]command.SentRecovery{}
	if p.folder == "" {
		return found
	}
	names, _ := filepath.Glob(filepath.Join(p.folder, "*.json"))
	for _, name := range names {
		var sent command.SentRecovery
		if content, err := os.ReadFile(name); err == nil && json.Unmarshal(content, &sent) == nil {
			found[name] = sent
		}
	}
	return found
}

// file is the same for all shells that know the cluster by the same meta servers.
func (p *pendingRecoveries) file(sent command.SentRecovery) string {
	metas := slices.Sorted(slices.Values(sent.Metas))
	sum := sha256.Sum256([]byte(strings.Join(metas, ",")))
	return filepath.Join(p.folder, fmt.Sprintf("%x.json", sum[:8]))
}

func describeMetas(sent command.SentRecovery) string {
	if sent.Server != "" {
		return sent.Server
	}
	return strings.Join(sent.Metas, ",")
}

// describeSender says which shell has sent a call, and whether it waits still.
func describeSender(sent command.SentRecovery) string {
	host, _ := os.Hostname()
	switch {
	case sent.PID == os.Getpid() && sent.Host == host:
		return "this shell"
	case sent.Host != host:
		return fmt.Sprintf("the shell with process id %d on %s", sent.PID, sent.Host)
	case syscall.Kill(sent.PID, 0) == nil:
		return fmt.Sprintf("another shell, process id %d, which still runs", sent.PID)
	}
	return fmt.Sprintf("another shell, process id %d, which has ended", sent.PID)
}
