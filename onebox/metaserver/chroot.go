package metaserver

import (
	"fmt"
	"path"
	"strings"

	"github.com/go-zookeeper/zk"
)

// zkAddress is what hosts_list says: HOST:PORT,HOST:PORT/CHROOT.
type zkAddress struct {
	hosts  []string
	chroot string // "" without one, and for "/"
}

// parseHostsList reads hosts_list as the C client of ZooKeeper does (zookeeper_init_internal): what
// follows the first slash is the chroot, of the whole list.
func parseHostsList(list string) (zkAddress, error) {
	hosts, chroot := list, ""
	if i := strings.IndexByte(list, '/'); i >= 0 {
		hosts, chroot = list[:i], list[i:]
	}
	var a zkAddress
	for host := range strings.SplitSeq(hosts, ",") {
		if host = strings.TrimSpace(host); host != "" {
			a.hosts = append(a.hosts, host)
		}
	}
	if len(a.hosts) == 0 {
		return a, fmt.Errorf("%q names no server", list)
	}
	if chroot == "/" {
		chroot = ""
	}
	if chroot != "" && path.Clean(chroot) != chroot {
		return a, fmt.Errorf("%q: the chroot %s is not a path of a znode", list, chroot)
	}
	a.chroot = chroot
	return a, nil
}

// at returns the path of a node that the server calls node.
func (s *session) at(node string) string {
	switch {
	case s.chroot == "":
		return node
	case node == "/":
		return s.chroot
	}
	return s.chroot + node
}

// create creates a node with the open ACL and returns the name that ZooKeeper gave it.
func (s *session) create(node string, data []byte, flags int32) (name string, err error) {
	created, err := s.conn.Create(s.at(node), data, flags, zk.WorldACL(zk.PermAll))
	return path.Base(created), err
}

func (s *session) get(node string) ([]byte, error) {
	data, _, err := s.conn.Get(s.at(node))
	return data, err
}

func (s *session) getWatched(node string) ([]byte, <-chan zk.Event, error) {
	data, _, changed, err := s.conn.GetW(s.at(node))
	return data, changed, err
}

func (s *session) set(node string, data []byte) error {
	_, err := s.conn.Set(s.at(node), data, -1)
	return err
}

func (s *session) children(node string) ([]string, error) {
	children, _, err := s.conn.Children(s.at(node))
	return children, err
}

func (s *session) remove(node string) error { return s.conn.Delete(s.at(node), -1) }
