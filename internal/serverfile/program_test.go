package serverfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pegashell/internal/manifest"
)

const oldText, newText = "[zookeeper]\nhosts_list = old:1\n", "[zookeeper]\nhosts_list = new:1\n"

// behindPrograms is the configuration of m1:1 in a file that only scripts of a site reach: they have
// its name in $FILE.
func behindPrograms(t *testing.T, read, write string) (c *Configuration, file string) {
	t.Helper()
	file = fileWith(t, oldText)
	t.Setenv("FILE", file)
	s := manifest.Server{ReadConfig: []string{"sh", "-c", read}}
	if write != "" {
		s.WriteConfig = []string{"sh", "-c", write}
	}
	d := testDirectory(t, map[string]manifest.Server{"m1:1": s})
	d.Patience = 20 * time.Second
	return find(t, d, "m1:1"), file
}

const reads, writes = `cat "$FILE"`, `cat > "$FILE"`

func TestProgramsReadAndWriteAConfiguration(t *testing.T) {
	c, file := behindPrograms(t, reads+`; echo "$PEGASHELL_SERVER" > "$FILE.who"`, writes)
	backup, err := c.Write(t.Context(), []byte(oldText), []byte(newText))
	if err != nil || content(t, file) != newText || content(t, backup) != oldText {
		t.Fatalf("error %v, file %q", err, content(t, file))
	}
	if want := filepath.Join(c.dir.State, "configurations", "c1", "m1:1.bak-20270115_080000"); backup != want {
		t.Errorf("kept as %s, want %s", backup, want)
	}
	if who := content(t, file+".who"); who != "m1:1\n" {
		t.Errorf("the program was told the server %q", who)
	}
	if info, _ := os.Stat(filepath.Dir(backup)); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of the copies has the mode %o", info.Mode().Perm())
	}
}

func TestProgramsThatDoNotRead(t *testing.T) {
	for name, c := range map[string]struct{ read, want string }{
		"fails":       {"echo one >&2; echo 'no \033[31mroute to host' >&2; exit 255", "exited with 255: no [31mroute to host"},
		"fails after": {reads + "; exit 1", "exited with 1"},
		"killed":      {"kill -9 $$", "was ended by signal 9"},
		"hangs":       {reads + "; sleep 600", "did not end within 200ms"},
		"too much":    {"head -c 17000000 /dev/zero", "is larger than 16 MiB"},
		"nothing":     {":", "printed nothing"},
		"garbage":     {"printf 'a\\0b'", "zero byte on line 1"},
		"no INI":      {"echo Welcome", `m1:1:1: key "Welcome" is before the first section`},
	} {
		t.Run(name, func(t *testing.T) {
			conf, _ := behindPrograms(t, c.read, "")
			if name == "hangs" {
				conf.dir.Patience = 200 * time.Millisecond
			}
			_, err := conf.Load(t.Context())
			if err == nil || !strings.HasPrefix(err.Error(), "m1:1:") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestProgramsThatDoNotWrite(t *testing.T) {
	for name, c := range map[string]struct {
		write, want, holds string
		damaged            bool
	}{
		"fails before":     {"echo no permission >&2; exit 3", "exited with 3: no permission", oldText, false},
		"fails after":      {writes + "; exit 3", "it holds the new text, though its program failed", newText, true},
		"does nothing":     {"cat > /dev/null", "reported success, but the configuration that was read back is the old one", oldText, false},
		"reads nothing":    {":", "read back is the old one", oldText, false},
		"writes half":      {`head -c 12 > "$FILE"`, "it holds neither the old nor the new text: read back it differs from what was written, from line 2 on (12 bytes, not 31)", newText[:12], true},
		"half and fails":   {`head -c 20 > "$FILE"; exit 1`, "exited with 1\nm1:1: it holds neither", newText[:20], true},
		"adds something":   {`{ echo '; written by a tool'; cat; } > "$FILE"`, "from line 1 on", "; written by a tool\n" + newText, true},
		"removes it":       {`rm "$FILE"`, "could not be read back", "", true},
		"ends line breaks": {`tr -d '\n' > "$FILE"`, "neither the old nor the new text", strings.ReplaceAll(newText, "\n", ""), true},
	} {
		t.Run(name, func(t *testing.T) {
			conf, file := behindPrograms(t, reads, c.write)
			backup, err := conf.Write(t.Context(), []byte(oldText), []byte(newText))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
			got, _ := os.ReadFile(file)
			if string(got) != c.holds {
				t.Errorf("the file holds %q, want %q", got, c.holds)
			}
			var damage *DamageError
			if errors.As(err, &damage) != c.damaged {
				t.Errorf("damaged: %t, want %t", !c.damaged, c.damaged)
			}
			all, _ := conf.Backups()
			if c.damaged && (len(all) != 1 || damage.Backup != all[0].Path || backup != all[0].Path || content(t, backup) != oldText) {
				t.Errorf("kept %v, named %s", all, backup)
			}
			if !c.damaged && len(all) != 0 {
				t.Errorf("kept %v of a configuration that was not changed", all)
			}
		})
	}
}

func TestAnInterruptedWriteSaysWhatWasLeft(t *testing.T) {
	conf, file := behindPrograms(t, reads, `head -c 12 > "$FILE"; echo > "$FILE.begun"; sleep 600`)
	begun := file + ".begun"
	if err := syscall.Mkfifo(begun, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		defer cancel()
		if _, err := os.ReadFile(begun); err != nil {
			t.Error(err)
		}
	}()
	_, err := conf.Write(ctx, []byte(oldText), []byte(newText))
	var damage *DamageError
	if !errors.As(err, &damage) || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "neither the old nor the new text") {
		t.Errorf("error %v", err)
	}
}
