package zookeeper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/zkcopy"
)

// foundExits are the exit states of a search.
var foundExits = []command.Exit{{Code: 0, When: "something was found"}, {Code: exitDifferent, When: "nothing was found"},
	{Code: exitTrouble, When: "the search could not be carried out, or was used wrongly"}}

// errNothingFound is the failure of a search without a result.
var errNothingFound = errors.New("nothing was found")

func zkFindCommand() *command.Command {
	return &command.Command{
		Name:    "zk_find",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "find znodes by their names",
		Usage:   "<GLOB> [HOSTS/PATH|PATH] " + ensemble.Usage + " [-j|--json]",
		Notes:   "GLOB is matched with the last name of each path: `*` is any text, `?` a character, `[a-c]` one of these. Paths are those below the tree; the name of its root is not matched. " + unreadableNotes + nodeNotes,
		Fields: []command.Field{
			{Path: "found[].path", Type: command.Text, Meaning: "below the tree"},
			{Path: "zk_find.tree", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_find.found", Type: command.Count, Meaning: "how many were found"},
			{Path: "zk_find.searched", Type: command.Count, Meaning: "how many were looked at"},
			unreadableField("zk_find"),
		},
		Examples: []string{"zk_find 'LOCKNODE*'", "zk_find duplication 10.0.0.1:2181/pegasus/c1"},
		Exits:    foundExits,
		FailCode: exitTrouble,
		Args:     []complete.Kind{complete.Free, complete.OwnTree},
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				return zkFindRun(ctx, env, &connect, *inJSON, args)
			}
		},
	}
}

func zkFindRun(ctx context.Context, env Env, connect *ensemble.Flags, inJSON bool, args []string) error {
	if len(args) == 0 {
		return outcome.WrongArguments("zk_find", message.New("a GLOB, and at most one HOSTS/PATH or PATH"), len(args))
	}
	glob := args[0]
	if _, err := path.Match(glob, ""); err != nil {
		return outcome.WrongUse("zk_find: %q is not a glob: a [ needs its ]", glob)
	}
	at, err := openNode(ctx, env, connect, "zk_find", args[1:])
	if err != nil {
		return err
	}
	defer at.Client.Close()
	s := newSearch(env, inJSON)
	return s.run(ctx, at, "zk_find", zkcopy.ListOptions{Recursive: true}, func(e zkcopy.Entry) error {
		if matched, err := path.Match(glob, e.Name); err != nil || !matched {
			return err
		}
		s.found++
		name := below(at.Path, e.Path)
		return s.listing.Add(name, "path", name)
	})
}

// search looks through a tree, and prints what it finds as it comes.
type search struct {
	env             Env
	listing         *render.Listing
	found, searched int64
	unread          unreadable
}

func newSearch(env Env, inJSON bool) search {
	s := search{env: env, listing: command.NewListing(env, inJSON, "found")}
	s.listing.Alone = true
	return s
}

// run visits the znodes of a tree that the options list; visit prints and counts what it finds.
func (s *search) run(ctx context.Context, at zkcopy.Tree, name string, o zkcopy.ListOptions, visit func(zkcopy.Entry) error) error {
	o.Unreadable = s.unread.add
	err := zkcopy.List(ctx, at, o, func(e zkcopy.Entry) error {
		s.searched++
		return visit(e)
	})
	if err != nil {
		if s.listing.Begun() {
			err = errors.Join(message.Errorf("%w\nThe search is not complete", err), s.listing.End(nil))
		}
		return err
	}
	var r *render.Report
	if s.listing.JSON {
		r = &render.Report{Typed: true}
		t := r.Add(render.NewList(name))
		t.Row("tree", at)
		t.Row("found", s.found)
		t.Row("searched", s.searched)
		t.Row("unreadable", s.unread.total)
	}
	if err := s.listing.End(r); err != nil {
		return err
	}
	if err := s.unread.report(s.env); err != nil {
		return err
	}
	if s.found == 0 {
		return outcome.WithCode(exitDifferent, outcome.Told(errNothingFound), true)
	}
	return nil
}

func zkGrepCommand() *command.Command {
	return &command.Command{
		Name:    "zk_grep",
		Plugin:  command.PluginZooKeeper,
		Reads:   true,
		Summary: "find znodes by what their data contains",
		Usage:   "<REGEXP> [HOSTS/PATH|PATH] [-i|--ignore_case] [-l|--paths_only] " + ensemble.Usage + " [-j|--json]",
		Notes: "Prints a line for each line of data that the regular expression matches: the path below the tree, a colon, the line. Of data that is no text " +
			"it says only that it matches. The tree's root is searched too; its path is `.`. " + unreadableNotes + nodeNotes,
		Fields: []command.Field{
			{Path: "found[].path", Type: command.Text, Meaning: "below the tree; `.` for its root"},
			{Path: "found[].line", Type: command.MaybeText, Meaning: "the line that matches; null with `-l`, and for data that is no text"},
			{Path: "zk_grep.tree", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_grep.found", Type: command.Count, Meaning: "znodes whose data matches"},
			{Path: "zk_grep.searched", Type: command.Count, Meaning: "how many were looked at"},
			unreadableField("zk_grep"),
		},
		Examples: []string{"zk_grep AS_DROPPED", "zk_grep -l '34801' /pegasus/c1/apps"},
		Exits:    foundExits,
		FailCode: exitTrouble,
		Args:     []complete.Kind{complete.Free, complete.OwnTree},
		Prepare: func(flags *command.FlagSet) command.Run {
			var connect ensemble.Flags
			ignoreCase := flags.BoolP("ignore_case", "i", false, "letters match whatever their case is")
			pathsOnly := flags.BoolP("paths_only", "l", false, "show only the paths")
			declareConnection(flags, &connect)
			inJSON := flags.BoolP("json", "j", false, "print JSON")
			return func(ctx context.Context, env command.Env, args []string) error {
				if len(args) == 0 {
					return outcome.WrongArguments("zk_grep", message.New("a REGEXP, and at most one HOSTS/PATH or PATH"), len(args))
				}
				text := args[0]
				if *ignoreCase {
					text = "(?i)" + text
				}
				expression, err := regexp.Compile(text)
				if err != nil {
					return outcome.WrongUse("zk_grep: %q is not a regular expression: %v", args[0], err)
				}
				return zkGrepRun(ctx, env, &connect, expression, *pathsOnly, *inJSON, args[1:])
			}
		},
	}
}

func zkGrepRun(ctx context.Context, env Env, connect *ensemble.Flags, expression *regexp.Regexp, pathsOnly, inJSON bool, args []string) error {
	at, err := openNode(ctx, env, connect, "zk_grep", args)
	if err != nil {
		return err
	}
	defer at.Client.Close()
	s := newSearch(env, inJSON)
	return s.run(ctx, at, "zk_grep", zkcopy.ListOptions{Recursive: true, Root: true, Data: true}, func(e zkcopy.Entry) error {
		if !expression.Match(e.Data) {
			return nil
		}
		s.found++
		name := cmp.Or(below(at.Path, e.Path), ".")
		switch {
		case pathsOnly:
			return s.listing.Add(name, "path", name, "line", nil)
		case !isText(e.Data):
			return s.listing.Add(name+": data that is no text matches", "path", name, "line", nil)
		}
		for line := range strings.Lines(string(e.Data)) {
			if line = strings.TrimSuffix(line, "\n"); !expression.MatchString(line) {
				continue
			}
			if err := s.listing.Add(fmt.Sprintf("%s: %s", name, line), "path", name, "line", line); err != nil {
				return err
			}
		}
		return nil
	})
}
