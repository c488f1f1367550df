package migration

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pegashell/internal/message"
	"pegashell/metaadmin"
)

// seenConfig is a configuration, and what it is called here.
type seenConfig struct {
	name string
	metaadmin.ServerConfig
}

// configs are all configurations that are known: those that servers run with, then the files.
func (f *PreflightFacts) configs() []seenConfig {
	var all []seenConfig
	for _, m := range f.Survey.Meta {
		if m.Running != nil {
			all = append(all, seenConfig{m.Address, *m.Running})
		}
	}
	for _, file := range f.Survey.Files {
		if file.Known() {
			all = append(all, seenConfig{file.Name, file.Config})
		}
	}
	return all
}

func checkReadable(f *PreflightFacts) (Result, message.Text, message.Text) {
	for _, file := range f.Survey.Files {
		if file.Of != "" {
			return fail(message.New("%s is the configuration of another cluster: %s", file.Name, file.Of), message.New("name the configuration files of this cluster"))
		}
		if file.Doubt != "" {
			return fail(message.New("%s cannot be read: %s", file.Name, message.Whole(file.Doubt)), message.New("correct its name or its permissions"))
		}
	}
	var mute []string
	for _, m := range f.Survey.Meta {
		if m.State.Runs() && m.Running == nil {
			mute = append(mute, m.Address+": "+m.Doubt)
		}
	}
	byHand := f.metas(func(m MetaServer) bool { return m.File.Name == "" })
	switch {
	case len(mute) > 0:
		return warn(message.New("meta servers do not say with which configuration they run: %s", some(mute)),
			message.New("look at their configuration files, and whether they were changed since the servers were started"))
	case len(f.Survey.Meta) == 0:
		return warn(message.New("unknown: no meta server is known"), message.New("see meta_servers"))
	case len(byHand) > 0 && len(f.Survey.Files) >= len(f.Survey.Meta):
		return pass("%d configuration files are readable", len(f.Survey.Files))
	case len(byHand) > 0:
		return warn(message.New("no configuration file is known of %d of %d meta servers: %s", len(byHand), len(f.Survey.Meta), some(byHand)),
			message.New("name them with --config or in plugins.toml, or look at them on their hosts: each must be changed by hand"))
	}
	return pass("the configuration file of every meta server is readable (%d)", len(f.Survey.Meta))
}

// checkAgree compares what all configurations say of the tree, the lock and the ZooKeeper.
func checkAgree(f *PreflightFacts) (Result, message.Text, message.Text) {
	configs := f.configs()
	if len(configs) == 0 {
		return warn(message.New("unknown: no configuration could be read"), message.New("see configurations_readable"))
	}
	for _, key := range []struct {
		name  string
		value func(seenConfig) string
	}{
		{"[zookeeper] hosts_list", func(c seenConfig) string { return sameHosts(c.HostsList) }},
		{"[meta_server] cluster_root", func(c seenConfig) string { return c.ClusterRoot }},
		{"[meta_server] distributed_lock_service_parameters", func(c seenConfig) string { return c.LockRoot }},
		{"[meta_server] recover_from_replica_server", func(c seenConfig) string { return strconv.FormatBool(c.Recovery) }},
	} {
		by := map[string][]string{}
		for _, c := range configs {
			by[key.value(c)] = append(by[key.value(c)], c.name)
		}
		if len(by) > 1 {
			var seen []string
			for _, value := range sortedKeys(by) {
				seen = append(seen, fmt.Sprintf("%q (%s)", value, some(by[value])))
			}
			return fail(message.New("configurations disagree on %s: %s", key.name, strings.Join(seen, ", ")),
				message.New("make them the same before you begin: config_check shows all differences"))
		}
	}
	if configs[0].Recovery {
		return fail(message.New("[meta_server] recover_from_replica_server is true"), message.New("set it to false: a meta server with it aborts on a tree with tables"))
	}
	return pass("%d configurations have the same ZooKeeper, root and lock: %s, %s, %s", len(configs), configs[0].HostsList, configs[0].ClusterRoot, configs[0].LockRoot)
}

// sameHosts is a hosts_list with its servers in order.
func sameHosts(list string) string {
	servers, chroot, found := strings.Cut(strings.ReplaceAll(list, " ", ""), "/")
	list = strings.Join(slices.Sorted(slices.Values(strings.Split(servers, ","))), ",")
	if found {
		list += "/" + chroot
	}
	return list
}

func checkStartable(f *PreflightFacts) (Result, message.Text, message.Text) {
	known := slices.ContainsFunc(f.Survey.Files, ConfigFile.Known)
	switch {
	case len(f.Faults) > 0:
		first := f.Faults[0]
		return fail(message.New("values that a server cannot use (%d): %s: %s", len(f.Faults), first.File, first.Problem), message.New("correct them: config_check lists all"))
	case !known:
		return warn(message.New("unknown: no configuration file could be read"), message.New("see configurations_readable"))
	}
	return pass("a server can use every value that is known here")
}
