package migration

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"pegashell/internal/message"
	"pegashell/internal/words"
	"pegashell/metaadmin"
)

// command is a line of this shell.
func command(line ...string) Line {
	quoted := make([]string, len(line))
	for i, w := range line {
		quoted[i] = words.Quote(w)
	}
	return Line{Command: strings.Join(quoted, " ")}
}

// wait is to look again in a few seconds.
func wait() []Line { return []Line{{Wait: true}} }

func (m MetaServer) stop() Line {
	if m.Site.Stop != "" {
		return Line{Command: m.Site.Stop}
	}
	return Line{ByHand: message.New("on the host of the meta server %s: stop it", m.Address)}
}

func (m MetaServer) start() Line {
	if m.Site.Start != "" {
		return Line{Command: m.Site.Start}
	}
	return Line{ByHand: message.New("on the host of the meta server %s: start it", m.Address)}
}

func (m MetaServer) restart() []Line {
	switch {
	case m.Site.Restart != "":
		return []Line{{Command: m.Site.Restart}}
	case m.Site.Stop != "" && m.Site.Start != "":
		return []Line{m.stop(), m.start()}
	}
	return []Line{{ByHand: message.New("on the host of the meta server %s: restart it", m.Address)}}
}

func stops(servers []MetaServer) []Line {
	var lines []Line
	for _, m := range servers {
		lines = append(lines, m.stop())
	}
	return lines
}

// addresses lists servers in words.
func addresses(servers []MetaServer) string { return strings.Join(allAddresses(servers), ", ") }

// allAddresses are those of servers.
func allAddresses(servers []MetaServer) []string {
	var names []string
	for _, m := range servers {
		names = append(names, m.Address)
	}
	return names
}

// need is what configurations must say at some moment: how to use a tree, and whether to recover.
type need struct {
	settings
	recovery bool
}

// setting is one value of a configuration.
type setting struct {
	section, key, value string
	// add: the key may be missing in a file.
	add bool
}

// lacks are the values that a configuration has to get. One that names the tree in other words, such
// as another chroot, is left as it is.
func (v *view) lacks(c metaadmin.ServerConfig, n need, at side) []setting {
	var found []setting
	add := func(section, key, now, value string) {
		if value != "" && now != value {
			found = append(found, setting{section, key, value, now == ""})
		}
	}
	sameLock := n.lockRoot == "" || c.LockRoot == "" || lockOf(c) == lockOf(n.config())
	_, chroot := splitChroot(c.HostsList)
	startable := chroot == "" || at == oldSide || v.tree(at).hasChroot(chroot)
	if v.sideOf(c) != at || !sameLock || !startable {
		add("zookeeper", "hosts_list", c.HostsList, n.hostsList)
		add("meta_server", "cluster_root", c.ClusterRoot, n.clusterRoot)
		add("meta_server", "distributed_lock_service_parameters", c.LockRoot, n.lockRoot)
	}
	if c.Recovery != n.recovery {
		found = append(found, setting{"meta_server", "recover_from_replica_server", fmt.Sprint(n.recovery), n.recovery})
	}
	return found
}

// byHand is what a file that nobody has seen must say. The flag of a recovery is always named: a
// server aborts with the wrong one.
func (v *view) byHand(m MetaServer, n need, at side) []Line {
	was, found := v.configAt(otherOf(at))
	values := []setting{{"zookeeper", "hosts_list", n.hostsList, false}}
	if n.clusterRoot != "" && (!found || was.ClusterRoot != n.clusterRoot) {
		values = append(values, setting{"meta_server", "cluster_root", n.clusterRoot, false})
	}
	if n.lockRoot != "" && (!found || was.LockRoot != n.lockRoot) {
		values = append(values, setting{"meta_server", "distributed_lock_service_parameters", n.lockRoot, false})
	}
	values = append(values, setting{"meta_server", "recover_from_replica_server", fmt.Sprint(n.recovery), false})
	var texts []message.Text
	for _, s := range values {
		texts = append(texts, message.New("%s = %s in section [%s]", s.key, s.value, s.section))
	}
	line := Line{ByHand: message.New("on the host of the meta server %s: set in its configuration file %s", m.Address, message.Join(", ", texts...))}
	switch {
	case n.guessed && n.clusterRoot != "" && n.lockRoot != "": // nothing is missing
	case n.guessed && n.clusterRoot != "":
		line.ByHand = message.New("%s. If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, put it before distributed_lock_service_parameters instead, which must be the same on every host", line.ByHand)
	case n.guessed:
		line.ByHand = message.New("%s. If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, it must end in one afterwards too", line.ByHand)
	}
	return []Line{line}
}

