package repl

import (
	"fmt"
	"io"
	"strings"
)

// Banner is what the shell says first.
type Banner struct {
	Program string   // name and version of this program
	Config  string   // the manifest that was read, empty for none
	Cluster string   // what the cluster calls itself, empty if that is not known
	Metas   []string // the meta servers as given
}

// Write prints the banner: the seven lines of the original, of which the first names this program.
func (b Banner) Write(w io.Writer) error {
	_, err := fmt.Fprintf(w, `%s
Type "help" for more information.
Type "Ctrl-D" or "Ctrl-C" to exit the shell.

The config file is: %s
The cluster name is: %s
The cluster meta list is: %s
`, b.Program, orElse(b.Config, "none"), orElse(b.Cluster, "unknown"), strings.Join(b.Metas, ","))
	return err
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
