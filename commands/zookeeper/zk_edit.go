package zookeeper

import (
	"bytes"
	"context"
	"encoding/json"
	"os"

	"pegashell/commands/command"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/program"
	"pegashell/zkcopy"
)

type zkEditOptions struct {
	editOptions
	raw bool
}

func zkEditCommand() *command.Command {
	return &command.Command{
		Name:    "zk_edit",
		Plugin:  command.PluginZooKeeper,
		Summary: "edit the data of a znode in $EDITOR",
		Usage:   "<HOSTS/PATH|PATH> [--raw] " + editUsage,
		Notes: "The editor is $VISUAL, else $EDITOR, else vi. JSON without blanks is indented while it is edited, unless --raw is used, and must be JSON again. The data is set only if " +
			"nobody has changed it meanwhile; where it cannot be set, what was written is kept in a file, which the error names. Data that is no text is refused: " +
			"use zk_get and zk_set.\n\n" + editNotes,
		Fields: []command.Field{
			{Path: "zk_edit.znode", Type: command.Text, Meaning: "HOSTS/PATH"},
			{Path: "zk_edit.bytes", Type: command.Count, Meaning: "the size of the data"},
			{Path: "zk_edit.version", Type: command.Count, Meaning: "the version that the data has now"},
			{Path: "zk_edit.result", Type: command.Text, Meaning: "`set`, or `not changed`"},
		},
		Examples: []string{"zk_edit 10.0.0.1:2181/pegasus/c1/apps/1", "zk_edit /notes/text --raw"},
		Args:     editArgs,
		Prepare: func(flags *command.FlagSet) command.Run {
			var o zkEditOptions
			flags.BoolVar(&o.raw, "raw", false, "edit the data as it is, also where it is JSON")
			o.declare(flags, "zk_edit")
			return func(ctx context.Context, env command.Env, args []string) error { return zkEditRun(ctx, env, &o, args) }
		},
	}
}

func zkEditRun(ctx context.Context, env command.Env, o *zkEditOptions, args []string) error {
	if len(args) != 1 {
		return outcome.WrongArguments("zk_edit", message.New("exactly one HOSTS/PATH or PATH"), len(args))
	}
	return o.edit(ctx, env, "zk_edit", args[0], func(ctx context.Context, e *editing) error {
		if err := e.guard(ctx, e.at.Path, false); err != nil {
			return err
		}
		node, err := readNode(ctx, e.at)
		if err != nil {
			return err
		}
		if !isText(node.Data) {
			return message.Errorf("the data of %s is no text: save it with zk_get, and set it with zk_set --file", e.at)
		}
		form := formOf(node.Data, o.raw)
		file, err := program.Draft(form.shown(node.Data))
		if err != nil {
			return message.Errorf("write the data to a file for the editor: %w", err)
		}
		data, err := form.edited(ctx, env, file, node.Data)
		if err == nil && bytes.Equal(data, node.Data) {
			os.Remove(file)
			return e.print("zk_edit", o.json, "znode", e.at, "bytes", len(data), "version", node.Stat.Version, "result", "not changed")
		}
		var version int32
		if err == nil {
			err = e.guard(ctx, e.at.Path, false) // servers may have been started meanwhile
		}
		if err == nil {
			version, err = zkcopy.SetData(ctx, e.at, data, node.Stat.Version)
		}
		if err != nil {
			return form.keep(err, file, node.Data)
		}
		os.Remove(file)
		env.Evidence("znode", e.at.String())
		env.Evidence("version", version)
		return e.print("zk_edit", o.json, "znode", e.at, "bytes", len(data), "version", version, "result", "set")
	})
}

// editForm is how data is shown to an editor.
type editForm struct {
	indented, endsLine bool
}

// formOf returns the form of data: JSON as it is written by programs is indented.
func formOf(data []byte, raw bool) editForm {
	var compact bytes.Buffer
	indented := !raw && json.Compact(&compact, data) == nil && bytes.Equal(compact.Bytes(), data) && bytes.ContainsAny(data, "{[")
	return editForm{indented, bytes.HasSuffix(data, []byte("\n"))}
}

// shown is the data as the editor gets it. A last line without an end gets one, as editors write it.
func (f editForm) shown(data []byte) []byte {
	if f.indented {
		var b bytes.Buffer
		if json.Indent(&b, data, "", "    ") == nil {
			data = b.Bytes()
		}
	}
	if len(data) == 0 || f.endsLine {
		return data
	}
	return append(bytes.Clone(data), '\n')
}

// keep adds to the failure of an edit where what was written is kept; a file in which nothing was written is
// removed.
func (f editForm) keep(failure error, file string, before []byte) error {
	if written, err := os.ReadFile(file); err == nil && bytes.Equal(written, f.shown(before)) {
		os.Remove(file)
		return failure
	}
	return message.Errorf("%w\nWhat you wrote is kept in %s", failure, file)
}

// edited has the file edited, and returns the data that it then stands for.
func (f editForm) edited(ctx context.Context, env command.Env, file string, before []byte) ([]byte, error) {
	cmd := program.EditorOf(file)
	if err := command.RunOnTerminal(ctx, env, cmd); err != nil {
		return nil, message.Errorf("the editor %s failed: %w", program.Editor(), err)
	}
	written, err := os.ReadFile(file)
	if err != nil {
		return nil, message.Errorf("read what was edited: %w", err)
	}
	if bytes.Equal(written, f.shown(before)) {
		return before, nil
	}
	if f.indented {
		var b bytes.Buffer
		if err := json.Compact(&b, written); err != nil {
			return nil, message.Errorf("it is not JSON any more: %w", err)
		}
		return b.Bytes(), nil
	}
	if !f.endsLine {
		written = bytes.TrimSuffix(written, []byte("\n"))
	}
	return written, nil
}
