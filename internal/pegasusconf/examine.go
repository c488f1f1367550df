package pegasusconf

import (
	"cmp"
	"slices"
	"strings"

	"pegashell/internal/ini"
	"pegashell/internal/message"
	"pegashell/internal/nearmiss"
)

// Problem is something in the configuration of a meta server.
type Problem struct {
	// Line is from 1; 0 where the problem is in no line.
	Line int
	Key  Key
	// Fatal: a server cannot use the value, or does not start. Otherwise it may be meant so.
	Fatal bool
	Text  message.Text
}

// needed are the keys without which a meta server does not start (rDSN and Pegasus:
// parse_server_list, distributed_lock_service_zookeeper::initialize, zookeeper_session).
var needed = []Key{
	{"meta_server", "server_list"},
	{"meta_server", "distributed_lock_service_parameters"},
	{"zookeeper", "hosts_list"},
}

// Examine says what is wrong, or looks so, with the configuration of a meta server, in the order of
// its lines.
func Examine(f *ini.File) []Problem {
	x := examination{file: f}
	for _, e := range f.Entries() {
		x.entry(e)
	}
	for _, k := range needed {
		x.needs(k)
	}
	x.services()
	slices.SortStableFunc(x.found, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return x.found
}

type examination struct {
	file  *ini.File
	found []Problem
}

func (x *examination) add(line int, k Key, fatal bool, text message.Text) {
	x.found = append(x.found, Problem{line, k, fatal, text})
}

// entry looks at one line.
func (x *examination) entry(e ini.Entry) {
	k := Key{e.Section, e.Key}
	switch {
	case e.First > 0:
		counts, _ := x.file.Lookup(e.Section, e.Key)
		x.add(e.Line, k, false, message.New("%s = %s is skipped: line %d counts, which has %s", k, e.Value, e.First, cmp.Or(counts, `""`)))
	case strings.Contains(e.Raw, "%{"):
		known := slices.Contains(Shared, k) || KindOf(e.Section, e.Key) != Free
		x.add(e.Line, k, known, message.New("%s = %s has a placeholder for the tool that installs servers: a server reads it as it is", k, e.Raw))
	case e.Raw != e.Value:
		x.add(e.Line, k, false, message.New("%s = %s is filled in from the server's arguments, and empty without such an argument: it was not checked", k, e.Raw))
	case strings.TrimSpace(e.Value) != "":
		if err := Check(e.Section, e.Key, e.Value); err != nil {
			x.add(e.Line, k, true, message.New("%w", err))
		}
	}
	if place, ok := elsewhere(k); ok {
		x.add(e.Line, k, false, message.New("no server reads %s: the key belongs in section [%s]", k, place))
	}
}

// elsewhere returns the section in which a server reads a key that is in a wrong one, as hosts_list in
// a document of Pegasus.
func elsewhere(k Key) (section string, wrong bool) {
	if slices.Contains(Shared, k) {
		return "", false
	}
	for _, shared := range Shared {
		if shared.Key == k.Key && (k.Section == "meta_server" || k.Section == "zookeeper") {
			return shared.Section, true
		}
	}
	return "", false
}

// needs requires a key with a value.
func (x *examination) needs(k Key) {
	value, there := x.file.Lookup(k.Section, k.Key)
	if strings.TrimSpace(value) != "" || x.placeholder(k) {
		return
	}
	line := x.file.Line(k.Section, k.Key)
	if there {
		x.add(line, k, true, message.New("%s is empty: a meta server does not start without it", k))
		return
	}
	var near message.Text
	if question := nearmiss.Question(k.Key, x.file.Keys(k.Section)); !question.IsZero() {
		near = message.Join("", message.Verbatim(": "), question)
	}
	x.add(line, k, true, message.New("%s is missing: a meta server does not start without it%s", k, near))
}

// placeholder says that a key has one, of which is said enough.
func (x *examination) placeholder(k Key) bool {
	return slices.ContainsFunc(x.file.Entries(), func(e ini.Entry) bool {
		return e.Section == k.Section && e.Key == k.Key && e.First == 0 && e.Raw != e.Value
	})
}

// services looks at what makes a server a meta server of a cluster in ZooKeeper.
func (x *examination) services() {
	for _, service := range []struct {
		Key
		simple string
	}{
		{Key{"meta_server", "distributed_lock_service_type"}, "distributed_lock_service_simple"},
		{Key{"meta_server", "meta_state_service_type"}, "meta_state_service_simple"},
	} {
		k, simple := service.Key, service.simple
		line := x.file.Line(k.Section, k.Key)
		switch value, there := x.file.Lookup(k.Section, k.Key); {
		case value == simple:
			x.add(line, k, false, message.New("%s = %s does not use ZooKeeper", k, value))
		case !there:
			x.add(line, k, false, message.New("%s is missing: old releases then use %s, which does not use ZooKeeper", k, simple))
		}
	}
	root := Key{"meta_server", "cluster_root"}
	if _, there := x.file.Lookup(root.Section, root.Key); !there {
		x.add(x.file.Line(root.Section, root.Key), root, false, message.New("%s is missing: a server then uses %s", root, defaults[root]))
	}
	if !slices.Contains(x.file.Sections(), "apps.meta") {
		x.add(0, Key{Section: "apps.meta"}, false, message.New("there is no section [apps.meta]: it is not the configuration of a meta server"))
	}
}
