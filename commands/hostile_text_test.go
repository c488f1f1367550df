package commands_test

import (
	"context"
	"fmt"
	"net"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-zookeeper/zk"

	"pegashell/commands/command"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/metaadmin/wire"
)

// controls are all characters that a terminal obeys, joins or hides, but line ends and tabs, and bytes
// that are no characters. The escape sequence is one of our own colours.
var controls = func() string {
	var b strings.Builder
	for r := rune(0); r <= 0x9f; r++ {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			b.WriteRune(r)
		}
	}
	return b.String() + "\x1b[31m\x9b2J\xff\u202e\u2066\u200b\u200d\u2028\u00ad\ufeff"
}()

// checkShown fails for a character that is not to reach a terminal.
func checkShown(t *testing.T, line, printed string) {
	t.Helper()
	rest := shelltest.Escapes.ReplaceAllString(printed, "")
	for i, r := range rest {
		if r == utf8.RuneError || !unicode.IsGraphic(r) && r != '\n' && r != '\t' {
			t.Errorf("%s: %q reached the terminal: %.200q", line, r, rest[max(0, i-60):])
			return
		}
	}
	if strings.Contains(printed, "\x1b[31mred") {
		t.Errorf("%s: a server coloured its text: %q", line, printed)
	}
}

// fill gives every text of an answer control characters, and one element to each list.
func fill(v reflect.Value, code wire.ErrorCode) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), code)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), code)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(controls))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), code)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, code)
		fill(value, code)
		v.SetMapIndex(key, value)
	case reflect.String:
		if v.Type() == reflect.TypeFor[wire.ErrorCode]() {
			v.SetString(string(code))
			return
		}
		v.SetString("text" + controls + "\x1b[31mred")
	case reflect.Int32, reflect.Int64, reflect.Int8, reflect.Int16:
		v.SetInt(1)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// hostile answers everything with texts of control characters.
func hostile(code wire.ErrorCode) metatest.Behaviour {
	return func(nc net.Conn, q *wire.Request) error {
		shape, known := wire.Shapes[q.RPC]
		if !known {
			return fmt.Errorf("%q is unknown", q.RPC)
		}
		answer := shape.Response()
		fill(reflect.ValueOf(answer).Elem(), code)
		return metatest.Answer(nc, q, wire.OK, answer)
	}
}

// commandPatience ends commands that wait for what the server never says.
const commandPatience = time.Second / 4

var hosts = regexp.MustCompile(`\d+\.\d+\.\d+\.\d+(:\d+)?|[a-z0-9-]+(\.[a-z]+)*:\d+`)

// examplesOf are lines of a command that may be run anywhere: with other servers than theirs.
func examplesOf(c *command.Command, server string) (lines []string) {
	for _, line := range append([]string{c.Name, c.Name + " x", c.Name + " x y", c.Name + " 1.1"}, c.Examples...) {
		if !strings.HasPrefix(line, "watch ") { // it draws pages of what its line prints
			lines = append(lines, hosts.ReplaceAllString(line, server))
		}
	}
	return lines
}

func TestNoCommandLetsAServerControlTheTerminal(t *testing.T) {
	refused := metatest.Refusing(t)
	endless := map[string]bool{"watch": true, "exit": true, "source": true} // or of other lines
	for name, code := range map[string]wire.ErrorCode{"good answers": wire.OK, "errors": "ERR_" + wire.ErrorCode(controls) + "\x1b[31mred"} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			s := shelltest.Start(t, hostile(code)).OnScreen()
			seen := 0
			for _, c := range s.Registry.Commands() {
				if endless[c.Name] {
					continue
				}
				for _, line := range examplesOf(c, refused) {
					ctx, cancel := context.WithTimeout(t.Context(), commandPatience)
					out, diagnostics, _ := s.RunIn(ctx, line, "y", "y", "y")
					cancel()
					checkShown(t, line, out)
					checkShown(t, line, diagnostics)
					if strings.Contains(out+diagnostics, `\x1b[31mred`) {
						seen++
						break
					}
				}
			}
			if seen < 15 {
				t.Errorf("only %d commands printed a text of the server", seen)
			}
		})
	}
}

// A tree has what ZooKeeper lets others write: names without ASCII's controls, and any data.
func TestNoTreeControlsTheTerminal(t *testing.T) {
	z := shelltest.StartZooKeeper(t)
	z.OnScreen()
	const name = "/a\u202eb\u200b\u2028c"
	for _, tree := range []string{"/hostile", "/other2"} {
		z.Create(t, tree, 0)
		if _, err := z.Conn.Create(z.Root+tree+name, []byte(controls), 0, zk.WorldACL(zk.PermAll)); err != nil {
			t.Fatal(err)
		}
		if _, err := z.Conn.Create(z.Root+tree+name+"/child", []byte(`{"status":"`+controls+`"}`), 0, zk.DigestACL(zk.PermAll, "u\u202e", "p")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := z.Conn.Set(z.Root+"/other2"+name, []byte("else"), -1); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	tree, other := z.Addr+z.Root+"/hostile", z.Addr+z.Root+"/other2"
	for _, line := range []string{
		"zk_ls " + tree, "zk_ls -d " + tree, "zk_ls -r " + tree, "zk_ls -r -d " + tree, "zk_ls '" + tree + name + "'",
		"zk_check " + tree, "zk_diff " + tree + " " + other, "zk_copy -s " + tree + " -t " + z.Addr + z.Root + "/copied --dry_run",
		"zk_copy -s " + tree + " -t " + z.Addr + z.Root + "/copied", "zk_backup " + tree + " x.zkb", "zk_restore x.zkb " + z.Addr + z.Root + "/restored --dry_run",
		"zk_rmr " + other + " --dry_run", "zk_rmr '" + other + name + "' -y --force unknown_cluster,connected_tree",
	} {
		out, diagnostics, _ := z.Run(line)
		checkShown(t, line, out)
		checkShown(t, line, diagnostics)
		if line == "zk_ls "+tree && !strings.Contains(out, `a\u202eb`) {
			t.Errorf("%s: the name is not shown: %q", line, out)
		}
	}
}
