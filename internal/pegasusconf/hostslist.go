package pegasusconf

import (
	"net"
	"strconv"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/znodepath"
)

// ParseHostsList reads hosts_list of section [zookeeper], which meta servers hand to ZooKeeper's C
// client as it is: HOST:PORT,HOST:PORT,... and after the last server optionally a chroot, a path
// that the client puts before all others. The client uses everything from the first slash on as the
// chroot; so a chroot after another server than the last is refused.
func ParseHostsList(text string) (servers []string, chroot string, err error) {
	list, path, found := strings.Cut(text, "/")
	for server := range strings.SplitSeq(list, ",") {
		if why := noServer(server); !why.IsZero() {
			return nil, "", message.Errorf("%q %s", server, why)
		}
		servers = append(servers, server)
	}
	if !found || path == "" {
		return servers, "", nil
	}
	chroot = "/" + path
	if strings.Contains(path, ",") {
		return nil, "", message.Errorf("%q is not a chroot: there is one chroot for all servers, written once after the last server", chroot)
	}
	if err := znodepath.Check(chroot); err != nil {
		return nil, "", message.Errorf("the chroot %q %w", chroot, err)
	}
	return servers, chroot, nil
}

// noServer says what keeps a text from being HOST:PORT; it is zero when nothing does.
func noServer(text string) message.Text {
	host, port, err := net.SplitHostPort(text)
	switch n, portErr := strconv.ParseUint(port, 10, 16); {
	case err != nil || host == "" || strings.ContainsAny(text, " \t\r\n/"):
		return message.New("is not HOST:PORT")
	case portErr != nil || n == 0:
		return message.New("has no port from 1 to 65535")
	}
	return message.Text{}
}
