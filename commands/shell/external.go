package shell

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/program"
)

// ExternalCommand returns a command that runs a program of the site.
func ExternalCommand(m manifest.External) *command.Command {
	example := m.Name
	if len(m.Words) > 0 {
		example += " " + m.Words[0]
	}
	return &command.Command{
		Name:     m.Name,
		Plugin:   command.PluginExternal,
		Reads:    m.Reads,
		Summary:  cmp.Or(m.Summary, "run "+filepath.Base(m.Program)),
		Usage:    m.Usage,
		Plain:    true,
		Notes:    "Runs " + commandLine(m.Program, m.Arguments) + " followed by the other words of the line. The exit state is that of the program.",
		Examples: []string{example},
		RestArgs: complete.Plain(m.Words...).Complete,
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, args []string) error {
				return externalRun(ctx, env, m, args)
			}
		},
	}
}

func externalRun(ctx context.Context, env Env, m manifest.External, args []string) error {
	if m.Confirm {
		if err := env.ConfirmUnsafe(ctx, "run "+commandLine(m.Name, args)); err != nil {
			return err
		}
	}
	env.Begin()
	cmd := exec.Command(m.Program, slices.Concat(m.Arguments, args)...)
	cmd.Env = append(cmd.Environ(), clusterVariables(env, ctx)...)
	if limit := time.Duration(m.Timeout); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	if env.Terminal() != nil {
		cmd.Stdin = env.Terminal()
	}
	err := command.RunProgram(ctx, env, cmd)
	var stopped *program.StopError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stopped) && errors.Is(err, context.DeadlineExceeded):
		limit := time.Duration(m.Timeout)
		if len(stopped.Running) > 0 {
			return message.Errorf("%s did not end within %v, could not be stopped and is still running (%s)", m.Name, limit, stopped.PIDs())
		}
		return message.Errorf("%s was stopped: it did not end within %v", m.Name, limit)
	}
	return fmt.Errorf("%s: %w", m.Name, err)
}
