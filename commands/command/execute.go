package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"pegashell/commands/render"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
	"pegashell/internal/outcome"
	"pegashell/internal/program"
	"pegashell/metaadmin"
)

// synonyms are words for commands of another name that people type; in a script they are unknown, as
// in the original.
var synonyms = map[string]string{"quit": "exit", "?": "help"}

// Execute executes one line, already split into words; no words do nothing. It prints every error
// text that there is to print, so the caller only decides what the error means for what follows.
func (r *Registry) Execute(ctx context.Context, world *World, words []string) error {
	if len(words) == 0 {
		return nil
	}
	c, words, ok := r.Find(words)
	if synonym := synonyms[words[0]]; !ok && world.Interactive && synonym != "" {
		c, words, ok = r.Find(append([]string{synonym}, words[1:]...))
	}
	if !ok && r.Fallback != nil && r.switchedOff(words[0]) == nil {
		c, ok = r.Fallback(words), true
	}
	if !ok {
		return r.refuseUnknown(world, words[0])
	}
	out := &render.StickyWriter{W: world.Out}
	world.Out = out
	record := newRecording(world, c, words)
	err := c.execute(ctx, environment{world, r, &leadersLook{}, record}, words, r.defaults[c.Name])
	world.Out = out.W
	if err == nil && out.Err != nil {
		err = message.Errorf("write the result: %w", out.Err)
	}
	record.end(ctx, c, err)
	usage := outcome.UsageOf(err)
	_, leaves := outcome.Leaves(err)
	switch {
	case err == nil || leaves || outcome.IsTold(err):
	case unread(ctx, out.Err, err): // a pager that was left early
	case usage != nil:
		c.writeMisuse(world, usage)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(world.Err, withoutCause(c.interruption(err).In(world.LanguageOf(world.Err))))
	default:
		render.WriteMarked(world.Err, message.New("ERROR: %v\n", err).In(world.LanguageOf(world.Err)))
	}
	c.explain(world, err)
	world.noticeInScript()
	if c.FailCode == 0 || leaves {
		return err
	}
	return outcome.WithCode(c.FailCode, err, false)
}

// writeMisuse writes what was wrong with a line, and how the command is used.
func (c *Command) writeMisuse(world *World, usage *outcome.Usage) {
	language := world.LanguageOf(world.Err)
	text := usage.Text.In(language)
	render.WriteMarked(world.Err, text)
	if (render.ScreenOf(world.Err) != nil || !usage.Near.IsZero()) && text != "" && !strings.HasSuffix(text, "\n") {
		io.WriteString(world.Err, "\n") // some texts of the original have none
	}
	io.WriteString(world.Out, "USAGE: ")
	c.writeUsage(world.Out)
	if !usage.Near.IsZero() {
		fmt.Fprintln(world.Err, usage.Near.In(language))
	}
}

// refuseUnknown reports a word that is not a command: in the original's words, but without its list
// of all commands where a person types the lines.
func (r *Registry) refuseUnknown(world *World, name string) error {
	render.WriteMarked(world.Out, fmt.Sprintf("ERROR: invalid subcommand '%s'\n", name))
	if !world.Interactive && !world.Brief {
		r.WriteUsages(world.Out)
	}
	if slices.Contains(dataCommands, name) {
		world.Note("%s is a command of the Pegasus shell on data or on files of a server, which this shell does not have: with native in [shell] of "+
			"plugins.toml, such as native = [\"/opt/pegasus/run.sh\", \"shell\"], it passes such lines on", name)
	} else if c := r.switchedOff(name); c != nil {
		world.Note("%s is a command of the plugin %s, but it is switched off in plugins.toml", c.Name, c.Plugin)
	} else if elsewhere[name] != "" {
		world.Note("%s of other tools is %s here", name, elsewhere[name])
	} else if first, more, several := strings.Cut(name, " "); several && more != "" && r.knows(first) {
		world.Note("%q is one word: after the options each word of the command is one of the program's arguments, -x takes the line as a whole", name)
	} else {
		world.suggest(name, r.names())
	}
	if here := forData[name]; here != "" {
		world.Note("the data of a znode: %s", here)
	}
	if world.Interactive {
		world.Note("help lists the commands")
	}
	return outcome.Told(fmt.Errorf("invalid subcommand '%s'", name))
}

// dataCommands are those of the Pegasus shell that this shell leaves to it.
var dataCommands = []string{"hash", "set", "multi_set", "get", "multi_get", "multi_get_range", "multi_get_sortkeys", "del", "multi_del",
	"multi_del_range", "incr", "check_and_set", "check_and_mutate", "exist", "count", "ttl", "hash_scan", "full_scan", "copy_data", "clear_data",
	"count_data", "local_get", "rdb_key_str2hex", "rdb_key_hex2str", "rdb_value_hex2str", "sst_dump", "mlog_dump"}

