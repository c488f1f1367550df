package manifest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// trusted refuses a file that was found by searching and is not the user's own or root's, or that
// others can write: one that somebody left in a shared folder must not run programs, write files or
// send credentials in the name of another user. It does not ask what the file holds, for a flag's
// default or a server's address does as much harm as a program. It asks the open file, so that the
// one that was checked is the one that is read.
func trusted(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the manifest: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	refuse := func(why, remedy string) error {
		return fmt.Errorf("%s is not read: it %s, and it says which programs run and where credentials are sent; "+
			"%s, or name it with -c %s to use it anyway", f.Name(), why, remedy, f.Name())
	}
	mode := info.Mode().Perm()
	switch uid := int(owner.Uid); {
	case uid != os.Geteuid() && uid != 0:
		return refuse("belongs to "+userName(uid), "make it yours (chown)")
	case mode&0o002 != 0, mode&0o020 != 0 && !ownGroup(uid, int(owner.Gid)):
		return refuse(fmt.Sprintf("can be written by others (mode %04o)", mode), "make it yours alone (chmod go-w)")
	}
	return nil
}

// ownGroup reports whether a group is the user's private one, which a umask of 002 relies on: the
// user's first one, of the same name. As for pam_umask, root has none.
func ownGroup(uid, gid int) bool {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil || uid == 0 || u.Gid != strconv.Itoa(gid) {
		return false
	}
	g, err := user.LookupGroupId(u.Gid)
	return err == nil && g.Name == u.Username
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return fmt.Sprintf("user %d", uid)
}
