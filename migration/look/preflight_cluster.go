package look

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/pegasusconf"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
	"pegashell/migration"
)

// askFeatures asks the leader what is under way in the cluster.
func (p *preflight) askFeatures(ctx context.Context) (f migration.FeatureFacts) {
	if p.Admin == nil {
		f.Doubt = message.Errorf("no cluster is connected")
		return f
	}
	short, cancel := bounded(ctx)
	defer cancel()
	apps, err := p.Admin.ListApps(short, wire.AppInvalid)
	if err != nil {
		f.Doubt = unled(err)
		return f
	}
	var available []metaadmin.AppInfo
	for _, app := range apps {
		switch app.Status {
		case wire.AppAvailable:
			available = append(available, app)
			f.Partitions += int64(app.PartitionCount) + 1
		case wire.AppDropped:
			f.Dropped = append(f.Dropped, fmt.Sprintf("%s (id %d)", app.Name, app.ID))
			f.Partitions += int64(app.PartitionCount) + 1
		default:
			f.InChange = append(f.InChange, fmt.Sprintf("%s (%s)", app.Name, strings.ToLower(app.Status.String())))
		}
	}
	p.askBackups(ctx, &f)
	p.askTables(ctx, available, &f)
	return f
}

// unled shortens the error of a call that no leader has answered; who was asked says the check of the
// leader.
func unled(err error) error {
	var call *metaadmin.Error
	if errors.As(err, &call) && call.Server == "" {
		return message.Errorf("no leader answers")
	}
	return err
}

// askBackups asks for the backup policies and whether the last backup of each is under way.
func (p *preflight) askBackups(ctx context.Context, f *migration.FeatureFacts) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	policies, backups, err := p.Admin.BackupPolicies(ctx, nil, 1)
	if err != nil {
		note(&f.BackupDoubt, err)
		return
	}
	for i, policy := range policies {
		if policy.Disabled {
			f.Disabled = append(f.Disabled, policy.Name)
		} else {
			f.Policies = append(f.Policies, policy.Name)
		}
		if i < len(backups) && len(backups[i]) > 0 && backups[i][0].EndMS == 0 {
			f.Backups = append(f.Backups, policy.Name)
		}
	}
}

// askTables asks for what concerns one table each. Of duplications and bulk loads the list of tables
// says which have one; servers that do not say it are asked about all.
func (p *preflight) askTables(ctx context.Context, apps []metaadmin.AppInfo, f *migration.FeatureFacts) {
	type answer struct {
		splits                     int
		loading                    bool
		duplications               []metaadmin.Duplication
		splitErr, loadErr, copyErr error
	}
	answers := make([]answer, len(apps))
	var group errgroup.Group
	group.SetLimit(partitionQueries)
	for i, app := range apps {
		a := &answers[i]
		ask := func(call func(ctx context.Context) error) error {
			short, cancel := bounded(ctx)
			defer cancel()
			return call(short)
		}
		group.Go(func() error {
			a.splitErr = ask(func(ctx context.Context) (err error) {
				a.splits, err = p.Admin.SplitPartitions(ctx, app.Name)
				return err
			})
			if app.BulkLoading == nil || *app.BulkLoading {
				a.loadErr = ask(func(ctx context.Context) (err error) {
					a.loading, err = p.Admin.IsBulkLoading(ctx, app.Name)
					return err
				})
			}
			if app.Duplicating == nil || *app.Duplicating {
				a.copyErr = ask(func(ctx context.Context) (err error) {
					_, a.duplications, err = p.Admin.Duplications(ctx, app.Name)
					return err
				})
			}
			return nil
		})
	}
	group.Wait()
	for i, app := range apps {
		a := answers[i]
		note(&f.SplitDoubt, a.splitErr)
		note(&f.LoadDoubt, a.loadErr)
		note(&f.CopyDoubt, a.copyErr)
		if a.splits > 0 {
			f.Splitting = append(f.Splitting, app.Name)
		}
		if a.loading || a.loadErr != nil && app.BulkLoading != nil {
			f.Loading = append(f.Loading, app.Name)
		}
		for _, d := range a.duplications {
			if d.Status != wire.DuplicationRemoved {
				f.Duplications = append(f.Duplications, migration.DuplicationFacts{Table: app.Name, Remote: d.Remote, ID: d.ID, Paused: d.Status == wire.DuplicationPause})
			}
		}
	}
}

// note keeps the first error. A feature that is switched off, or that the server does not have, is
// not under way.
func note(doubt *error, err error) {
	if metaadmin.IsSwitchedOff(err) {
		return
	}
	switch metaadmin.Code(err) {
	case wire.OK, wire.ErrHandlerNotFound, wire.ErrAppNotExist:
		return
	}
	if *doubt == nil {
		*doubt = err
	}
}

// askVersions asks all servers of the cluster for their versions, at the same time.
func (p *preflight) askVersions(ctx context.Context) []migration.ServerVersion {
	var found []migration.ServerVersion
	for _, m := range p.facts.Survey.Meta {
		if m.State.Runs() {
			found = append(found, migration.ServerVersion{Server: m.Address, Role: "meta"})
		}
	}
	for _, r := range p.facts.Survey.Replicas {
		if r.Alive || r.Doubt == "" {
			found = append(found, migration.ServerVersion{Server: r.Address, Role: "replica"})
		}
	}
	if p.Admin == nil {
		return found
	}
	ctx, cancel := bounded(ctx)
	defer cancel()
	var asking sync.WaitGroup
	for i := range found {
		v := &found[i]
		asking.Go(func() {
			version, err := p.Admin.Server(v.Server).Version(ctx)
			if v.Version = version; err != nil {
				v.Doubt = err.Error()
			}
		})
	}
	asking.Wait()
	return found
}

// findFaults looks at every value of the configuration files that a server could not use.
func (p *preflight) findFaults(ctx context.Context) []migration.ConfigFault {
	var faults []migration.ConfigFault
	for _, f := range p.facts.Survey.Files {
		if !f.Known() {
			continue
		}
		short, cancel := context.WithTimeout(ctx, programTime)
		data, err := p.Read(short, f.Name)
		cancel()
		if err != nil {
			continue // it was read before, so configurations_readable is right
		}
		file, err := ini.Parse(f.Name, data)
		if err != nil {
			continue
		}
		for _, section := range file.Sections() {
			for _, key := range file.Keys(section) {
				if err := pegasusconf.Check(section, key, file.String(section, key, "")); err != nil {
					faults = append(faults, migration.ConfigFault{File: f.Name, Problem: err.Error()})
				}
			}
		}
	}
	return faults
}
