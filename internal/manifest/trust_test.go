package manifest

import (
	"os"
	"strings"
	"testing"
)

// A file that lies in the folder by chance must not have programs run if others may have written it.
func TestAFileThatOthersCanWriteMayNotDoHarm(t *testing.T) {
	alone(t)
	const harmless = "[clusters.a]\nmeta_servers = [\"a:1\"]\n"
	for content, harm := range map[string]string{
		harmless: "",
		"[[command]]\nname = \"a\"\nprogram = \"b\"\n":               "defines programs to run",
		"[shell]\nnative = [\"b\"]\n":                                "defines programs to run",
		"[shell]\nhistory = \"b\"\n":                                 "names a file to write the history to",
		"[zookeepers.a]\nhosts = [\"a:1\"]\nauth_env = \"SECRET\"\n": "says where credentials are sent",
	} {
		t.Chdir(t.TempDir())
		for mode, open := range map[os.FileMode]bool{0o644: false, 0o600: false, 0o664: true, 0o646: true} {
			if err := os.WriteFile(FileName, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(FileName, mode); err != nil {
				t.Fatal(err)
			}
			_, err := Load("")
			if !open || harm == "" {
				if err != nil {
					t.Errorf("%q with mode %o: %v", content, mode, err)
				}
				continue
			}
			if err == nil || !strings.HasPrefix(err.Error(), "plugins.toml "+harm+" and can be written by others (mode 0") {
				t.Errorf("%q with mode %o: %v", content, mode, err)
			}
			if _, err := Load(FileName); err != nil {
				t.Errorf("named: %v", err)
			}
		}
	}
}

func TestAFileOfAnotherUserMayNotDoHarm(t *testing.T) {
	alone(t)
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile(FileName, []byte("[[command]]\nname = \"a\"\nprogram = \"b\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(FileName, 4242, 4242); err != nil {
		t.Fatal(err)
	}
	_, err := Load("")
	want := "plugins.toml defines programs to run and belongs to user 4242: it is not read; name it with -c to use it all the same"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
