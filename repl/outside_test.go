package repl

import (
	"path/filepath"
	"testing"
)

func TestAPersonUsesProgramsOutsideOfTheShell(t *testing.T) {
	folder := t.TempDir()
	c := startShell(t, func(c *console) {
		c.cmd.Env = append(c.cmd.Env, "SHELL=/bin/sh", "VISUAL=", "EDITOR=sed -i s/one/two/", "TMPDIR="+folder)
	})
	c.ready()
	c.typeIn("!echo $((40+2)); exit 3\r")
	c.expect("42")
	c.expect("sh exited with 3")
	c.ready()
	c.typeIn(" ! stty -echo; echo ls && echo $?\r") // no joiner, and the settings come back
	c.expect("ls")
	c.ready()
	c.typeIn("say one\x18\x05")
	c.expect("two")
	c.typeIn(" more\r")
	c.expect(`said ["two" "more"]`)
	c.ready()
	c.typeIn("!echo 'say a\r")
	c.ready() // sh has said what is wrong with it
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("the editor's file is left: %v", left)
	}
	c.typeIn("exit\r")
	c.exits(ExitOK)
}

func TestAnEditorCanLeaveSeveralLines(t *testing.T) {
	c := startShell(t, func(c *console) {
		c.cmd.Env = append(c.cmd.Env, "VISUAL=printf 'say a\\nsay b\\n' >", "EDITOR=false")
	})
	c.ready()
	c.typeIn("say none\x18\x05")
	c.expect("2 lines")
	c.typeIn("\r")
	c.expect(`said ["a"]`)
	c.expect(`said ["b"]`)
	c.ready()
	c.typeIn("exit\r")
	c.exits(ExitOK)
}

func TestAFailedEditorLeavesTheLine(t *testing.T) {
	c := startShell(t, func(c *console) { c.cmd.Env = append(c.cmd.Env, "VISUAL=false") })
	c.ready()
	c.typeIn("say it\x18\x05")
	c.expect("ERROR: the editor false failed: sh exited with 1")
	c.ready()
	c.typeIn("\r")
	c.expect(`said ["it"]`)
	c.ready()
	c.typeIn("exit\r")
	c.exits(ExitOK)
}

func TestAScriptRunsNothingOutside(t *testing.T) {
	folder := t.TempDir()
	runScript(t, "!touch "+filepath.Join(folder, "made")+"\n", false)
	if made, _ := filepath.Glob(filepath.Join(folder, "*")); len(made) > 0 {
		t.Errorf("a script has made %v", made)
	}
}
