package zookeeper

import (
	"context"
	"errors"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
	"pegashell/zkcopy/tree"
)

type zkCreateOptions struct {
	editOptions
	data    dataFlags
	parents bool
	acl     string
}

func zkCreateCommand() *command.Command {
	return &command.Command{
		Name:    "zk_create",
		Plugin:  command.PluginZooKeeper,
		Summary: "create a znode",
		Usage:   "<HOSTS/PATH|PATH> [DATA | --file FILE] [-p|--parents] [--acl ACL] " + editUsage,
		Notes: "The znode is persistent. `-p` also creates the znodes above it that are missing, without data and with the same ACL, all in one transaction. " +
			aclNotes + "\n\n" + quoteNotes + "\n\n" + editNotes,
		Fields: []command.Field{
			{Path: "zk_create.znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_create.bytes", Type: command.Count, Meaning: "the size of the data"},
			{Path: "zk_create.created", Type: command.Count, Meaning: "how many znodes were created, those above it included"},
			{Path: "zk_create.result", Type: command.Text, Meaning: "`created`"},
		},
		Examples: []string{"zk_create 10.0.0.1:2181/notes", "zk_create /notes/a/b text -p --acl world:anyone:r,digest:admin:qUFSHxJjItUW/93UHFXFVGlvryY=:cdrwa"},
		Args:     editArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkCreateOptions
			o.data.declare(flags)
			flags.BoolVarP(&o.parents, "parents", "p", false, "create the znodes above it too")
			flags.StringVar(&o.acl, "acl", "", "the ACL, SCHEME:ID:PERMS,...; world:anyone:cdrwa without it")
			o.declare(flags, "zk_create")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkCreateRun(ctx, env, &o, args)
			}
		},
	}
}

func zkCreateRun(ctx context.Context, env Env, o *zkCreateOptions, args []string) error {
	if len(args) == 0 || len(args) > 2 {
		return outcome.WrongArguments("zk_create", message.New("a HOSTS/PATH or PATH, and at most DATA"), len(args))
	}
	acl := tree.OpenACL()
	var err error
	if o.acl != "" {
		if acl, err = parseACL(o.acl); err != nil {
			return outcome.WrongUse("zk_create: --acl: %v", err)
		}
	}
	data, err := o.data.read(ctx, env, "zk_create", args[1:])
	if err != nil {
		return err
	}
	return o.edit(ctx, env, "zk_create", args[0], func(ctx context.Context, e *editing) error {
		if err := e.guard(ctx, e.at.Path, false); err != nil {
			return err
		}
		if _, err := e.warnOfACL(acl); err != nil {
			return err
		}
		created, err := zkcopy.Create(ctx, e.at, zkcopy.NewNode{Data: data, ACL: acl, Parents: o.parents})
		var exists *zkcopy.ExistsError
		var noParent *zkcopy.NoParentError
		switch {
		case errors.As(err, &exists):
			return message.Errorf("%w: zk_set sets its data", err)
		case errors.As(err, &noParent):
			return message.Errorf("%w: -p creates it too", err)
		case err != nil:
			return aclHint(acl, err)
		}
		env.Evidence("znode", e.at.String())
		env.Evidence("created", len(created))
		return e.print("zk_create", o.json, "znode", e.at, "bytes", len(data), "created", len(created), "result", "created")
	})
}
