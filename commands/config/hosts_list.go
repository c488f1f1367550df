package config

import (
	"cmp"
	"strings"

	"pegashell/internal/ini"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/pegasusconf"
	"pegashell/internal/znodepath"
)

// hostsList returns the value to write for hosts_list in section [zookeeper], which meta servers
// hand to their ZooKeeper client: HOST:PORT,.../CHROOT as it is, and for NAME or NAME/PATH, the
// name of a ZooKeeper of the manifest, its servers with its chroot. Anything else is refused, for
// no server would start with it.
func (p *plan) hostsList(env Env, file *ini.File) (string, error) {
	value := p.value
	name, path, slash := strings.Cut(value, "/")
	named, ok := namedZooKeeper(env, name)
	if ok {
		value = named.HostsList()
		if slash && path != "" {
			value += "/" + path
		}
		p.note("%s is [zookeepers.%s] of %s: %s", name, name, named.File, value)
	}
	_, chroot, err := pegasusconf.ParseHostsList(value)
	if err != nil {
		var near message.Text
		if !strings.ContainsAny(name, ":,. ") {
			directory := env.QuietDirectory()
			near = directory.Near(name)
		}
		return "", message.Errorf("hosts_list must be HOST:PORT,HOST:PORT,..., optionally with a chroot after the last server, or the name of a ZooKeeper in plugins.toml: %w%s",
			err, near)
	}
	root := cmp.Or(file.String("meta_server", "cluster_root", ""), "/") // which is a server's own default
	if before, ends := znodepath.Chroot(chroot, root); ends && root != "/" {
		return "", message.Errorf("the chroot %s ends with cluster_root, %s: the server would look for its metadata at %s. Omit cluster_root here: %s",
			chroot, root, znodepath.Join(chroot, root), strings.TrimSuffix(value, chroot)+before)
	}
	if _, set := file.Lookup("meta_server", "cluster_root"); set && ok && !slash && named.Root != "" && named.Root != root {
		p.warn(message.New("cluster_root of section [meta_server] is %s, so the server will use %s; [zookeepers.%s] has root = %q",
			root, znodepath.Join(chroot, root), name, named.Root))
	}
	p.warnOfChroot(file, root, chroot)
	return value, nil
}

// warnOfChroot warns when the server will look for its metadata elsewhere than before: in a
// migration the chroot stays, unless the tree was copied to another path.
func (p *plan) warnOfChroot(file *ini.File, root, chroot string) {
	old, ok := file.Lookup("zookeeper", "hosts_list")
	_, before, err := pegasusconf.ParseHostsList(old)
	if !ok || err != nil || before == chroot {
		return
	}
	p.warn(message.New("the chroot was %s and becomes %s: the server will look for its metadata at %s, not at %s",
		orNone(before), orNone(chroot), znodepath.Join(chroot, root), znodepath.Join(before, root)))
}

// orNone is a path, or that there is none.
func orNone(path string) message.Text {
	if path == "" {
		return message.New("none")
	}
	return message.Verbatim(path)
}

func namedZooKeeper(env Env, name string) (manifest.ZooKeeper, bool) {
	if env.Manifest() == nil {
		return manifest.ZooKeeper{}, false
	}
	named, ok := env.Manifest().ZooKeepers[name]
	return named, ok
}
