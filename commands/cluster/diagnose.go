package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type diagnoseOptions struct {
	pid                        wire.GPID
	diagnose, auto, skipPrompt bool
	file                       string
	json                       *bool
}

func diagnoseCommand() *command.Command {
	return &command.Command{
		Name:    "ddd_diagnose",
		Plugin:  command.PluginCluster,
		Summary: "list partitions without replicas, choose primaries",
		Usage: "[-g|--gpid appid|appid.pidx] [-d|--diagnose] [-a|--auto_diagnose] " +
			"[-s|--skip_prompt] [-o|--output file_name]",
		Notes: "Servers of 2.5 answer ERR_INVALID_PARAMETERS unless -g names a table. With -d a primary is proposed for each " +
			"partition, after a question; -a proposes the recommended server without asking, -s skips every question, which -d needs with `--json`.",
		Fields:   diagnoseFields(),
		Examples: []string{"ddd_diagnose -g 1", "ddd_diagnose -g 1.0 -d"},
		Prepare: func(flags *command.FlagSet) command.Run {
			o := diagnoseOptions{pid: noPartition}
			flags.VarP(&command.GpidValue{P: &o.pid, Table: true, Wording: "ERROR: invalid gpid %s"}, "gpid", "g", "a table or a partition: APP_ID or APP_ID.INDEX")
			flags.Complete("gpid", complete.Partition)
			flags.BoolVarP(&o.diagnose, "diagnose", "d", false, "propose a primary for each")
			flags.BoolVarP(&o.auto, "auto_diagnose", "a", false, "take what is recommended without asking")
			flags.BoolVarP(&o.skipPrompt, "skip_prompt", "s", false, "ask nothing")
			flags.StringVarP(&o.file, "output", "o", "", "write the result to this file")
			flags.Complete("output", complete.NewFile)
			o.json = command.DeclareOwnJSON(flags)
			return func(ctx context.Context, env command.Env, _ []string) error { return diagnoseRun(ctx, env, &o) }
		},
	}
}

