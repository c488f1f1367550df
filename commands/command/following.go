package command

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"pegashell/internal/atomicfile"
	"pegashell/internal/message"
	"pegashell/zkcopy"
)

// Following is a copy that follows its source, as it leaves word of itself in the state folder for
// the other shells of the same user.
type Following struct {
	PID  int    `json:"pid"`
	Host string `json:"host"`
	// Metas are the meta servers of the cluster that its shell is connected to.
	Metas  []string `json:"metas"`
	Source string   `json:"source"`
	Target string   `json:"target"`
	// Fallback: the target is the tree that the cluster used before.
	Fallback bool `json:"fallback"`
	// Phase is what it does, and Behind how many seconds the oldest change that it knows of has
	// waited, when this was written.
	Phase   string    `json:"phase"`
	Behind  float64   `json:"behind_seconds"`
	Applied int64     `json:"applied"`
	Updated time.Time `json:"updated"`
	// Verified is the source's transaction up to which both sides were found equal in its last look,
	// such as 0x2a; "" before.
	Verified string `json:"verified"`
}

// Of reports whether it follows a tree for the cluster that has one of these meta servers.
func (f Following) Of(metas []string) bool {
	return slices.ContainsFunc(f.Metas, func(m string) bool { return slices.Contains(metas, m) })
}

// Doing says in a few words what it does, and how far behind it is.
func (f Following) Doing() message.Text {
	switch {
	case f.Phase == string(zkcopy.FollowFollows) && f.Fallback:
		return message.New("fallback, %.1f s behind", f.Behind)
	case f.Phase == string(zkcopy.FollowFollows):
		return message.New("following, %.1f s behind", f.Behind)
	}
	return message.New("zk_copy --follow: %s", f.Phase)
}

// Describe says what it does.
func (f Following) Describe() message.Text {
	text := message.New("zk_copy --follow, process %d, from %s to %s: %s, %.1f s behind, %d changes applied", f.PID, f.Source, f.Target, f.Phase, f.Behind, f.Applied)
	if f.Fallback {
		text = message.New("zk_copy --as_fallback, process %d, keeps %s as %s: %s, %.1f s behind, %d changes applied", f.PID, f.Target, f.Source, f.Phase, f.Behind, f.Applied)
	}
	if f.Verified != "" {
		text = message.New("%s; verified: equal at the source's transaction %s", text, f.Verified)
	}
	return text
}

const (
	followFolder = "follow"
	// claimSuffix is that of a file that is locked while a target is followed; the lock ends with the
	// process, however it ends. What it does is in a second file, which is replaced as a whole.
	claimSuffix, followSuffix = ".lock", ".json"
)

// ErrFollowed says that another process follows into the same target.
var ErrFollowed = errors.New("the target is followed already")

// FollowClaim is the right to follow into a target.
type FollowClaim struct {
	lock *os.File
	file string
}

// ClaimFollow claims a target. The error is ErrFollowed where another process has claimed it. With an
// empty state folder nothing is claimed.
func ClaimFollow(state, target string) (*FollowClaim, error) {
	if state == "" {
		return &FollowClaim{}, nil
	}
	folder := filepath.Join(state, followFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(target))
	base := filepath.Join(folder, hex.EncodeToString(sum[:8]))
	lock, err := os.OpenFile(base+claimSuffix, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrFollowed
		}
		return nil, err
	}
	return &FollowClaim{lock, base + followSuffix}, nil
}

// Update leaves word of what is done now. A failure has no effect but that other shells do not know.
func (c *FollowClaim) Update(f Following) error {
	if c.lock == nil {
		return nil
	}
	f.PID = os.Getpid()
	f.Host, _ = os.Hostname()
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(c.file, 0o600, append(text, '\n'))
}

// Close gives the target up.
func (c *FollowClaim) Close() {
	if c.lock == nil {
		return
	}
	os.Remove(c.file)
	c.lock.Close() // the file stays: another process may be about to lock it
}

// Followings are the copies that follow their sources now, by target.
func Followings(state string) []Following {
	if state == "" {
		return nil
	}
	entries, err := os.ReadDir(filepath.Join(state, followFolder))
	if err != nil {
		return nil
	}
	var all []Following
	for _, entry := range entries {
		base, found := strings.CutSuffix(filepath.Join(state, followFolder, entry.Name()), followSuffix)
		if !found || !isLocked(base+claimSuffix) {
			continue
		}
		text, err := os.ReadFile(base + followSuffix)
		var f Following
		if err == nil && json.Unmarshal(text, &f) == nil {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b Following) int { return strings.Compare(a.Target, b.Target) })
	return all
}

// isLocked reports whether a process holds the lock of a file.
func isLocked(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close() // which ends a lock
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
