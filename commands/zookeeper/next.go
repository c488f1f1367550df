package zookeeper

import (
	"context"
	"fmt"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/znodepath"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// ends are the two sides of a copy, as they were named.
type ends struct{ from, to ensemble.Address }

// clusterRoot is the source's path as its meta servers see it. A source that was named by its servers may be that of
// the connected cluster, which alone knows of its chroot: known is false where neither says whether there is one.
func (e ends) clusterRoot(ctx context.Context, env Env) (root string, known bool) {
	if e.from.Chroot != "" || e.from.Name != "" {
		return e.from.ClusterRoot(), true
	}
	if env.Cluster() != nil {
		if own, err := env.ClusterTree(ctx); err == nil && own.String() == e.from.String() {
			return own.ClusterRoot(), true
		}
	}
	return e.from.ClusterRoot(), false
}

// nextSteps are the next steps of a migration: sentences, and lines to type, which are indented and the
// same in every language.
type nextSteps []message.Text

func (n *nextSteps) say(format string, args ...any) { *n = append(*n, message.New(format, args...)) }

func (n *nextSteps) lines(lines ...string) {
	for _, line := range lines {
		*n = append(*n, message.Verbatim("    "+line))
	}
}

// in returns the steps as one text, with a line feed after each.
func (n nextSteps) in(l message.Language) string {
	var b strings.Builder
	for _, text := range n {
		b.WriteString(text.In(l) + "\n")
	}
	return b.String()
}

// printNext prints the next steps of a migration after the copy of a whole cluster's tree.
func printNext(ctx context.Context, env Env, seen *migration.Survey, e ends, source, target zkcopy.Tree, verified bool) {
	if steps := nextOf(ctx, env, seen, e, source, target, verified); len(steps) > 0 {
		text := message.New("Next: %s", message.Verbatim(steps.in(env.Language())))
		fmt.Fprintf(env.Out(), "\n%s", render.Fold(env.Out(), text.In(env.Language())))
	}
}

// nextOf returns the next steps of a migration after a copy; none where the copy is not one of a
// whole cluster's tree to another ZooKeeper.
func nextOf(ctx context.Context, env Env, seen *migration.Survey, e ends, source, target zkcopy.Tree, verified bool) (n nextSteps) {
	switch {
	case !seen.Source.HasClusterAtRoot() || source.Endpoint().Hosts() == target.Endpoint().Hosts():
		return nil
	case seen.LevelUnasked():
		n.say("the source may have changed during the copy (see the warnings). Start pegashell with the address of the source's meta servers (--cluster), stop the followers, run set_meta_level blind, and repeat this command there.")
		return n
	case seen.Unsettled():
		n.say("the source may have changed during the copy (see the warnings). Stop the followers, run set_meta_level blind, and repeat this command.")
		return n
	case !verified:
		n.say("the copy was not verified. Compare it with zk_diff %s %s.", source, target)
		return n
	}
	root, known := e.clusterRoot(ctx, env)
	chroot, found := znodepath.Chroot(target.Path, root)
	if !found {
		chroot = ""
	}
	value := target.Endpoint().Hosts() + chroot
	site := siteOf(env, seen)
	n.say("set hosts_list = %s in section [zookeeper] of every meta server's config.ini, then restart the leader.", value)
	if !known {
		n.say("If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, it must end in one afterwards too: the shell is not connected to the source's cluster and cannot see it.")
	}
	if !found {
		n.say("The path changes too: set cluster_root = %s in section [meta_server], and also distributed_lock_service_parameters if it is below %s.", target.Path, root)
	}
	if e.to.Name != "" && e.to.Chroot != chroot {
		n.say("[zookeepers.%s] of plugins.toml says chroot = %q: config_set writes another hosts_list for that name.", e.to.Name, e.to.Chroot)
	}
	n.moveLeader(site, value, target.Path, found)
	for _, lock := range seen.Source.Outside {
		n.say("The lock of the meta servers is outside of the tree, below %s. It is not copied: they create it on the new ZooKeeper.", lock.Root)
	}
	n.say("When the cluster is healthy there, wait a minute: zk_check %s must show no living_meta_servers then. A meta server that still uses the old ZooKeeper becomes the leader there, 20 to 40 s after the restart.", source)
	n.say("Then start the followers, and remove the old tree with zk_rmr %s.", source)
	n.lines(site.starts()...)
	for _, lock := range seen.Source.Outside {
		n.say("That leaves %s on the old ZooKeeper: remove it too if no other cluster has its lock there.", lock.Root)
	}
	n.say("migrate status shows where the migration is, and what comes next.")
	return n
}

// site are the meta servers of the cluster that was copied, and who leads them.
type site struct {
	servers []command.SiteServer
	leader  string
}

// siteOf returns what the manifest says of the connected cluster's servers, nothing where another
// tree than its own was copied.
func siteOf(env Env, seen *migration.Survey) site {
	if env.Cluster() == nil || seen.Own.Relation != zkcopy.Same {
		return site{}
	}
	return site{command.SiteServers(env.Manifest(), env.Cluster()), env.Cluster().Admin.Leader()}
}

// moveLeader adds the lines that change the configurations and restart the leader, as far as the
// manifest has them.
func (n *nextSteps) moveLeader(s site, hosts, root string, samePath bool) {
	lines, byHand := command.SetLines(s.servers, "zookeeper", "hosts_list", hosts)
	if len(lines) == 0 {
		return
	}
	if !samePath {
		more, _ := command.SetLines(s.servers, "meta_server", "cluster_root", root)
		lines = append(lines, more...)
	}
	n.lines(lines...)
	if len(byHand) > 0 {
		n.say("    for %s: config_set FILE zookeeper hosts_list %s", strings.Join(byHand, ", "), hosts)
	}
	for _, server := range s.servers {
		if server.Address == s.leader {
			n.lines(server.RestartLines()...)
		}
	}
}

// starts are the lines that start the followers.
func (s site) starts() (lines []string) {
	for _, server := range s.servers {
		if server.Address != s.leader && server.Start != "" {
			lines = append(lines, server.Start)
		}
	}
	return lines
}
