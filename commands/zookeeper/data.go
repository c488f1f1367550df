package zookeeper

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/internal/bytesize"
	"pegashell/internal/homefile"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
)

// mostData bounds what is read for a znode, which servers bound to 1 MiB unless they are configured otherwise.
const mostData = 64 << 20

// standardInputs are the names of the program's standard input.
var standardInputs = []string{"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/proc/thread-self/fd/0"}

// dataFlags are where the data of a znode comes from: a word of the line, or a file.
type dataFlags struct {
	file  string
	flags *pflag.FlagSet
}

func (d *dataFlags) declare(flags *command.FlagSet) {
	flags.StringVar(&d.file, "file", "", "take the data from this file, byte by byte")
	flags.Complete("file", complete.HomeFile)
	d.flags = flags.FlagSet
}

// read returns the data; nil where neither word nor file has any.
func (d *dataFlags) read(ctx context.Context, env Env, name string, word []string) ([]byte, error) {
	fromFile := d.flags.Changed("file")
	switch {
	case fromFile && len(word) > 0:
		return nil, outcome.WrongUse("%s: DATA and --file cannot be used together", name)
	case len(word) > 0:
		return []byte(word[0]), nil
	case !fromFile:
		return nil, nil
	}
	file, err := homefile.Expand(d.file)
	if err != nil {
		return nil, err
	}
	if env.LinesFromInput() && slices.Contains(standardInputs, filepath.Clean(file)) {
		return nil, outcome.WrongUse("%s: --file: the shell reads its lines from the standard input, which therefore has no data: use -x, or write the data to a file", name)
	}
	data, err := readFile(ctx, file)
	if err != nil && ctx.Err() == nil {
		return nil, message.Errorf("read the data: %w", err)
	}
	return data, err
}

// readFile reads a file until ctx ends. A pipe that nobody writes to keeps even its opening waiting, which
// goes on in the background then.
func readFile(ctx context.Context, name string) ([]byte, error) {
	type content struct {
		data []byte
		err  error
	}
	read := make(chan content, 1)
	go func() {
		file, err := os.Open(name)
		if err != nil {
			read <- content{err: err}
			return
		}
		defer file.Close()
		defer context.AfterFunc(ctx, func() { file.SetReadDeadline(time.Unix(1, 0)) })()
		data, err := io.ReadAll(io.LimitReader(file, mostData+1))
		if err == nil && len(data) > mostData {
			err = message.Errorf("%s has more than %s", name, bytesize.String(mostData))
		}
		read <- content{data, err}
	}()
	select {
	case c := <-read:
		if c.err != nil {
			return nil, c.err
		}
		return c.data, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
