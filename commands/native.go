package commands

import (
	"context"
	"os/exec"
	"slices"
	"strings"

	"pegashell/internal/words"
)

// nativeCommand has a line carried out by the original shell, with which a manifest completes this one: the line
// goes to its standard input, and what it prints is printed as it is.
func nativeCommand(native, words []string) *Command {
	return &Command{
		Name:  words[0],
		Plain: true,
		Prepare: func(*FlagSet) Run {
			return func(ctx context.Context, env *Env, _ []string) error { return nativeRun(ctx, env, native, words) }
		},
	}
}

func nativeRun(ctx context.Context, env *Env, native, line []string) error {
	args := native[1:]
	if env.Cluster != nil {
		args = slices.Concat(args, []string{"--cluster", strings.Join(env.Cluster.Metas, ",")})
	}
	quoted := make([]string, len(line))
	for i, word := range line {
		quoted[i] = words.Quote(word)
	}
	cmd := exec.Command(native[0], args...)
	cmd.Stdin = strings.NewReader(strings.Join(quoted, " ") + "\n")
	return env.runProgram(ctx, cmd)
}
