package cluster

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/render"
	"pegashell/internal/argh"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func queryDupCommand() *command.Command {
	return &command.Command{
		Name:    "query_dup",
		Plugin:  command.PluginCluster,
		Reads:   true,
		Summary: "show the duplications of a table",
		Usage:   "<app_name> [-d|--detail]",
		Notes: "-d shows them as JSON, as the original does. `--progress` shows how far each partition is: the last decree that the other cluster has confirmed, as " +
			"the leader knows it, or a dash while it knows none.",
		Fields: []command.Field{
			{Path: "app_id", Type: command.Count, Meaning: "the table's id"},
			{Path: "duplications[].dup_id", Type: command.Count, Meaning: "the duplication's id"},
			{Path: "duplications[].status", Type: command.Text, Meaning: "such as DS_LOG"},
			{Path: "duplications[].fail_mode", Type: command.Text, Meaning: "such as FAIL_SLOW"},
			{Path: "duplications[].remote_cluster", Type: command.Text, Meaning: "the other cluster"},
			{Path: "duplications[].created", Type: command.Instant, Meaning: "when it was added"},
			{Path: "duplications[].progress[].partition", Type: command.Count, Meaning: "only with `--progress`, as the next: its index"},
			{Path: "duplications[].progress[].confirmed_decree", Type: command.MaybeSum, Meaning: "the last decree that the other cluster has confirmed; null if the leader knows none"},
		},
		Examples: []string{"query_dup temp", "query_dup temp -d", "query_dup temp --progress"},
		Plain:    true,
		Args:     []complete.Kind{complete.Table},
		Prepare: func(flags *command.FlagSet) command.Run {
			progress := flags.Bool("progress", false, "show the confirmed decree of each partition")
			flags.DeclareOwn("progress")
			json := command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, args []string) error {
				return queryDupRun(ctx, env, argh.Parse(args, argh.PreferFlag), *progress, *json)
			}
		},
	}
}

