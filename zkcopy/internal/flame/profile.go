package main

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// frame is a function as it was called from one way of callers, with the time
// of all that it called.
type frame struct {
	name  string
	time  int64 // nanoseconds
	calls map[string]*frame
}

func (f *frame) add(time int64) { f.time += time }

// call is the frame of a function that this one calls.
func (f *frame) call(name string) *frame {
	if f.calls == nil {
		f.calls = map[string]*frame{}
	}
	if f.calls[name] == nil {
		f.calls[name] = &frame{name: name}
	}
	return f.calls[name]
}

// sample is a stack, as numbers of locations, the innermost first.
type sample struct {
	time      int64
	locations []string
}

// read reads a profile in the text form of go tool pprof -raw: samples, one a
// line, and then locations, each with the functions that were made one there by
// the compiler, the innermost first.
func read(r io.Reader) (*frame, error) {
	var samples []sample
	locations := map[string][]string{}
	section, last := "", ""
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		fields := strings.Fields(line)
		switch {
		case line == "Samples:", line == "Locations", line == "Mappings":
			section = line
		case section == "Samples:" && len(fields) > 2 && strings.HasSuffix(fields[1], ":"):
			time, err := strconv.ParseInt(strings.TrimSuffix(fields[1], ":"), 10, 64)
			if err != nil {
				return nil, err
			}
			samples = append(samples, sample{time, fields[2:]})
		case section == "Locations" && len(fields) > 3 && strings.HasSuffix(fields[0], ":"):
			last = strings.TrimSuffix(fields[0], ":")
			locations[last] = []string{fields[3]}
		case section == "Locations" && len(fields) > 0:
			locations[last] = append(locations[last], fields[0])
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(samples) == 0 {
		return nil, errors.New("it has no samples")
	}
	root := &frame{}
	for _, s := range samples {
		at := root
		at.add(s.time)
		for i := len(s.locations) - 1; i >= 0; i-- {
			names := locations[s.locations[i]]
			for k := len(names) - 1; k >= 0; k-- {
				at = at.call(names[k])
				at.add(s.time)
			}
		}
	}
	return root, nil
}
