package zookeeper_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pegashell/internal/outcome"
	"pegashell/internal/test/fakezk"
	"pegashell/internal/test/metatest"
	"pegashell/internal/test/shelltest"
	"pegashell/internal/test/zktest"
)

// adminServer answers as the admin server of ZooKeeper 3.8 does, which Debian's package cannot start: it
// lacks the libraries. It serves the answers of one server, and returns its port.
func adminServer(t *testing.T) (port string) {
	t.Helper()
	answers := map[string]string{
		"/commands/ruok":    `{"command": "ruok", "error": null}`,
		"/commands/monitor": `{"version": "3.8.0", "server_state": "standalone", "avg_latency": 0.25, "max_latency": 3, "min_latency": 0, "packets_received": 7, "packets_sent": 6, "num_alive_connections": 1, "outstanding_requests": 0, "znode_count": 5, "watch_count": 0, "ephemerals_count": 0, "approximate_data_size": 44, "open_file_descriptor_count": 60, "max_file_descriptor_count": 1024, "jvm_pause_time_ms": 0, "command": "monitor", "error": null}`,
		"/commands/connections": `{"connections": [{"remote_socket_address": "127.0.0.1:40000", "interest_ops": 1, "outstanding_requests": 0, "packets_received": 2, "packets_sent": 2, "session_id": 72058115875897344,
			"last_operation": "PING", "established": 1795651000000, "session_timeout": 10000, "last_cxid": 1, "last_zxid": 2, "last_response_time": 3, "last_latency": 0, "min_latency": 0, "avg_latency": 1, "max_latency": 4}],
			"secure_connections": [], "command": "connections", "error": null}`,
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
		}
		io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	_, port, _ = net.SplitHostPort(s.Listener.Addr().String())
	return port
}

// What a server says of itself is the same by the word and by the admin server.
func TestServersAreAskedByWordsOrByTheirAdminServers(t *testing.T) {
	t.Parallel()
	port := adminServer(t)
	noWords := zktest.Start(t, zktest.WithProperty("4lw.commands.whitelist", "srvr,conf"))
	words := zktest.Shared(t)
	s := shelltest.Untouched(t)
	hosts, by := words.Addr()+","+noWords.Addr(), " --admin_port "+port
	out, diagnostics, err := s.Run("zk_ruok " + hosts + by)
	if err != nil || strings.Count(out, "imok") != 2 {
		t.Errorf("ruok: error = %v, printed %q and %q", err, out, diagnostics)
	}
	out, diagnostics, err = s.Run("zk_mntr " + hosts + by)
	for line := range strings.Lines(out) {
		if key := strings.Fields(line); len(key) > 2 && strings.HasPrefix(key[0], "zk_") && strings.Contains(line, " - ") {
			t.Errorf("mntr: one of the servers has no %s", key[0])
		}
	}
	if err != nil || strings.Count(out, "standalone") != 2 || strings.Contains(out, "jvm") {
		t.Errorf("mntr: error = %v, printed %q and %q", err, out, diagnostics)
	}
	if out, _, err := s.Run("zk_mntr -a " + words.Addr()); err != nil || !strings.Contains(out, "zk_jvm_pause_time_ms") && !strings.Contains(out, "jvm") {
		t.Errorf("all: error = %v, printed %q", err, out)
	}
	out, diagnostics, err = s.Run("zk_cons -j " + noWords.Addr() + by)
	if err != nil || !strings.Contains(out, `"client": "127.0.0.1:40000", "session": "0x10000797ff78000", "timeout_ms": 10000, "queued": 0, "received": 2, "sent": 2, "avg_latency_ms": 1, "max_latency_ms": 4`) {
		t.Errorf("cons by the admin server: error = %v, printed %q and %q", err, out, diagnostics)
	}
	conn := zktest.Connect(t, words.Addr())
	if _, _, err := conn.Exists("/"); err != nil {
		t.Fatal(err)
	}
	if out, _, err := s.Run("zk_cons -j " + words.Addr()); err != nil || !strings.Contains(out, `"session": "0x`) || !strings.Contains(out, `"client": "127.0.0.1:`) {
		t.Errorf("cons by the word: error = %v, printed %q", err, out)
	}
	refusing := metatest.Refusing(t)
	for line, want := range map[string]struct {
		code int
		says string
	}{
		"zk_ruok " + words.Addr() + "," + refusing:      {1, refusing + ": connection refused"},
		"zk_cons " + noWords.Addr() + " --admin_port 1": {1, "it does not answer the word cons, and its admin server (port 1) does not either: set 4lw.commands.whitelist=cons, or *, in its zoo.cfg"},
		"zk_ruok " + words.Addr() + " --admin_port 0":   {2, "zk_ruok: --admin_port: 0 is no port"},
		"zk_mntr a b":                      {2, "zk_mntr"},
		"zk_ruok /nope":                    {2, "zk_ruok asks servers, not znodes: use HOSTS without /nope, or no argument\n"},
		"zk_cons ./nope":                   {2, "use HOSTS without ./nope"},
		"zk_mntr " + words.Addr() + "/a/b": {2, "zk_mntr asks servers, not znodes: use HOSTS without /a/b, or no argument\n"},
		"zk_ruok " + words.Addr() + "/":    {0, ""},
	} {
		_, diagnostics, err := s.Run(line)
		if outcome.Code(err) != want.code || !strings.Contains(diagnostics, want.says) {
			t.Errorf("%s: code %d, printed %q", line, outcome.Code(err), diagnostics)
		}
	}
}

