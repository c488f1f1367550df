package manifest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// trusted refuses a file that was come upon, defines what could do harm, and is not the user's own: a file that
// somebody left in a shared folder must not have programs run, lines written or secrets used in another one's
// name. It asks the open file, so that the one that was read is the one that was checked.
func (m *Manifest) trusted(f *os.File) error {
	what := m.powers()
	if what == "" {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	const advice = "name it with -c to use it all the same"
	if uid := int(owner.Uid); uid != os.Geteuid() && uid != 0 {
		return fmt.Errorf("%s %s and belongs to %s: it is not read; %s", m.File, what, userName(uid), advice)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s %s and can be written by others (mode %04o): it is not read; chmod go-w makes it yours alone, or %s",
			m.File, what, info.Mode().Perm(), advice)
	}
	return nil
}

// powers tells what a file could do harm with; empty for nothing.
func (m *Manifest) powers() string {
	switch {
	case len(m.External) > 0 || len(m.Shell.Native) > 0:
		return "defines programs to run"
	case m.Shell.History != "":
		return "names a file to write the history to"
	}
	for _, z := range m.ZooKeepers {
		if len(z.Auth) > 0 || z.AuthEnv != "" || z.AuthFile != "" || z.TLSKey != "" {
			return "says where credentials are sent"
		}
	}
	return ""
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return fmt.Sprintf("user %d", uid)
}
