package zookeeper

import (
	"context"
	"regexp"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
	"pegashell/zkcopy/tree"
)

// aclNotes say how an ACL is written.
const aclNotes = "ACL is a list of SCHEME:ID:PERMS with commas between: `world:anyone:r,digest:admin:HASH:cdrwa`, as zk_getacl shows them; PERMS are of " +
	"c (create), d (delete), r (read), w (write), a (admin)."

type zkSetACLOptions struct {
	editOptions
	recursive bool
	version   int32
}

func zkSetACLCommand() *command.Command {
	return &command.Command{
		Name:    "zk_setacl",
		Plugin:  command.PluginZooKeeper,
		Summary: "set the ACL of a znode",
		Usage:   "<HOSTS/PATH|PATH> <ACL> [-R|--recursive] [--version num] " + editUsage,
		Notes: aclNotes + " `-R` sets it of everything below too, each znode after what lies below it. `--version` sets it only if the ACL still has this " +
			"version, the `aversion` of zk_stat.\n\n" + editNotes,
		Fields: []command.Field{
			{Path: "zk_setacl.znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_setacl.set", Type: command.Count, Meaning: "of how many znodes the ACL was set"},
			{Path: "zk_setacl.result", Type: command.Text, Meaning: "`set`, or `NOT complete` beside an error"},
		},
		Examples: []string{"zk_setacl 10.0.0.1:2181/pegasus/c1 world:anyone:cdrwa -R", "zk_setacl /notes world:anyone:r,auth::cdrwa --auth digest:admin:-"},
		Args:     editArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkSetACLOptions
			flags.BoolVarP(&o.recursive, "recursive", "R", false, "set it of everything below too")
			flags.Int32Var(&o.version, "version", -1, "the version that the ACL must have; -1 is any")
			o.declare(flags, "zk_setacl")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkSetACLRun(ctx, env, &o, args)
			}
		},
	}
}

func zkSetACLRun(ctx context.Context, env Env, o *zkSetACLOptions, args []string) error {
	if len(args) != 2 {
		return outcome.WrongArguments("zk_setacl", message.New("a HOSTS/PATH or PATH, and an ACL"), len(args))
	}
	if err := checkVersion("zk_setacl", o.version); err != nil {
		return err
	}
	if o.recursive && o.version >= 0 {
		return outcome.WrongUse("zk_setacl: -R and --version cannot be used together")
	}
	acl, err := parseACL(args[1])
	if err != nil {
		return outcome.WrongUse("zk_setacl: %v", err)
	}
	return o.edit(ctx, env, "zk_setacl", args[0], func(ctx context.Context, e *editing) error {
		if err := e.guard(ctx, e.at.Path, o.recursive); err != nil {
			return err
		}
		auth, err := e.warnOfACL(acl)
		if err != nil {
			return err
		}
		return aclHint(acl, o.set(ctx, e, acl, zkcopy.RepeatLost(acl, auth)))
	})
}

// set sets the ACL and reports it. once: with this ACL the command cannot be repeated.
func (o *zkSetACLOptions) set(ctx context.Context, e *editing, acl []tree.ACL, once bool) error {
	var set int64 = 1
	var err error
	if o.recursive {
		set, err = zkcopy.SetACLs(ctx, e.at, acl, show(e.env, "zk_setacl", e.at))
	} else {
		_, err = zkcopy.SetACL(ctx, e.at, acl, o.version)
	}
	if err != nil && (!o.recursive || set == 0) {
		return err
	}
	e.env.Evidence("znode", e.at.String())
	e.env.Evidence("set", set)
	result := "set"
	if err != nil {
		result = "NOT complete"
	}
	printErr := e.print("zk_setacl", o.json, "znode", e.at, "set", set, "result", result)
	switch {
	case err == nil:
		return printErr
	case once:
		return unfinished(err, message.New("not complete: the ACL of %d znodes was set, and the others have their old one. "+
			"These credentials cannot repeat the command: the new ACL does not let them", set))
	}
	return unfinished(err, message.New("not complete: the ACL of %d znodes was set, and the others have their old one. Repeat the command: it sets that of all", set))
}

// aclEntry is the first entry of an ACL, up to the comma behind its permissions: an ID may have colons and
// commas of its own, as the name in a certificate has.
var aclEntry = regexp.MustCompile(`^([^:,]+):(.*?):([cdrwa]+)(?:,|$)`)

// parseACL reads SCHEME:ID:PERMS,...
func parseACL(text string) ([]tree.ACL, error) {
	var acl []tree.ACL
	for rest := text; rest != ""; {
		entry := aclEntry.FindStringSubmatch(rest)
		if entry == nil {
			return nil, message.Errorf("%q is not SCHEME:ID:PERMS, such as world:anyone:cdrwa", rest)
		}
		perms, _ := tree.ParsePerms(entry[3])
		acl = append(acl, tree.ACL{Scheme: entry[1], ID: entry[2], Perms: perms})
		rest = rest[len(entry[0]):]
	}
	switch {
	case len(acl) == 0 || strings.HasSuffix(text, ","):
		return nil, message.Errorf("an entry is empty: it has to be SCHEME:ID:PERMS, such as world:anyone:cdrwa")
	case tree.IsMasked(acl):
		return nil, message.Errorf("the password's hash of a digest is missing: x stands for one that the server hides")
	}
	return acl, nil
}