// fileLines are the lines that mend the files that can be read here.
func (v *view) fileLines(n need, at side) (lines []Line, files []string) {
	for _, f := range v.allFiles() {
		if !f.Known() {
			continue
		}
		missing := v.lacks(f.Config, n, at)
		for _, s := range missing {
			line := command("config_set", f.Name, s.section, s.key, s.value)
			if s.add {
				line.Command += " --add"
			}
			lines = append(lines, line)
		}
		if len(missing) > 0 {
			files = append(files, f.Name)
		}
	}
	return lines, files
}

// unseenFiles are the meta servers whose file cannot be read here. Files of which it is not known
// whose they are stand for as many servers.
func (v *view) unseenFiles() []MetaServer {
	unseen := which(v.Meta, func(m MetaServer) bool { return !m.File.Known() })
	spare := 0
	for _, f := range v.Files {
		if f.Known() && !slices.ContainsFunc(v.Meta, func(m MetaServer) bool { return m.File.Name == f.Name }) {
			spare++
		}
	}
	if spare >= len(unseen) {
		return nil
	}
	return unseen
}

// isUnseen reports whether the file of a server cannot be read here.
func (v *view) isUnseen(m MetaServer) bool {
	return slices.ContainsFunc(v.unseenFiles(), func(u MetaServer) bool { return u.Address == m.Address })
}

// starting are the lines that start a meta server; where its file was not seen, what it must say
// comes first.
func (v *view) starting(m MetaServer, n need, at side) []Line {
	var lines []Line
	if v.isUnseen(m) {
		lines = v.byHand(m, n, at)
	}
	return append(lines, m.start())
}

// restarting is starting for a server that runs.
func (v *view) restarting(m MetaServer, n need, at side) []Line {
	var lines []Line
	if v.isUnseen(m) {
		lines = v.byHand(m, n, at)
	}
	return append(lines, m.restart()...)
}

// removal is the line that removes a tree, after it was saved to a file.
func (v *view) removal(t Tree, which string) Line {
	line := command("zk_rmr", t.Name, "--backup", BackupName(t, which))
	var force []string
	if v.leader == nil || v.phase == recovering {
		force = append(force, GuardUnknownCluster)
	}
	if len(t.Unfound) > 0 {
		force = append(force, GuardUnknownLiveness)
	}
	if len(force) > 0 {
		line.Command += " --force " + strings.Join(force, ",")
	}
	line.Asks = true
	return line
}

// BackupName is a name for the backup of a tree, which differs for each state of its ZooKeeper.
func BackupName(t Tree, which string) string {
	return fmt.Sprintf("%s-%s-%x.zkb.zst", cmp.Or(strings.Trim(path.Base(t.Path), "/."), "tree"), which, t.Contents.Zxid)
}

// copying is the line that copies the old tree to the new ZooKeeper.
func (v *view) copying() Line {
	target := v.Target.Name
	if hosts, ok := strings.CutSuffix(target, v.Target.Path); ok && v.Target.Path == v.Source.Path && strings.Contains(hosts, ":") {
		target = hosts
	}
	line := command("zk_copy", "-t", target)
	if v.phase != ledOnOld {
		line = command("zk_copy", "-s", v.Source.Name, "-t", target)
	}
	if v.Compared.Doubt == "" && v.Compared.Extra > 0 {
		line.Command += " --delete"
		line.Asks = true
	}
	return line
}
