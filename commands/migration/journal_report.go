package migration

import (
	"context"
	"path/filepath"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/migration/report"
)

// writeReport writes the record of a migration to a file.
func (o *journalOptions) writeReport(ctx context.Context, env Env) error {
	file, err := homefile.Expand(o.report)
	if err != nil {
		return err
	}
	if o.file == "" && o.of == "" {
		seen := command.See(ctx, env) // so that the report has what the cluster is like now
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !seen {
			env.Warn("the connected cluster has no leader that answers: the report does not have what it is like now")
		}
	}
	if err := o.read(env); err != nil {
		return err
	}
	metas, err := o.cluster(env)
	if err != nil {
		return err
	}
	r := report.Of(o.journal, report.Options{
		Metas: metas, Since: o.from, Now: env.Now(), Location: env.Location(), Journal: o.path, Version: env.Version(),
	})
	write, form := r.WriteMarkdown, "Markdown"
	if s := strings.ToLower(filepath.Ext(file)); s == ".html" || s == ".htm" {
		write, form = r.WriteHTML, "HTML"
	}
	if err := env.WriteResult(file, write); err != nil {
		return err
	}
	env.Note("%s was written: %s, %s", file, form, r.Summary())
	return nil
}

// cluster returns the meta servers of the cluster that the report is about.
func (o *journalOptions) cluster(env Env) ([]string, error) {
	known := report.Clusters(o.journal.Records)
	var names []string
	var found []report.ClusterName
	for _, c := range known {
		names = append(names, c.String())
		connected := o.of == "" && env.Cluster() != nil && c.Shares(env.Cluster().Metas)
		if connected || o.of != "" && c.Is(o.of) {
			found = append(found, c)
		}
	}
	all := strings.Join(names, ", ")
	switch {
	case len(known) == 0:
		return nil, message.Errorf("%s has no entry of any cluster", o.path)
	case len(found) == 1:
		return found[0].Metas, nil
	case len(found) > 1:
		return nil, message.Errorf("several clusters in %s are named %s: name one by the HOST:PORT of a meta server: %s", o.path, o.of, all)
	case o.of != "":
		return nil, message.Errorf("%s has no entry of the cluster %s; it has entries of %s", o.path, o.of, all)
	case o.file != "" && len(known) == 1: // what else can be meant
		return known[0].Metas, nil
	}
	return nil, message.Errorf("%s has no entry of the connected cluster; it has entries of %s: name one with --of", o.path, all)
}
