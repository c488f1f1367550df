package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

// target is a server that a command asks by itself, not through the leader.
type target struct {
	kind   string // as the original names it: meta-server, replica-server, user-specified
	server string
}

// targetOptions select servers.
type targetOptions struct {
	kind, list string
	resolve    bool
	json       *bool
}

func (o *targetOptions) declare(flags *command.FlagSet) {
	flags.StringVarP(&o.kind, "node_type", "t", "", "ask servers of this kind: all (the default), meta-server, replica-server")
	flags.Complete("node_type", complete.ServerKind.Complete)
	flags.StringVarP(&o.list, "node_list", "l", "", "ask these servers: HOST:PORT,HOST:PORT...")
	flags.Complete("node_list", complete.ListOf(complete.Server))
	flags.BoolVarP(&o.resolve, "resolve_ip", "r", false, "show host names")
	o.json = command.DeclareOwnJSON(flags)
}

// check refuses options that exclude each other and fills in the default.
func (o *targetOptions) check() error {
	switch {
	case o.kind != "" && o.list != "":
		return outcome.OriginalUse("can not specify both node_type and node_list")
	case o.kind == "" && o.list == "":
		o.kind = "all"
	case o.kind != "" && !slices.Contains([]string{"all", "meta-server", "replica-server"}, o.kind):
		return outcome.OriginalUse("invalid type, should be: all | meta-server | replica-server")
	}
	return nil
}

// targets returns the servers: meta servers as the cluster lists them, then the living replica
// servers in order.
func (o *targetOptions) targets(ctx context.Context, env Env, admin *metaadmin.Client) ([]target, error) {
	if o.list != "" {
		return listedTargets(env, o.list)
	}
	var targets []target
	if o.kind != "replica-server" {
		for _, server := range env.Cluster().Metas {
			targets = append(targets, target{"meta-server", server})
		}
	}
	if o.kind != "meta-server" {
		servers, err := livingServers(ctx, env, admin)
		if err != nil {
			if !outcome.IsCanceled(err) {
				fmt.Fprintf(env.Err(), "prepare nodes failed, type = %s\n", o.kind)
			}
			return nil, err
		}
		for _, server := range servers {
			targets = append(targets, target{"replica-server", server})
		}
	}
	return targets, nil
}

// livingServers are the replica servers that the leader sees alive, in order. A failure is printed.
func livingServers(ctx context.Context, env Env, admin *metaadmin.Client) ([]string, error) {
	infos, err := admin.ListNodes(ctx, wire.NodeAlive)
	if err != nil {
		return nil, failErr(env, err, "ERROR: list node failed: %s", metaadmin.Code(err))
	}
	servers := make([]string, 0, len(infos))
	for i := range infos {
		servers = append(servers, infos[i].Name())
	}
	slices.SortFunc(servers, metaadmin.CompareServers)
	return slices.Compact(servers), nil
}

func listedTargets(env Env, list string) ([]target, error) {
	servers := splitList(list)
	if len(servers) == 0 {
		fmt.Fprintln(env.Err(), "can't parse node from node_list")
		return nil, outcome.Told(errors.New("no server is listed"))
	}
	targets := make([]target, 0, len(servers))
	for _, server := range servers {
		if err := metaadmin.CheckServer(server); err != nil {
			fmt.Fprintf(env.Err(), "parse %s as a ip:port node failed\n", server)
			noteOctal(env, err)
			return nil, outcome.Told(err)
		}
		targets = append(targets, target{"user-specified", server})
	}
	return targets, nil
}

// splitList splits at commas as the original does: blanks around the parts and empty parts are left
// out.
func splitList(list string) []string {
	var parts []string
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimRight(strings.TrimLeft(part, " \t"), " \t\r\n"); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// serversAtOnce is how many servers are asked at once.
const serversAtOnce = 32

// askEach asks many servers at once. results[i] and errs[i] are of servers[i]; one failure does not
// stop the others. When ctx ends, all have failed with its error.
func askEach[T any](ctx context.Context, servers []string, ask func(ctx context.Context, server string) (T, error)) (results []T, errs []error) {
	results, errs = make([]T, len(servers)), make([]error, len(servers))
	patience := patienceFor(len(servers))
	patient, stop := withPatience(ctx, patience)
	defer stop()
	var group errgroup.Group
	group.SetLimit(serversAtOnce)
	for i, server := range servers {
		group.Go(func() error {
			results[i], errs[i] = ask(patient, server)
			errs[i] = outOfPatience(patient, errs[i], server, len(servers), patience)
			return nil
		})
	}
	group.Wait() // no ask fails the group
	if ctx.Err() != nil {
		for i := range errs {
			errs[i] = ctx.Err()
		}
	}
	return results, errs
}