func diagnoseRun(ctx context.Context, env Env, o *diagnoseOptions) error {
	if *o.json && o.diagnose && !o.skipPrompt {
		return outcome.WrongUse("ddd_diagnose: --json asks nothing, so -d needs -s with it, which proposes what is recommended")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	if o.diagnose {
		if err := metaadmin.PassGate(ctx); err != nil {
			return err
		}
	}
	partitions, err := admin.Diagnose(ctx, o.pid)
	if err != nil {
		return failErr(env, err, "ERROR: DDD diagnose failed with err = %s", metaadmin.Code(err))
	}
	d := diagnosis{env: env, admin: admin, o: o}
	write := d.write
	if *o.json {
		write = d.writeJSON
	}
	if err := env.WriteResult(o.file, func(w io.Writer) error { return write(ctx, w, partitions) }); err != nil {
		return err
	}
	if d.stopped != nil {
		return d.stopped
	}
	if *o.json {
		return d.failed
	}
	fmt.Fprintln(env.Out(), "Diagnose ddd done.")
	return d.failed
}

// diagnosis writes the result of ddd_diagnose, proposing primaries as it goes.
type diagnosis struct {
	env      Env
	admin    *metaadmin.Client
	o        *diagnoseOptions
	proposed int
	stopped  error // nobody was there to answer, or Ctrl-C
	failed   error // the last proposal that was refused
}

// write writes all partitions up to the one where nobody answered. What was done until then stays
// printed, so that is no error.
func (d *diagnosis) write(ctx context.Context, w io.Writer, partitions []wire.DiagnosedPartition) error {
	fmt.Fprintf(w, "Total %d ddd partitions:\n\n", len(partitions))
	for i := range partitions {
		if d.stopped = ctx.Err(); d.stopped != nil {
			fmt.Fprintf(w, "Interrupted, proposed count: %d/%d\n", d.proposed, len(partitions))
			break
		}
		p := &partitions[i]
		fmt.Fprintf(w, "(%d) %s\n", i+1, p.Config.PID)
		d.describe(w, p)
		if d.o.diagnose {
			d.cure(ctx, w, p)
		}
		fmt.Fprintf(w, "\nProposed count: %d/%d\n\n", d.proposed, len(partitions))
		if d.stopped != nil {
			break
		}
	}
	return nil
}

// Marks after the servers that dropped out last.
const (
	markLatest    = "  <== the latest"
	markSecondary = "  <== the secondary latest"
)

// lastTwo returns the servers that dropped out last and last but one, "" where there is none.
func lastTwo(p *wire.DiagnosedPartition) (latest, secondary string) {
	drops := p.Config.LastDropServers()
	if n := len(drops); n > 0 {
		latest = drops[n-1]
	}
	if n := len(drops); n > 1 {
		secondary = drops[n-2]
	}
	return latest, secondary
}

func mark(server, latest, secondary string) string {
	switch server {
	case "":
		return ""
	case latest:
		return markLatest
	case secondary:
		return markSecondary
	}
	return ""
}

func (d *diagnosis) describe(w io.Writer, p *wire.DiagnosedPartition) {
	const line = "    ----\n"
	latest, secondary := lastTwo(p)
	fmt.Fprintf(w, "    config: ballot(%d), last_committed(%d)\n%s", p.Config.Ballot, p.Config.LastCommittedDecree, line)
	for i := range p.Dropped {
		n := &p.Dropped[i]
		fmt.Fprintf(w, "    dropped[%d]: node(%s), drop_time(%s), alive(%t), collected(%t), ballot(%d), last_committed(%d), last_prepared(%d)%s\n",
			i, n.Server(), d.env.Millis(n.DropTime), n.Alive, n.Collected, n.Ballot, n.LastCommittedDecree, n.LastPreparedDecree,
			mark(n.Server(), latest, secondary))
	}
	io.WriteString(w, line)
	drops := p.Config.LastDropServers()
	for i, server := range drops {
		note := ""
		switch i {
		case len(drops) - 1:
			note = markLatest
		case len(drops) - 2:
			note = markSecondary
		}
		fmt.Fprintf(w, "    last_drops[%d]: node(%s)%s\n", i, server, note)
	}
	fmt.Fprintf(w, "%s    ddd_reason: %s\n", line, p.Reason)
}

// cure chooses a primary and proposes it.
func (d *diagnosis) cure(ctx context.Context, w io.Writer, p *wire.DiagnosedPartition) {
	latest, secondary := lastTwo(p)
	primary := recommend(p)
	shown := primary
	if primary == "" {
		shown = "none"
	}
	fmt.Fprintf(w, "    ----\n    recommend_primary: %s%s\n", shown, mark(primary, latest, secondary))
	skip := false
	if primary != "" && !d.o.auto && !d.o.skipPrompt {
		primary, skip = d.askRecommended(ctx, primary)
	}
	if primary == "" && !d.o.skipPrompt && !skip && d.stopped == nil {
		primary = d.askPrimary(ctx)
	}
	if primary == "" || skip || d.stopped != nil {
		fmt.Fprintln(w, "    propose_request: none")
		return
	}
	err := d.propose(ctx, p, primary)
	fmt.Fprintf(w, "    propose_request: propose -g %s -p ASSIGN_PRIMARY -t %s -n %s\n", p.Config.PID, primary, primary)
	fmt.Fprintf(w, "    propose_response: %s\n", metaadmin.Code(err))
}

// propose asks the leader to make a server the primary of a partition, and returns why it did not.
func (d *diagnosis) propose(ctx context.Context, p *wire.DiagnosedPartition, primary string) error {
	request := &wire.ProposeRequest{PID: p.Config.PID, Force: new(bool)}
	err := addAction(ctx, d.admin, request, primary, primary, wire.ConfigAssignPrimary)
	if err == nil {
		err = d.admin.Propose(ctx, request)
	}
	d.proposed++
	if err != nil {
		d.failed = err
	}
	return err
}

// recommend returns the server that is best as a new primary, or "": of the two that dropped out
// last and whose replicas are known, the one that committed most, and of equals the one with the
// higher ballot; never one that committed less than the leader knows of (source: the original's
// diagnose_recommend).
func recommend(p *wire.DiagnosedPartition) string {
	latest, secondary := lastTwo(p)
	if secondary == "" {
		return ""
	}
	var best *wire.DroppedNode
	for _, server := range []string{secondary, latest} {
		for i := range p.Dropped {
			n := &p.Dropped[i]
			if n.Server() != server {
				continue
			}
			better := best == nil || n.LastCommittedDecree > best.LastCommittedDecree ||
				n.LastCommittedDecree == best.LastCommittedDecree && n.Ballot >= best.Ballot
			if n.Alive && n.Collected && better {
				best = n
			}
			break
		}
	}
	if best == nil || best.LastCommittedDecree < p.Config.LastCommittedDecree {
		return ""
	}
	return best.Server()
}

// question asks a question until an answer is accepted; at the end of the script it stops.
func (d *diagnosis) question(ctx context.Context, text string, take func(answer string) bool) {
	for {
		answer, err := d.env.AskLine(ctx, text)
		if errors.Is(err, io.EOF) {
			err = message.Errorf("the script ended before it answered the question")
		}
		if err != nil {
			d.stopped = err
			return
		}
		if take(strings.TrimSpace(answer)) {
			return
		}
	}
}

func (d *diagnosis) askRecommended(ctx context.Context, recommended string) (primary string, skip bool) {
	d.question(ctx, "    > Are you sure to use the recommend primary? [y/n/s(skip)]: ", func(answer string) bool {
		switch answer {
		case "y":
			primary = recommended
		case "n":
		case "s":
			skip = true
			fmt.Fprintln(d.env.Out(), "    > You have choosed to skip diagnosing this partition.")
		default:
			return false
		}
		return true
	})
	return primary, skip
}

func (d *diagnosis) askPrimary(ctx context.Context) (primary string) {
	d.question(ctx, "    > Please input the primary node: ", func(answer string) bool {
		if metaadmin.CheckServer(answer) != nil {
			fmt.Fprintln(d.env.Out(), "    > Sorry, you have input an invalid node address.")
			return false
		}
		primary = answer
		return true
	})
	return primary
}
