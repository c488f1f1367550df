// Flame draws profiles as flame graphs, one below the other in one picture: each
// function as wide as its share of the profile's time. It reads what go tool
// pprof -raw prints.
//
//	flame TITLE=PROFILE.txt ... > picture.svg
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "flame:", err)
		os.Exit(1)
	}
}

func run(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return errors.New("no profile is named")
	}
	var graphs []graph
	for _, argument := range arguments {
		title, name, ok := strings.Cut(argument, "=")
		if !ok {
			return fmt.Errorf("%q is not TITLE=PROFILE", argument)
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		root, err := read(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		graphs = append(graphs, graph{title, root})
	}
	w := bufio.NewWriter(out)
	draw(w, graphs)
	return w.Flush()
}
