package program

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
)

// Editor is the person's editor: $VISUAL, else $EDITOR, else vi. It may have arguments.
func Editor() string { return cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), "vi") }

// EditorOf is the command that has the person edit a file. The caller sets its standard input and output.
func EditorOf(file string) *exec.Cmd {
	return exec.Command("sh", "-c", Editor()+` "$1"`, "sh", file)
}

// Draft writes a text that is to be edited to a new file, which nobody else can read. On an error there is
// no such file.
func Draft(text []byte) (name string, err error) {
	file, err := os.CreateTemp("", "pegashell-*.txt")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		os.Remove(file.Name())
		return "", err
	}
	return file.Name(), nil
}