func queryDupRun(ctx context.Context, env Env, w argh.Words, progress, json bool) error {
	if len(w.Positional) > 1 {
		return outcome.OriginalUse("too many params")
	}
	if err := checkFlags(w, "d", "detail"); err != nil {
		return err
	}
	if len(w.Positional) == 0 {
		return outcome.OriginalUse("missing param <app_name>")
	}
	app, detail := w.At(0), w.Has("d", "detail")
	if detail && (progress || json) {
		return outcome.WrongUse("query_dup: -d is the original's JSON, which has no progress: use it without --progress and --json")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	id, all, err := admin.Duplications(ctx, app)
	if err != nil {
		return failErr(env, err, "querying duplications of app [%s] failed, error=%s", app, status(err))
	}
	switch {
	case progress || json:
		return showDuplications(ctx, env, admin, app, id, all, progress, json)
	case detail:
		return writeDuplications(env, app, id, all)
	}
	return writeDuplicationTable(env, app, all)
}

// writeDuplicationTable prints duplications as the original does: the table again with each of them. In
// other formats one table has them all.
func writeDuplicationTable(env Env, app string, all []metaadmin.Duplication) error {
	grid := render.NewGrid("", "dup_id", "status", "remote cluster", "create time")
	r := render.Report{}
	r.Add(grid)
	plain := env.Format().IsPlain()
	if plain {
		fmt.Fprintf(env.Out(), "duplications of app [%s] are listed as below:\n", app)
	}
	for _, d := range all {
		grid.Row(d.ID, d.Status, d.Remote, time.UnixMilli(d.CreateMS).In(env.Location()).Format(time.DateTime))
		if !plain {
			continue
		}
		if err := command.Print(env, &r, command.OutputOptions{}); err != nil {
			return err
		}
	}
	if plain {
		return nil
	}
	return command.Print(env, &r, command.OutputOptions{})
}

// writeDuplications prints duplications as the original's JSON: by their numbers from 1, and the table's id.
func writeDuplications(env Env, app string, id int32, all []metaadmin.Duplication) error {
	text := []byte("null\n")
	if len(all) > 0 {
		byNumber := map[string]any{"appid": id}
		for i, d := range all {
			byNumber[strconv.Itoa(i+1)] = map[string]any{
				"create_ts": time.UnixMilli(d.CreateMS).In(env.Location()).Format(time.DateTime),
				"dupid":     d.ID, "fail_mode": d.FailMode.String(), "remote": d.Remote, "status": d.Status.String(),
			}
		}
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(byNumber); err != nil {
			return err
		}
		text = b.Bytes()
	}
	_, err := fmt.Fprintf(env.Out(), "duplications of app [%s] in detail:\n%s\n", app, text)
	return err
}

type duplicationsJSON struct {
	AppID        int32             `json:"app_id"`
	Duplications []duplicationJSON `json:"duplications"`
}

type duplicationJSON struct {
	ID       int32          `json:"dup_id"`
	Status   string         `json:"status"`
	FailMode string         `json:"fail_mode"`
	Remote   string         `json:"remote_cluster"`
	Created  time.Time      `json:"created"`
	Progress []progressJSON `json:"progress,omitempty"`
}

type progressJSON struct {
	Partition int32  `json:"partition"`
	Confirmed *int64 `json:"confirmed_decree"`
}

// showDuplications shows duplications with what the original cannot: the progress, and typed JSON.
func showDuplications(ctx context.Context, env Env, admin *metaadmin.Client, app string, id int32, all []metaadmin.Duplication, progress, json bool) error {
	out := duplicationsJSON{AppID: id, Duplications: []duplicationJSON{}}
	var confirmed map[int32]map[int32]int64
	var partitions int32
	if progress && len(all) > 0 {
		answer, err := admin.QueryPartitions(ctx, app)
		if err == nil {
			partitions = answer.Count
			confirmed, err = confirmedDecrees(ctx, env, admin, id)
		}
		if err != nil {
			return failErr(env, err, "querying the progress of app [%s] failed, error=%s", app, status(err))
		}
	}
	for _, d := range all {
		each := duplicationJSON{ID: d.ID, Status: d.Status.String(), FailMode: d.FailMode.String(), Remote: d.Remote, Created: time.UnixMilli(d.CreateMS).UTC()}
		for i := range partitions {
			p := progressJSON{Partition: i}
			if decree, known := confirmed[d.ID][i]; known && decree >= 0 {
				p.Confirmed = &decree
			}
			each.Progress = append(each.Progress, p)
		}
		out.Duplications = append(out.Duplications, each)
	}
	if json {
		return render.WriteIndented(env.Out(), out, "    ")
	}
	return command.Print(env, progressReport(env, out), command.OutputOptions{})
}

func progressReport(env Env, d duplicationsJSON) *render.Report {
	var r render.Report
	grid := r.Add(render.NewGrid("duplications", "dup_id", "status", "remote_cluster", "create_time"))
	progress := r.Add(render.NewGrid("progress", "dup_id"))
	progress.Right("partition", "confirmed_decree")
	for _, each := range d.Duplications {
		grid.Row(each.ID, each.Status, each.Remote, each.Created.In(env.Location()).Format(time.DateTime))
		for _, p := range each.Progress {
			decree := "-"
			if p.Confirmed != nil {
				decree = strconv.FormatInt(*p.Confirmed, 10)
			}
			progress.Row(each.ID, p.Partition, decree)
		}
	}
	return &r
}

// confirmedDecrees asks the leader for the progress of a table's duplications, by the duplication's id and
// the partition. It tells only that of the partitions that one replica server has the primaries of, so it is
// asked for each server.
func confirmedDecrees(ctx context.Context, env Env, admin *metaadmin.Client, table int32) (map[int32]map[int32]int64, error) {
	nodes, err := admin.ListNodes(ctx, wire.NodeAlive)
	if err != nil {
		return nil, err
	}
	byName := map[string]wire.Address{}
	for i := range nodes {
		byName[nodes[i].Name()] = nodes[i].Address
	}
	servers := slices.SortedFunc(maps.Keys(byName), cmp.Compare)
	answers, errs := askEach(ctx, servers, func(ctx context.Context, server string) (map[int32]map[int32]metaadmin.Duplication, error) {
		return admin.DuplicationProgress(ctx, byName[server])
	})
	found := map[int32]map[int32]int64{}
	for i, answer := range answers {
		if errs[i] != nil {
			return nil, message.Errorf("the partitions of %s: %w", servers[i], errs[i])
		}
		for id, d := range answer[table] {
			if found[id] == nil {
				found[id] = map[int32]int64{}
			}
			maps.Copy(found[id], d.Progress)
		}
	}
	return found, nil
}
