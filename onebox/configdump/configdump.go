// Package configdump writes the configuration that a simulated server runs with as the remote
// command config-dump of a Pegasus server does.
//
// The shape, from recordings of 2.5.0: sections by name; in each the keys that the file does not
// have, with their defaults, by name, then those of the file in its order; above each key a comment
// with its meaning, which is empty for a key that no code has described, and a blank line after it.
package configdump

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pegashell/internal/ini"
)

// FullTasks makes a dump as long as that of a real server, which has a section for each of its
// tasks: some 16,700 lines, 600 KB. It is a value for [onebox] config_dump_tasks.
const FullTasks = 330

// maxTasks bounds what a configuration may request.
const maxTasks = 10_000

// Text returns the configuration in f, completed with the defaults of what the server reads. app is
// "meta" or "replica". The text does not follow later changes of the file: a server makes it once,
// at its start.
func Text(f *ini.File, app string) (string, error) {
	tasks, err := f.Int("onebox", "config_dump_tasks", 0)
	if err != nil {
		return "", err
	}
	if tasks < 0 || tasks > maxTasks {
		return "", fmt.Errorf("[onebox] config_dump_tasks: %d is out of range", tasks)
	}
	known := described(app)
	sections := make(map[string]bool)
	for _, s := range f.Sections() {
		sections[s] = true
	}
	for s := range known {
		sections[s] = true
	}
	var w strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		if name > taskSection {
			writeTasks(&w, int(tasks))
			tasks = 0
		}
		writeSection(&w, f, name, known[name])
	}
	writeTasks(&w, int(tasks))
	return w.String(), nil
}

// writeSection writes a section: known are the keys that the server reads in it.
func writeSection(w *strings.Builder, f *ini.File, name string, known []key) {
	meaning := make(map[string]string)
	beginSection(w, name)
	for _, k := range known {
		meaning[k.name] = k.meaning
		if _, found := f.Lookup(name, k.name); !found {
			writeKey(w, k.name, k.meaning, k.fallback)
		}
	}
	for _, k := range f.Keys(name) {
		writeKey(w, k, meaning[k], f.String(name, k, ""))
	}
	w.WriteByte('\n')
}

func beginSection(w *strings.Builder, name string) { fmt.Fprintf(w, "[%s]\n", name) }

func writeKey(w *strings.Builder, name, meaning, value string) {
	fmt.Fprintf(w, "; %s\n%s = %s\n\n", meaning, name, value)
}

// writeTasks writes n sections as a real server has them for its tasks.
func writeTasks(w *strings.Builder, n int) {
	for i := range n {
		beginSection(w, fmt.Sprintf("%sRPC_SIMULATED_%03d", taskSection, i))
		for _, k := range taskKeys {
			writeKey(w, k.name, k.meaning, k.fallback)
		}
		w.WriteByte('\n')
	}
}
