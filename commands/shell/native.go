package shell

import (
	"context"
	"os/exec"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/internal/words"
)

// NativeCommand sends a line to the original shell, which a manifest can name for commands that are
// missing here: the line goes to its standard input, and its output is printed unchanged.
func NativeCommand(native, words []string) *command.Command {
	return &command.Command{
		Name:  words[0],
		Plain: true,
		Prepare: func(*command.FlagSet) command.Run {
			return func(ctx context.Context, env command.Env, _ []string) error {
				return nativeRun(ctx, env, native, words)
			}
		},
	}
}

func nativeRun(ctx context.Context, env Env, native, line []string) error {
	args := native[1:]
	if env.Cluster() != nil {
		args = slices.Concat(args, []string{"--cluster", strings.Join(env.Cluster().Metas, ",")})
	}
	quoted := make([]string, len(line))
	for i, word := range line {
		quoted[i] = words.Quote(word)
	}
	env.Begin()
	cmd := exec.Command(native[0], args...)
	cmd.Stdin = strings.NewReader(strings.Join(quoted, " ") + "\n")
	return command.RunProgram(ctx, env, cmd)
}
