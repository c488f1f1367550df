package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"pegashell/internal/zkserver"
	"pegashell/onebox/cluster"
	"pegashell/onebox/release"
)

var startCommand = command{
	name:    "start",
	usage:   "start [--dir DIR] [-m N] [-r N] [-z N] [--wait SECONDS] [options of a new onebox]",
	summary: "Start a onebox, new or stopped, or single instances of it.",
	define:  defineStart,
}

// layoutFlags are the flags that configure a new onebox and have no effect on an existing one.
var layoutFlags = []string{
	"meta_count", "replica_count", "zk_count", "zk_ensemble", "base_port", "cluster_name", "cluster_root", "lock_root",
	"chroot", "zk_timeout_ms", "config_sync_interval_ms", "fd_lease_seconds", "min_live_node_count", "full_config_dump", "zookeeper_jar", "simulate", "set",
}

func defineStart(app *App, flags *pflag.FlagSet) func(context.Context) error {
	dir, wait, chosen := dirFlag(flags), waitFlag(flags), selectionFlags(flags)
	var o cluster.Options
	flags.IntVar(&o.MetaCount, "meta_count", 2, "`number` of meta servers")
	flags.IntVar(&o.ReplicaCount, "replica_count", 3, "`number` of replica servers")
	flags.IntVar(&o.ZKCount, "zk_count", 1, "`number` of ZooKeepers, independent of each other; the meta servers use the first")
	flags.BoolVar(&o.ZKEnsemble, "zk_ensemble", false, "make the first ZooKeeper an ensemble of three servers, -z 1 to 3; a second one is -z 4")
	flags.IntVar(&o.BasePort, "base_port", 0, "meta servers listen on `PORT`+1.., replica servers on +201.., ZooKeepers on +401..; 0 picks free ports")
	flags.StringVar(&o.ClusterName, "cluster_name", "onebox", "the cluster's `name`")
	flags.StringVar(&o.ClusterRoot, "cluster_root", "", "the `znode` of the metadata (default /pegasus/NAME/127.0.0.1)")
	flags.StringVar(&o.LockRoot, "lock_root", cluster.LockAtRoot, "the `znode` of the meta servers' lock: root for the cluster root, below for its child lock, or a path anywhere")
	flags.StringVar(&o.Chroot, "chroot", "", "the `znode` after the servers in hosts_list, below which both are; it is created in the first ZooKeeper")
	flags.IntVar(&o.ZKTimeoutMS, "zk_timeout_ms", 5000, "`milliseconds` until ZooKeeper expires the session of a meta server that has ended")
	flags.IntVar(&o.ConfigSyncIntervalMS, "config_sync_interval_ms", 1000, "`milliseconds` between two reports of a replica server to the leader")
	flags.IntVar(&o.LeaseSeconds, "fd_lease_seconds", 3, "`seconds` after which a replica server without a leader turns inactive; 9 on a real one")
	flags.IntVar(&o.MinLiveNodeCount, "min_live_node_count", 1, "with fewer live replica servers than this `number` the level is freezed")
	flags.BoolVar(&o.FullConfigDump, "full_config_dump", false, "answer config-dump with as much text as a real server, 16,700 lines")
	flags.StringVar(&o.ZooKeeper, "zookeeper_jar", os.Getenv(zkserver.JarVariable), "the `jar` of a release of ZooKeeper, or a class path, to run instead of Debian's; the default is $"+zkserver.JarVariable)
	flags.StringVar((*string)(&o.Simulate), "simulate", string(release.V25), "the `release` of Pegasus that the servers behave as: 2.5.0 or main")
	settings := flags.StringArray("set", nil, "write `SECTION.KEY=VALUE` into the meta servers' config.ini; may be repeated")
	return func(ctx context.Context) error {
		if *wait <= 0 {
			return usageError{fmt.Errorf("--wait %d: it must be positive", *wait)}
		}
		for _, text := range *settings {
			s, err := cluster.ParseSetting(text)
			if err != nil {
				return usageError{fmt.Errorf("--set: %w", err)}
			}
			o.Settings = append(o.Settings, s)
		}
		var given []string
		for _, name := range layoutFlags {
			if flags.Changed(name) {
				given = append(given, "--"+name)
			}
		}
		ctx, cancel := context.WithTimeout(ctx, time.Duration(*wait)*time.Second)
		defer cancel()
		return app.start(ctx, *dir, o, given, chosen.ids())
	}
}

func (app *App) start(ctx context.Context, dir string, o cluster.Options, given []string, ids []cluster.ID) (err error) {
	c, err := app.open(ctx, dir)
	if errors.Is(err, cluster.ErrNoCluster) && len(ids) == 0 {
		if c, err = cluster.Create(dir, o); err == nil {
			app.attach(c)
		}
	} else if err == nil && len(given) > 0 {
		err = fmt.Errorf("%s: only for a new onebox, but %s contains one already: remove it first with `onebox clear`, or edit its config.ini files",
			strings.Join(given, ", "), dir)
		return errors.Join(err, c.Close())
	}
	if errors.Is(err, cluster.ErrOptions) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := c.Start(ctx, ids); err != nil {
		if len(ids) == 0 && errors.Is(err, cluster.ErrRunning) {
			return fmt.Errorf("%w%s", err, startRest(c.Status(), dir))
		}
		return err
	}
	if len(ids) == 0 {
		app.printSummary(c.Status())
	}
	return nil
}

// printSummary prints how to connect.
func (app *App) printSummary(s *cluster.Status) {
	fmt.Fprintf(app.Stdout, "\nonebox %s runs in %s\n", s.ClusterName, s.Dir)
	fmt.Fprintf(app.Stdout, "meta servers : %s\n", strings.Join(s.MetaList, ","))
	for i, servers := range s.ZooKeepers {
		use := ""
		if i == 0 {
			use = ", metadata in " + s.Chroot + s.ClusterRoot
			if s.LockRoot != s.ClusterRoot {
				use += ", lock in " + s.Chroot + s.LockRoot
			}
		}
		fmt.Fprintf(app.Stdout, "ZooKeeper %2s : %s%s\n", numbers(s, servers), servers, use)
	}
	fmt.Fprintf(app.Stdout, "connect with : pegashell --cluster %s\n", strings.Join(s.MetaList, ","))
}

// numbers returns the numbers of the ZooKeepers in a connect string, as -z expects them.
func numbers(s *cluster.Status, servers string) string {
	var all []string
	for _, address := range strings.Split(servers, ",") {
		for _, i := range s.Instances {
			if i.Kind == cluster.ZooKeeper && i.Address == address {
				all = append(all, strconv.Itoa(i.Number))
			}
		}
	}
	return strings.Join(all, ",")
}

// startRest prints what is not running and the call that starts it; nothing if everything runs.
func startRest(s *cluster.Status, dir string) string {
	call, names := "onebox start", []string(nil)
	if dir != defaultDir {
		call += " --dir " + dir
	}
	for _, i := range s.Instances {
		if i.State == cluster.Running {
			continue
		}
		names = append(names, fmt.Sprintf("%s (%s)", cluster.ID{Kind: i.Kind, Number: i.Number}, i.State))
		// The options' letters are the first ones of the kinds.
		call += fmt.Sprintf(" -%c %d", i.Kind[0], i.Number)
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("\nnot running: %s; start with: %s", strings.Join(names, ", "), call)
}
