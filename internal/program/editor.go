package program

import (
	"cmp"
	"os"
	"os/exec"
)

// Editor is the person's editor: $VISUAL, else $EDITOR, else vi. It may have arguments.
func Editor() string { return cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), "vi") }

// EditorOf is the command that has the person edit a file. The caller sets its standard input and output.
func EditorOf(file string) *exec.Cmd {
	return exec.Command("sh", "-c", Editor()+` "$1"`, "sh", file)
}
