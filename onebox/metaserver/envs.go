package metaserver

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The environment variables that Pegasus 2.5.0 lets a table have, with the check of each value
// (nil: any). A check returns the hint of the refusal, "" for a good value (Pegasus:
// app_env_validator).
var envChecks = map[string]func(value string) string{
	"replica.slow_query_threshold":                        checkSlowQuery,
	"replica.write_throttling":                            checkThrottling,
	"replica.write_throttling_by_size":                    checkThrottling,
	"replica.rocksdb_iteration_threshold_time_ms":         checkIteration,
	"replica.rocksdb_block_cache_enabled":                 checkBool,
	"replica.read_throttling":                             checkThrottling,
	"replica.read_throttling_by_size":                     checkSizeThrottling,
	"replica.split.validate_partition_hash":               checkBool,
	"user_specified_compaction":                           nil,
	"replica.backup_request_throttling":                   checkThrottling,
	"rocksdb.allow_ingest_behind":                         checkBool,
	"replica.deny_client_request":                         checkDenyClient,
	envWriteBufferSize:                                    checkWriteBufferSize,
	envNumLevels:                                          checkNumLevels,
	"business.info":                                       nil,
	"default_ttl":                                         nil,
	"rocksdb.usage_scenario":                              nil,
	"rocksdb.checkpoint.reserve_min_count":                nil,
	"rocksdb.checkpoint.reserve_time_seconds":             nil,
	"manual_compact.disabled":                             nil,
	"manual_compact.max_concurrent_running_count":         nil,
	"manual_compact.once.trigger_time":                    nil,
	"manual_compact.once.target_level":                    nil,
	"manual_compact.once.bottommost_level_compaction":     nil,
	"manual_compact.periodic.trigger_time":                nil,
	"manual_compact.periodic.target_level":                nil,
	"manual_compact.periodic.bottommost_level_compaction": nil,
	"replica_access_controller.allowed_users":             nil,
	"replica_access_controller.ranger_policies":           nil,
}

// The variables that are checked when a table is created with them; all others are accepted
// unchecked then.
const (
	envWriteBufferSize = "rocksdb.write_buffer_size"
	envNumLevels       = "rocksdb.num_levels"
)

// envHint returns why a variable cannot have a value, "" if it can.
func envHint(key, value string) string {
	check, known := envChecks[key]
	switch {
	case !known:
		return fmt.Sprintf("app_env \"%s\" is not supported", key)
	case check == nil:
		return ""
	}
	return check(value)
}

func validRocksDBEnvs(envs map[string]string) bool {
	for _, key := range []string{envWriteBufferSize, envNumLevels} {
		if value, found := envs[key]; found && envHint(key, value) != "" {
			return false
		}
	}
	return true
}

// minSlowQueryMS is the least threshold of slow queries.
const minSlowQueryMS = 20

func checkSlowQuery(value string) string {
	if n, ok := unsigned(value); !ok || n < minSlowQueryMS {
		return fmt.Sprintf("Slow query threshold must be >= %dms", minSlowQueryMS)
	}
	return ""
}

func checkIteration(value string) string {
	if _, ok := unsigned(value); !ok {
		return "Rocksdb iteration threshold must be greater than zero"
	}
	return ""
}

func checkBool(value string) string {
	switch strings.ToLower(value) {
	case "true", "false":
		return ""
	}
	return fmt.Sprintf("invalid string %s, should be \"true\" or \"false\"", value)
}

// checkThrottling checks UNITS[K|M]*delay|reject*MS, one of each kind, separated by commas.
func checkThrottling(value string) string {
	seen := map[string]bool{}
	parts := 0
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		parts++
		fields := strings.Split(part, "*")
		if len(fields) != 3 {
			return fmt.Sprintf("The field count of %s should be 3", part)
		}
		units, kind, delay := strings.TrimSpace(fields[0]), strings.TrimSpace(fields[1]), strings.TrimSpace(fields[2])
		if n := len(units); n > 0 && (units[n-1] == 'K' || units[n-1] == 'M') {
			units = units[:n-1]
		}
		switch {
		case !natural(units):
			return fmt.Sprintf("%s should be non-negative int", units)
		case kind != "delay" && kind != "reject":
			return fmt.Sprintf("%s should be \"delay\" or \"reject\"", kind)
		case seen[kind]:
			return fmt.Sprintf("duplicate %s config", kind)
		case !natural(delay):
			return fmt.Sprintf("%s should be non-negative int", delay)
		}
		seen[kind] = true
	}
	if parts == 0 {
		return "The value shouldn't be empty"
	}
	return ""
}

// checkSizeThrottling checks a number with an optional unit, as 20000 or 20K. Of the form that
// checkThrottling accepts, only the part that rejects counts, and a part that delays alone is
// accepted.
func checkSizeThrottling(value string) string {
	if positiveSize(value) || strings.Contains(value, "delay") && !strings.Contains(value, "reject") {
		return ""
	}
	_, last, found := strings.Cut(value, ",")
	if !found {
		last = value
	}
	if size, _, found := strings.Cut(last, "*reject"); found && positiveSize(size) {
		return ""
	}
	return "wrong format, you can set like 20000 or 20K"
}

func positiveSize(s string) bool {
	if n := len(s); n > 0 && (s[n-1] == 'K' || s[n-1] == 'M') {
		s = s[:n-1]
	}
	n, ok := unsigned(s)
	return ok && n > 0 && n <= math.MaxInt64
}

func checkDenyClient(value string) string {
	how, what, found := strings.Cut(value, "*")
	if found && (how == "timeout" || how == "reconfig") && (what == "all" || what == "write" || what == "read") {
		return ""
	}
	return "Invalid deny client args, valid include: timeout*all, timeout*write, timeout*read; " +
		"reconfig*all, reconfig*write, reconfig*read"
}

func checkWriteBufferSize(value string) string {
	n, ok := unsigned(value)
	switch {
	case !ok:
		return fmt.Sprintf("rocksdb.write_buffer_size cannot set this val: %s", value)
	case n < 16<<20 || n > 512<<20:
		return "rocksdb.write_buffer_size suggest set val in range [16777216, 536870912]"
	}
	return ""
}

func checkNumLevels(value string) string {
	n, err := strconv.ParseInt(value, 0, 32)
	switch {
	case err != nil:
		return fmt.Sprintf("rocksdb.num_levels cannot set this val: %s", value)
	case n < 1 || n > 10:
		return "rocksdb.num_levels suggest set val in range [1 , 10]"
	}
	return ""
}

func unsigned(s string) (uint64, bool) {
	n, err := strconv.ParseUint(s, 0, 64)
	return n, err == nil
}

func natural(s string) bool {
	n, ok := unsigned(s)
	return ok && n <= math.MaxInt64
}
