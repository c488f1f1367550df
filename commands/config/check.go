package config

import (
	"context"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/pegasusconf"
	"pegashell/internal/serverfile"
	"pegashell/metaadmin"
)

// checked is what was found out about one configuration.
type checked struct {
	of *serverfile.Configuration
	// server is the meta server that it is for; "" where that is not known.
	server string
	// err is why it could not be read; then nothing below is known.
	err error
	// file is what a server would understand of it, and problems what is wrong with it.
	file     *ini.File
	problems []pegasusconf.Problem
	// compared: its server said what it runs with, and restart is what a restart would change;
	// doubt is why it was not compared.
	compared bool
	restart  []changedKey
	doubt    message.Text
}

// changedKey is a key whose value a server runs with differs from that of its file.
type changedKey struct {
	pegasusconf.Key
	line          int // 0 where the file does not have the key
	running, file string
	isRunning     bool // false where the server does not have the key
}

// usable says that a server starts with the configuration and uses every value as it is meant.
func (c *checked) usable() bool { return c.err == nil && c.fatal() == 0 }

func (c *checked) fatal() int {
	n := 0
	for _, p := range c.problems {
		if p.Fatal {
			n++
		}
	}
	return n
}

// check reads a configuration and examines it.
func check(ctx context.Context, c *serverfile.Configuration) (*checked, error) {
	data, err := c.Read(ctx)
	if err == nil {
		err = c.CheckText(data)
	}
	if err != nil {
		return &checked{of: c, server: c.Server, err: err}, nil
	}
	file, wrong := ini.Examine(c.File(), data)
	found := &checked{of: c, server: c.Server, file: file}
	for _, w := range wrong {
		found.problems = append(found.problems, pegasusconf.Problem{Line: w.Line, Fatal: true,
			Text: message.New("a server does not start with this: %s", w.Text)})
	}
	found.problems = append(found.problems, pegasusconf.Examine(file)...)
	slices.SortStableFunc(found.problems, func(a, b pegasusconf.Problem) int { return a.Line - b.Line })
	return found, nil
}

// attribute finds out whose the configurations are of which only a file was named: that of a server
// of the manifest, or of the only one with its port. Two files cannot be those of one server.
func attribute(all []*checked, d serverfile.Directory) {
	known, _ := d.All()
	taken := map[string]int{}
	for _, c := range all {
		if c.server == "" && c.err == nil {
			c.server = ownerOf(c, known, d.Servers())
		}
		if c.server != "" {
			taken[c.server]++
		}
	}
	for _, c := range all {
		if taken[c.server] > 1 && c.of.Server == "" {
			c.server = ""
		}
	}
}

func ownerOf(c *checked, known []*serverfile.Configuration, servers []string) string {
	for _, k := range known {
		if k.Path != "" && sameFile(k.Path, c.of.Path) {
			return k.Server
		}
	}
	ports := c.file.List("apps.meta", "ports")
	owner := ""
	for _, server := range servers {
		_, port, _ := net.SplitHostPort(server)
		switch {
		case !slices.Contains(ports, port):
		case owner != "":
			return ""
		default:
			owner = server
		}
	}
	return owner
}

func sameFile(a, b string) bool {
	real := func(path string) string {
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
		return path
	}
	return real(a) == real(b)
}

// compareRunning asks the servers for what they run with, all at once.
func compareRunning(ctx context.Context, admin *metaadmin.Client, all []*checked) {
	var asking sync.WaitGroup
	for _, c := range all {
		switch {
		case c.err != nil:
		case c.server == "":
			c.doubt = message.New("it is not known which meta server uses it")
		case admin == nil:
			c.doubt = message.New("no cluster is connected")
		default:
			asking.Go(func() {
				running, err := admin.ServerValues(ctx, c.server)
				if err != nil {
					c.doubt = message.New("%s does not say what it runs with: %w", c.server, err)
					return
				}
				c.compared, c.restart = true, changedKeys(c.file, running)
			})
		}
	}
	asking.Wait()
}

// changedKeys are the keys of a file that a restart would change. A value that comes from the
// server's arguments is not compared.
func changedKeys(file *ini.File, running map[metaadmin.ConfigKey]string) []changedKey {
	var changed []changedKey
	compare := func(k pegasusconf.Key, value string) {
		now, ok := running[metaadmin.ConfigKey{Section: k.Section, Key: k.Key}]
		if !ok || !pegasusconf.Same(k, now, value) {
			line := 0
			if _, there := file.Lookup(k.Section, k.Key); there {
				line = file.Line(k.Section, k.Key)
			}
			changed = append(changed, changedKey{k, line, now, value, ok})
		}
	}
	for _, e := range file.Entries() {
		if e.First == 0 && e.Raw == e.Value {
			compare(pegasusconf.Key{Section: e.Section, Key: e.Key}, e.Value)
		}
	}
	for _, k := range pegasusconf.Shared { // that the file does not have any more
		if _, there := file.Lookup(k.Section, k.Key); !there {
			compare(k, pegasusconf.Effective(file, k))
		}
	}
	return changed
}

// differing are the shared keys that do not have the same value in all configurations that were
// read, and equal those that have.
func differing(all []*checked) (differ, equal []pegasusconf.Key) {
	var read []*checked
	for _, c := range all {
		if c.err == nil {
			read = append(read, c)
		}
	}
	for _, k := range pegasusconf.Shared {
		other := slices.ContainsFunc(read, func(c *checked) bool {
			return !pegasusconf.Same(k, pegasusconf.Effective(read[0].file, k), pegasusconf.Effective(c.file, k))
		})
		switch {
		case len(read) == 0:
		case other:
			differ = append(differ, k)
		default:
			equal = append(equal, k)
		}
	}
	return differ, equal
}

// position is FILE:LINE, or the file where there is no line; of a server that only programs reach,
// whose name ends in a number, the line has a word of its own.
func (c *checked) position(line int) string {
	switch {
	case line == 0:
		return c.of.File()
	case c.of.Path == "":
		return c.of.File() + " line " + strconv.Itoa(line)
	}
	return c.of.File() + ":" + strconv.Itoa(line)
}

// running says in a word how the file lies to what its server runs with.
func (c *checked) running() string {
	switch {
	case !c.compared:
		return "unknown"
	case len(c.restart) > 0:
		return "different"
	}
	return "same"
}
