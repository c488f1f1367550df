package look

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"

	"pegashell/internal/znodepath"
	"pegashell/migration"
	"pegashell/zkcopy"
)

// quotaRoot is where servers keep quotas (ZooKeeper: Quotas): below it the path that a quota is for,
// with the limits and what is used.
const (
	quotaRoot   = "/zookeeper/quota"
	quotaLimits = "/zookeeper_limits"
	quotaStats  = "/zookeeper_stats"
)

// readQuota reads the quota at a path; nil where there is none.
func readQuota(ctx context.Context, target zkcopy.Tree, path string) (*migration.QuotaFacts, error) {
	at := znodepath.Join(quotaRoot, path)
	limits, err := target.Client.Data(ctx, at+quotaLimits)
	if err != nil || limits.Stat == nil {
		return nil, err
	}
	used, err := target.Client.Data(ctx, at+quotaStats)
	if err != nil {
		return nil, err
	}
	q := &migration.QuotaFacts{Path: path}
	limit := parseQuota(string(limits.Data), -1)
	q.Znodes, q.Bytes, q.HardZnodes, q.HardBytes = limit("count"), limit("bytes"), limit("countHardLimit"), limit("byteHardLimit")
	use := parseQuota(string(used.Data), 0)
	q.UsedZnodes, q.UsedBytes = max(0, use("count")), max(0, use("bytes"))
	return q, nil
}

// parseQuota reads count=5,bytes=-1 and, since 3.7, also ;byteHardLimit=-1;countHardLimit=-1.
func parseQuota(text string, missing int64) func(key string) int64 {
	values := map[string]int64{}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			values[key] = n
		}
	}
	return func(key string) int64 {
		if n, ok := values[key]; ok {
			return n
		}
		return missing
	}
}

// missingPath is that of a znode that does not exist.
func missingPath() string { return "/pegashell-preflight-" + rand.Text() }