// elsewhere are words of other tools (zkCli.sh, zookeepercli, zk_shell, admin-cli), and what it is here.
var elsewhere = map[string]string{
	"addWatch": "zk_watch", "addauth": "--auth", "cat": "zk_get", "cd": "zk_cd", "clear": "Ctrl-L", "cons": "zk_cons",
	"cp": "zk_cp", "create_recursive": "zk_create -p", "creater": "zk_create -p", "delete": "zk_rm", "deleteall": "zk_rmr", "deleter": "zk_rmr",
	"disk-capacity": "app_disk", "du": "zk_du", "edit": "zk_edit", "exists": "zk_exists", "find": "zk_find", "getAcl": "zk_getacl",
	"getAllChildrenNumber": "zk_du", "get_acls": "zk_getacl", "getacl": "zk_getacl", "grep": "zk_grep", "json_cat": "zk_get --as json",
	"ls2": "zk_ls -d", "lsr": "zk_ls -r", "meta-level": "get_meta_level, set_meta_level", "mntr": "zk_mntr", "mv": "zk_mv",
	"pwd": "zk_pwd", "rm": "zk_rm", "rmr": "zk_rmr", "ruok": "zk_ruok", "setAcl": "zk_setacl", "set_acls": "zk_setacl", "setacl": "zk_setacl",
	"stat": "zk_stat", "table-list": "ls", "table-partition": "app", "table-stat": "app_stat",
	"tree": "zk_tree",
}

// forData are commands of the Pegasus shell on data that have another meaning in tools of ZooKeeper.
var forData = map[string]string{"get": "zk_get", "set": "zk_set"}

// knows reports whether a word begins a command.
func (r *Registry) knows(word string) bool {
	_, _, ok := r.Find([]string{word})
	return ok
}

// suggest asks on standard error whether a near word was meant.
func (e *World) suggest(typed string, known []string) {
	if question := nearmiss.Question(typed, known); !question.IsZero() {
		e.Note("%s", question)
	}
}

// execute executes a line of the command. The defaults are flags that come before the typed ones.
func (c *Command) execute(ctx context.Context, env environment, words, defaults []string) error {
	flags := newFlagSet(c.Name)
	run, overrides := c.prepare(flags)
	args, wrong := c.parse(flags, defaults, c.appended(words[1:]))
	switch {
	case errors.Is(wrong, pflag.ErrHelp):
		env.Registry().WriteHelp(env.Out(), env.Language(), c)
		return nil
	case len(words) < c.Words, wrong == nil && len(others(flags, words)) < c.Words:
		return outcome.Misused()
	}
	if typed := others(flags, words[1:]); c.First != nil && (wrong == nil || len(typed) > 0) {
		if err := c.First(typed); err != nil {
			return err
		}
	}
	if wrong != nil {
		return wrong
	}
	if err := overrides.Check(); err != nil {
		return err
	}
	env.record.expect(c.changes(flags, args))
	return c.guarded(ctx, env, overrides, func(ctx context.Context) error { return run(ctx, env, args) })
}

// appended returns the typed words with the one that the command appends.
func (c *Command) appended(args []string) []string {
	if c.Appended == "" {
		return args
	}
	return append(slices.Clone(args), c.Appended)
}

// interruption words what is known of the command when Ctrl-C cut it short with err.
func (c *Command) interruption(err error) message.Text {
	var call *metaadmin.Error
	switch worded := outcome.TextOf(err); {
	case !worded.IsZero():
		return message.New("interrupted: %s", worded)
	case c.Interrupted != "":
		return message.New("interrupted: %s", message.Whole(c.Interrupted))
	case errors.As(err, &call):
		if detail := call.Detail(); !detail.IsZero() {
			return message.New("interrupted: %s", detail)
		}
		return message.New("interrupted: no answer yet")
	}
	if text := strings.ReplaceAll(": "+err.Error(), ": "+context.Canceled.Error(), ""); text != "" {
		return message.New("interrupted: %s", strings.TrimPrefix(text, ": "))
	}
	return message.New("interrupted")
}

// withoutCause is the text of an interruption without Go's word for it, which says nothing more.
func withoutCause(text string) string {
	for _, colon := range []string{": ", "："} {
		text = strings.ReplaceAll(text, colon+context.Canceled.Error(), "")
	}
	return text
}

// unread says that a command failed because nobody reads its output any more: it was canceled for
// that, its output was refused, or its program died of it.
func unread(ctx context.Context, written, failure error) bool {
	var exit *program.ExitError
	return errors.Is(context.Cause(ctx), syscall.EPIPE) || errors.Is(written, syscall.EPIPE) ||
		errors.As(failure, &exit) && exit.Signal == syscall.SIGPIPE
}
