package message

// zhJournal are texts of the journal.
var zhJournal = map[string]string{
	"journal: unexpected argument %q":                    "journal: 多余的参数 %q",
	"journal: -n: %d is below 0":                         "journal: -n: %d 小于 0",
	"journal: --of needs --report":                       "journal: --of 需要 --report",
	"journal: --report and --json contradict each other": "journal: --report 和 --json 互相矛盾",
	"journal: --since: %q is neither a time ago, such as 30m, 2h or 1d, nor a date, such as 2026-11-26 or " +
		"2026-11-26_03:00": "journal: --since: %q 既不是多久之前（例如 30m、2h 或 1d），也不是日期（例如 " +
		"2026-11-26 或 2026-11-26_03:00）",
	"this shell has no journal; name one with --file FILE":                              "这个 shell 没有操作日志；请用 --file FILE 指定一个",
	"there is no journal yet: %s appears with the first command that changes something": "还没有操作日志：执行第一条会做改动的命令时会出现 %s",
	"read the journal: %w":                             "读取操作日志：%w",
	"%d lines of %s are damaged and were left out":     "有 %d 行已损坏，被略过（%s）",
	"%d earlier entries are not shown; -n 0 shows all": "更早的 %d 条没有显示；-n 0 显示全部",
	"%s was written: %s, %s":                           "已写出 %s: %s，%s",
	"%s has no entry of any cluster":                   "%s 中没有任何集群的记录",
	"several clusters in %s are named %s: name one by the HOST:PORT of a meta server: %s":            "%s 中有多个集群名为 %s：请用一个 meta server 的 HOST:PORT 指定：%s",
	"%s has no entry of the cluster %s; it has entries of %s":                                        "%s 中没有集群 %s 的记录；其中有 %s 的记录",
	"%s has no entry of the connected cluster; it has entries of %s: name one with --of":             "%s 中没有当前连接的集群的记录；其中有 %s 的记录：请用 --of 指定一个",
	"the connected cluster has no leader that answers: the report does not have what it is like now": "当前连接的集群没有应答的主 meta server：报告中没有它现在的状况",
	"%d steps":       "%d 步",
	"1 step":         "1 步",
	"%d failed":      "%d 步失败",
	"%d refused":     "%d 步被拒绝",
	"%d interrupted": "%d 步被中断",
	"%d unfinished":  "%d 步未结束",
}
