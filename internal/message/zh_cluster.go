package message

// zhCluster are texts of the commands on clusters.
var zhCluster = map[string]string{
	"table %s (id %s) is missing":                "表 %s（id %s）不见了",
	"table %s (id %s) is now named %s":           "表 %s（id %s）现在名为 %s",
	"table %s (id %s) has %d partitions, not %s": "表 %s（id %s）有 %d 个分片，而不是 %s 个",
	"table %s (id %s) came back: it was not available before; drop it again if you do not need it": "表 %s（id %s）又回来了：之前它不是可用状态；如果不需要，请再次删除",
	"other shells will not know that recover was sent: %v":                                         "其他 shell 不会知道已经发送过 recover: %v",
	"recover_list: -o writes the list that recover -f reads, which cannot be JSON: use -o or -j":   "recover_list: -o 写出 recover -f 读取的列表，它不能是 JSON：请用 -o 或 -j",
	"recover_list: unexpected argument %q":                                                         "recover_list: 多余的参数 %q",
	"%s was asked to %s and may have carried it out":                                               "已要求 %s 执行 %s，它可能已经执行",
	"%d servers were asked to %s and may have carried it out":                                      "已要求 %d 台服务器执行 %s，它们可能已经执行",
	"replica servers of 2.5.0 crash (SIGSEGV) when they open the replicas of a table that has %s, as they do after a restart": "2.5.0 的 replica server " +
		"在打开设置了 %s 的表的副本时（例如重启之后）会崩溃（SIGSEGV）",
	"table %s: %w":   "表 %s: %w",
	"cluster %q: %w": "集群 %q: %w",
	"the script ended before it answered the question":                           "脚本在回答问题之前就结束了",
	"read the list of tables: %w":                                                "读取表的列表：%w",
	"%s is not a list written by ls -o: %w":                                      "%s 不是 ls -o 写出的列表：%w",
	"%s is not a list written by ls -o: a table has no id, no name or no status": "%s 不是 ls -o 写出的列表：有表缺少 id、名字或状态",
	"general_info is missing":                                                    "缺少 general_info",
	"[general_info] is missing":                                                  "缺少 [general_info]",
	"the section [general_info] is not complete: the file is truncated":          "[general_info] 不完整：文件被截断了",
	"compare the tables with the expected ones: %w":                              "与预期的表比较：%w",
	"node %s: %w":   "node %s: %w",
	"target %s: %w": "target %s: %w",
	"another shell is sending recover at this moment. Nothing was sent: wait for its result":      "另一个 shell 此刻正在发送 recover。没有发送任何请求：请等待它的结果",
	"%d of %d replica servers are not alive: %s: start them, or leave them out with --alive_only": "有 %d 台 replica server 宕机，共 %d 台：%s：请启动它们，或用 --alive_only 跳过",
	"no replica server is alive": "没有存活的 replica server",
	"Next: set recover_from_replica_server = false in section [meta_server] of every meta server's configuration " +
		"(with true it aborts at its next start), restart %s, then start the others.": "下一步：在每个 meta server 配置的 [meta_server] 中设置 " +
		"recover_from_replica_server = false（若为 true，下次启动时会异常退出），重启 %s，" +
		"再启动其他 meta server。",
	"    for %s: config_set FILE meta_server recover_from_replica_server false": "    对 %s: config_set FILE meta_server " +
		"recover_from_replica_server false",
	"nothing was written. A replica server that was named did not answer, or a partition was found on none of them: " +
		"the hint above names it. Start that server, wait until it is INACTIVE and send recover again. -b continues " +
		"without servers that cannot be reached, and -l makes partitions without a replica empty: their data is lost": "没有写入任何内容。指定的某台 replica server 没有应答，" +
		"或某个分片在它们上面都没有找到：上面的提示中有它的名字。请启动那台服务器，等它变为 INACTIVE，再发送 " +
		"recover。-b 会跳过无法连接的服务器继续执行，-l 会把没有副本的分片置为空：其数据会丢失",
	"refused: recover was sent to %s at %s by %s, and %s. Several calls at the same time block the leader " +
		"permanently.\nNothing was sent. Read the log of that server: when the recovery has ended, or the server was " +
		"restarted, use recover --again": "已拒绝：已向 %s 发送过 recover（时间 %s，由 %s 发送），%s。同时发起多次调用会使主 meta " +
		"server 永远阻塞。\n没有发送任何请求。请查看那台服务器的日志：恢复已结束，或服务器已重启时，请使用 recover " +
		"--again",
	"wait for %s: %w; the cluster continues to prepare it": "等待 %s: %w；集群会继续准备它",
	"Next: when all followers are stopped, copy the metadata: zk_copy -t HOSTS. migrate status shows what is left to " +
		"do.": "下一步：所有备 meta server 都停掉之后，拷贝元数据：zk_copy -t HOSTS。migrate " +
		"status 显示还有什么要做。",
	"Interrupted before the leader was asked: nothing was done.":                                                      "在询问主 meta server 之前已中断：没有执行任何操作。",
	"Interrupted: the meta server goes on with the recovery. It answers ERR_UNDER_RECOVERY until that has succeeded.": "已中断：meta server 会继续执行恢复。恢复成功之前，它都应答 ERR_UNDER_RECOVERY。",
	"Send recover one at a time: several calls at the same time block the leader permanently. Do not send another " +
		"call until this one has ended, with success or failure.\nls -d answers when it has succeeded. If it has failed, " +
		"the log of the meta server says so, and nothing was written: then use recover --again, or restart the meta " +
		"server and use recover.": "一次只发送一个 recover：同时发起多次调用会使主 meta server 永远阻塞。在这次调用成功或失败之前，" +
		"不要再发送。\n成功之后 ls -d 会有应答。如果失败，meta server 的日志中会有记录，" +
		"并且没有写入任何内容：这时请使用 recover --again，或重启 meta server 再使用 recover。",
	"left out because not alive: %s":                  "因宕机而跳过：%s",
	"All %d expected tables are there, %d came back.": "预期的 %d 张表都在，另有 %d 张回来了。",
	"%d calls together took longer than %v":           "%d 次调用合计超过 %v",
}
