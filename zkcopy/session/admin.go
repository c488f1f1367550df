package session

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
)

// DefaultAdminPort is the port of a server's admin server (ZooKeeper: admin.serverPort).
const DefaultAdminPort = 8080

// AdminCommand returns what the admin server of a ZooKeeper server answers to a command such as monitor,
// without a session: a JSON object. Servers have one from 3.5 on. server is HOST:PORT of the ZooKeeper
// server; port is that of its admin server. An answer that reports an error is an error.
func AdminCommand(ctx context.Context, server string, port int, command string) (map[string]any, error) {
	host, _, err := net.SplitHostPort(server)
	if err != nil {
		return nil, reason{server, err}
	}
	url := "http://" + net.JoinHostPort(host, strconv.Itoa(port)) + "/commands/" + command
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, reason{server, err}
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return nil, reason{server, err}
	}
	defer response.Body.Close()
	const most = 64 << 20
	decoder := json.NewDecoder(io.LimitReader(response.Body, most))
	decoder.UseNumber()
	var answer map[string]any
	if response.StatusCode != http.StatusOK {
		return nil, reason{server, fmt.Errorf("GET %s: %s", url, response.Status)}
	}
	if err := decoder.Decode(&answer); err != nil {
		return nil, reason{server, fmt.Errorf("GET %s: %w", url, err)}
	}
	if failed, ok := answer["error"].(string); ok && failed != "" {
		return nil, reason{server, fmt.Errorf("GET %s: %s", url, failed)}
	}
	return answer, nil
}
