package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

type recoverOptions struct {
	listFile, listText string
	wait               int32
	skipBad, skipLost  bool
	file               string
	expect             string
	again              bool
}

func recoverCommand() *command.Command {
	return &command.Command{
		Name:    "recover",
		Plugin:  command.PluginCluster,
		Summary: "let a leader in recovery rebuild the metadata",
		Usage: "[-f|--node_list_file file_name] [-s|--node_list_str str] [-w|--wait_seconds num] " +
			"[-b|--skip_bad_nodes] [-l|--skip_lost_partitions] [-o|--output file_name]",
		Notes: "The leader must have been started with recover_from_replica_server = true on an empty tree. The server continues when " +
			"the wait ends or is interrupted, and several calls at the same time block it permanently: recover is refused while an earlier call " +
			"may still be running; --again sends it anyway. With --expect FILE, a list written earlier by `ls -o FILE`, recover then reports " +
			"which dropped tables came back, and fails if a table is missing or has another name or partition count.",
		Examples: []string{"recover -f recover_node_list", "recover -f recover_node_list -b -l -w 300 --expect apps.list"},
		Prepare: func(flags *command.FlagSet) command.Run {
			o := recoverOptions{wait: 100}
			flags.StringVarP(&o.listFile, "node_list_file", "f", "", "file with the replica servers, one per line; # and ; begin comments")
			flags.Complete("node_list_file", complete.File)
			flags.StringVarP(&o.listText, "node_list_str", "s", "", "the replica servers: HOST:PORT,HOST:PORT...")
			flags.Complete("node_list_str", complete.ListOf(complete.Node))
			flags.VarP(command.Number(&o.wait, "wait_seconds"), "wait_seconds", "w", "how long to wait for the result")
			flags.BoolVarP(&o.skipBad, "skip_bad_nodes", "b", false, "continue without servers that cannot be reached")
			flags.BoolVarP(&o.skipLost, "skip_lost_partitions", "l", false, "make partitions without a replica empty: their data is lost")
			flags.StringVarP(&o.file, "output", "o", "", "write the result to this file")
			flags.Complete("output", complete.NewFile)
			flags.StringVar(&o.expect, "expect", "", "compare the tables with this list afterwards")
			flags.Complete("expect", complete.File)
			flags.DeclareOwn("expect")
			flags.BoolVar(&o.again, "again", false, "send it although an earlier call was not answered: use it when that server was restarted, or has logged the end of the recovery")
			flags.DeclareOwn("again")
			return func(ctx context.Context, env command.Env, _ []string) error {
				err := recoverRun(ctx, env, &o)
				if err == nil {
					command.See(ctx, env)
				}
				return err
			}
		},
	}
}

func recoverRun(ctx context.Context, env Env, o *recoverOptions) error {
	switch {
	case o.wait <= 0:
		return outcome.OriginalUse("invalid wait_seconds %d, should be positive number", o.wait)
	case o.listText == "" && o.listFile == "":
		return outcome.OriginalUse("should specify one of node_list_file/node_list_str")
	case o.listText != "" && o.listFile != "":
		return outcome.OriginalUse("should only specify one of node_list_file/node_list_str")
	}
	admin, err := env.Admin()
	if err != nil {
		return err
	}
	nodes, err := readNodes(ctx, env, admin, o)
	if err != nil {
		return err
	}
	var expected []listedApp
	if o.expect != "" {
		if expected, err = readAppsList(o.expect); err != nil {
			return err
		}
	}
	if err := metaadmin.PassGate(ctx); err != nil {
		return err
	}
	env.Evidence("servers", len(nodes))
	r := recovery{env: env, admin: admin, o: o, nodes: nodes}
	if err := r.runAlone(ctx); err != nil {
		return err
	}
	if o.expect != "" {
		if err := compareWithExpected(ctx, env, admin, expected); err != nil {
			return err
		}
	}
	r.next()
	return nil
}