// A server without a quorum runs, but has no values and no connections; and one that stalls has not answered.
func TestAServerThatDoesNotServeHasNotAnswered(t *testing.T) {
	t.Parallel()
	idle := fakezk.StartWords(t, func(word string) (string, bool) {
		if word == "ruok" {
			return "imok", false
		}
		return "This ZooKeeper instance is not currently serving requests\n", false
	})
	other := fakezk.StartWords(t, func(string) (string, bool) { return "HTTP/1.1 400 Bad Request\n", false })
	s := shelltest.Untouched(t)
	const notServing = ": it is running but does not serve clients: its ensemble has no quorum, or it is starting\n"
	for line, want := range map[string]struct {
		code      int
		out, says string
	}{
		"zk_mntr " + idle:     {1, "", "WARNING: " + idle + notServing},
		"zk_cons " + idle:     {1, "", "WARNING: " + idle + notServing},
		"zk_ruok " + idle:     {0, "imok", ""},
		"zk_ruok -j " + other: {1, `"answer": null`, "WARNING: " + other + `: it answered "HTTP/1.1 400 Bad Request" instead of imok` + "\n"},
		"zk_mntr " + other:    {1, "", "WARNING: " + other + `: it answered "HTTP/1.1 400 Bad Request" instead of values` + "\n"},
	} {
		out, diagnostics, err := s.Run(line)
		if outcome.Code(err) != want.code || diagnostics != want.says || !strings.Contains(out, want.out) || want.out == "" && out != "" {
			t.Errorf("%s: code %d, printed %q and %q", line, outcome.Code(err), out, diagnostics)
		}
	}
}

// Summaries without a sample are NaN, which JSON has not; a number has all its digits.
func TestValuesThatAreNoNumbersAreNullInJSON(t *testing.T) {
	t.Parallel()
	server := fakezk.StartWords(t, func(string) (string, bool) {
		return "zk_version\t3.8.0\nzk_p{quantile=\"0.5\"}\tNaN\nzk_q\t+Inf\nzk_r\t0.8236\n", false
	})
	out, diagnostics, err := shelltest.Untouched(t).Run("zk_mntr -a -j " + server)
	var read struct {
		Mntr []struct {
			Text   string
			Number *float64
		}
	}
	if err != nil || json.Unmarshal([]byte(out), &read) != nil || len(read.Mntr) != 4 {
		t.Fatalf("error = %v, printed %q and %q", err, out, diagnostics)
	}
	for _, value := range read.Mntr {
		if (value.Number != nil) != (value.Text == "0.8236") || value.Number != nil && *value.Number != 0.8236 {
			t.Errorf("%s is %v", value.Text, value.Number)
		}
	}
}
