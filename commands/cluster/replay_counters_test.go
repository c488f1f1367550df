package cluster_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"pegashell/metaadmin/wire"
)

// printedStat is a row of app_stat: a table, or a partition with -a.
type printedStat struct {
	name       string
	id         int32
	partition  int
	partitions int
	cells      map[string]string
}

// printedStats are the rows of app_stat without the sum. With -a there is one table, whose partitions they are.
func (b *builtAnswers) printedStats() []printedStat {
	stats, ok := b.sections["app_stat"]
	if !ok {
		return nil
	}
	var rows []printedStat
	for _, cells := range stats.cells()[:len(stats.rows)-1] {
		if name, ok := cells["app_name"]; ok {
			rows = append(rows, printedStat{name: name, id: int32(number(cells["app_id"])), partitions: number(cells["pcount"]), cells: cells})
			continue
		}
		name := regexp.MustCompile(`-a (\S+)`).FindStringSubmatch(b.input)[1]
		rows = append(rows, printedStat{name: name, id: 1, partition: number(cells["pidx"]), partitions: len(stats.rows) - 1, cells: cells})
	}
	return rows
}

// counters gives a server's perf counters, in the form of the server, that make what was printed.
func (b *builtAnswers) counters(server string) string {
	type counter struct {
		Name  string  `json:"name"`
		Type  string  `json:"type"`
		Value float64 `json:"value"`
	}
	list := []counter{}
	add := func(name string, value float64) { list = append(list, counter{"replica*" + name, "NUMBER", value}) }
	if nodes, ok := b.sections["details"]; ok && !strings.HasPrefix(b.input, "app_disk") {
		for _, row := range nodes.cells() {
			if row["address"] == server && row["memused_res_mb"] != "" {
				for column, name := range usageCounters {
					value := float64(number(row[column]))
					if !strings.Contains(name, "ratio") && !strings.Contains(name, "memused") {
						value *= 1 << 20
					}
					add(name, value)
				}
			}
		}
	}
	b.statCounters(server, add)
	b.diskCounters(server, add)
	answer, err := json.Marshal(map[string]any{"result": "OK", "timestamp": 1795394589, "timestamp_str": "2026-11-23 00:43:09", "counters": list})
	if err != nil {
		panic(err)
	}
	return string(answer)
}

// usageCounters are the counters behind the columns of nodes -u.
var usageCounters = map[string]string{
	"memused_res_mb": "server*memused.res(MB)", "block_cache_mb": "app.pegasus*rdb.block_cache.memory_usage",
	"mem_tbl_mb": "app.pegasus*rdb.memtable.memory_usage@1.0", "mem_idx_mb": "app.pegasus*rdb.index_and_filter_blocks.memory_usage@1.0",
	"disk_avl_total_ratio": "eon.replica_stub*disk.available.total.ratio", "disk_avl_min_ratio": "eon.replica_stub*disk.available.min.ratio",
}

// statCounters are those behind app_stat: each row's, on the server of its first partition's primary. What was
// rounded in the rows is spread over them so that the sum is as printed.
func (b *builtAnswers) statCounters(server string, add func(string, float64)) {
	rows := b.printedStats()
	for _, row := range rows {
		configs := healthy(row.id, row.partitions, row.partitions)
		if configs[row.partition].PrimaryServer() != server {
			continue
		}
		at := fmt.Sprintf("@%d.%d", row.id, row.partition)
		value := func(column string) float64 {
			sum := 0.0
			for _, other := range rows {
				sum += decimal(other.cells[column])
			}
			total := b.sections["app_stat"].cells()[len(rows)][column]
			return decimal(row.cells[column]) + (decimal(total)-sum)/float64(len(rows))
		}
		if row.cells["mem_tbl_mb"] != "" {
			add("app.pegasus*rdb.memtable.memory_usage"+at, value("mem_tbl_mb")*(1<<20))
			add("app.pegasus*rdb.index_and_filter_blocks.memory_usage"+at, decimal(row.cells["mem_idx_mb"])*(1<<20))
			add("app.pegasus*disk.storage.sst.count"+at, decimal(row.cells["file_num"]))
		}
		if rate := decimal(row.cells["hit_rate"]); rate > 0 {
			add("app.pegasus*rdb.block_cache.hit_count"+at, math.Round(rate*1000))
			add("app.pegasus*rdb.block_cache.total_count"+at, 1000)
		}
	}
}

func decimal(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(fmt.Sprintf("the printed number %q: %v", s, err))
	}
	return f
}

// diskCounters are those behind app_disk: sizes and numbers of files as printed for each replica, else 0.
func (b *builtAnswers) diskCounters(server string, add func(string, float64)) {
	id, configs := b.printedPartitions()
	if b.sections["result"] == nil {
		return
	}
	for i := range configs {
		at := fmt.Sprintf("@%d.%d", id, i)
		size, files := 0.0, 0.0
		if m := regexp.MustCompile(regexp.QuoteMeta(server)+`\((\d+),#(\d+)\)`).FindAllStringSubmatch(b.text, -1); m != nil {
			size, files = decimal(m[i][1]), decimal(m[i][2])
		}
		if holds(&configs[i], server) {
			add("app.pegasus*disk.storage.sst(MB)"+at, size)
			add("app.pegasus*disk.storage.sst.count"+at, files)
		}
	}
}

func holds(p *wire.PartitionConfig, server string) bool {
	for _, s := range append(p.SecondaryServers(), p.PrimaryServer()) {
		if s == server {
			return true
		}
	}
	return false
}