// runAlone carries the recovery out unless an earlier one may be under way.
func (r *recovery) runAlone(ctx context.Context) error {
	pending := pendingRecoveriesOf(r.env, r.admin)
	if r.o.again {
		pending.forget(pending.own())
	} else if err := pending.refuse(ctx); err != nil {
		return err
	}
	sent, err := pending.note()
	switch {
	case errors.Is(err, fs.ErrExist):
		return message.Errorf("another shell is sending recover at this moment. Nothing was sent: wait for its result")
	case err != nil:
		r.env.Warn("other shells will not know that recover was sent: %v", err)
	}
	err = r.env.WriteResult(r.o.file, func(w io.Writer) error { r.run(ctx, w); return nil })
	if r.code != "" {
		r.env.Evidence("result", string(r.code))
		r.env.Evidence("server", r.admin.Leader())
	}
	if r.o.file != "" && r.code != "" {
		fmt.Fprintf(r.env.Out(), "recover complete with err = %s\n", r.code)
	}
	var call *metaadmin.Error
	if isUncertain(r.err) && errors.As(r.err, &call) {
		pending.unanswered(ctx, sent, call.Server)
	} else {
		pending.forget(sent)
	}
	if err != nil || r.err == nil {
		return err
	}
	if text := explainRecovery(r.err); !text.IsZero() {
		r.env.Note("NOTE: %s: %s", r.code, text)
	}
	return outcome.Told(r.err)
}

// recovery is one execution of recover.
type recovery struct {
	env   Env
	admin *metaadmin.Client
	o     *recoverOptions
	nodes []recoverNode
	code  wire.ErrorCode // the result; "" until it was asked for
	err   error
}

// run asks the leader to recover and writes what is known, in the original's words. Its outcome is
// in code and err.
func (r *recovery) run(ctx context.Context, w io.Writer) {
	request := &wire.RecoveryRequest{SkipBadNodes: r.o.skipBad, SkipLostPartitions: r.o.skipLost}
	for _, n := range withoutDuplicates(w, r.nodes) {
		request.Nodes = append(request.Nodes, n.address)
		request.HPNodes = append(request.HPNodes, n.twin)
	}
	if !namedByHost(r.nodes) {
		request.HPNodes = nil // as servers up to 2.5 are asked
	}
	fmt.Fprintf(w, "Wait seconds: %d\nSkip bad nodes: %t\nSkip lost partitions: %t\nNode list:\n%s\n", r.o.wait, r.o.skipBad, r.o.skipLost, ruler)
	for _, n := range withoutDuplicates(io.Discard, r.nodes) {
		fmt.Fprintln(w, n.name)
	}
	fmt.Fprintln(w, ruler)
	var hint string
	hint, r.err = r.call(ctx, w, request)
	r.code = metaadmin.Code(r.err)
	var call *metaadmin.Error
	answered := r.err == nil || errors.As(r.err, &call) && call.Answered()
	switch {
	case answered:
		fmt.Fprintf(w, "Recover result: %s\n", r.code)
		if hint == "" {
			hint = hintOf(r.err)
		}
		if hint != "" {
			fmt.Fprintf(w, "%s\n%s%s\n", ruler, hint, ruler)
		}
	case ctx.Err() != nil:
		r.code = wire.ErrTimeout
		r.interrupted(w)
	default:
		r.code = wire.ErrTimeout // as the original says of every call without an answer
		failOn(r.env, w, r.err, "Wait recovery failed, administrator should check the meta for progress")
		if isUncertain(r.err) {
			r.env.Note(oneAtATime)
		}
	}
}

func (r *recovery) interrupted(w io.Writer) {
	if r.o.file != "" {
		w = io.MultiWriter(w, r.env.Out())
	}
	l := r.env.Language()
	if !isUncertain(r.err) {
		fmt.Fprintln(w, message.New("Interrupted before the leader was asked: nothing was done.").In(l))
		return
	}
	fmt.Fprintln(w, message.New("Interrupted: the meta server goes on with the recovery. It answers ERR_UNDER_RECOVERY until that has succeeded.").In(l))
	fmt.Fprintln(w, message.New(oneAtATime).In(l))
}

// call sends the request and reports each second that it waits.
func (r *recovery) call(ctx context.Context, w io.Writer, request *wire.RecoveryRequest) (hint string, err error) {
	second := r.env.OneSecond()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.o.wait)*second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		hint, err = r.admin.StartRecovery(ctx, request)
	}()
	ticker := time.NewTicker(second)
	defer ticker.Stop()
	started, told := time.Now(), int32(0)
	tell := func(seconds int32) {
		for ; told < min(seconds, r.o.wait); told++ {
			fmt.Fprintf(w, "Wait recovery for %d seconds\n", told) // the first second is number 0, as in the original
		}
	}
	for {
		select {
		case <-done:
			if errors.Is(err, context.DeadlineExceeded) {
				tell(r.o.wait)
			}
			return hint, err
		case <-ticker.C:
			tell(int32(time.Since(started) / second))
		}
	}
}
