package message

// zhNotices are what the shell says above the prompt, and what errors of the meta servers mean.
var zhNotices = map[string]string{
	"the level %s that was set here at %s is gone with the leader %s: %s leads now and began with the level of its " +
		"configuration (meta_function_level_on_start)%s": "这里设置的级别 %s（时间 %s）已随主 meta server %s 失效：现在的主是 %s，" +
		"它以配置中的级别（meta_function_level_on_start）开始%s",
	"The leader is %s on ZooKeeper %s (seen at %s); until %s at least it was %s on ZooKeeper %s": "主 meta server 是 %s，使用 ZooKeeper %s（看到的时间 %s）；至少到 %s 为止还是 %s，" +
		"使用 ZooKeeper %s",
	"the leader changed: %s leads (seen at %s); %s led until %s at least":                                      "主 meta server 已切换：现在是 %s（看到的时间 %s）；之前是 %s，至少到 %s 为止",
	"The leader %s uses ZooKeeper %s now (seen at %s); before it was %s":                                       "主 meta server %s 现在使用 ZooKeeper %s（看到的时间 %s）；之前是 %s",
	"The level %s that was set here at %s ended with that: the leader has %s, as after every start":            "这里设置的级别 %s（时间 %s）随之失效：主 meta server 现在是 %s，每次启动之后都是如此",
	"the level %s that was set here at %s is gone: the leader %s has %s, %s":                                   "这里设置的级别 %s（时间 %s）已失效：主 meta server %s 现在是 %s，%s",
	". The copy of %s may be out of date: run set_meta_level blind, then zk_copy again":                        "。%s 的拷贝可能已经过时：请执行 set_meta_level blind，再执行 zk_copy",
	". Before a copy, run set_meta_level blind again":                                                          "。拷贝之前，请再次执行 set_meta_level blind",
	"because it took over from %s":                                                                             "因为它接替了 %s",
	"because it was restarted, another server led meanwhile, another shell set it, or a bulk load was started": "因为它重启过、其间由另一台服务器担任主、另一个 shell 修改了级别，或启动了 bulk load",
	"because it was restarted since":                                                                           "因为它在此之后重启过",
	"though it was not restarted: another shell set it, or a bulk load was started":                            "尽管它没有重启：是另一个 shell 修改了级别，或启动了 bulk load",
	"%d znodes of %s were written after they had been copied":                                                  "拷贝之后有 %d 个 znode 被写入（%s）",
	"%s was written after it had been copied":                                                                  "%s 在拷贝之后被写入",
	"the last one is %s":           "最后一个是 %s",
	"a znode below %s was removed": "%s 下有 znode 被删除",
	"the last one is %s, at %s":    "最后一个是 %s，时间 %s",
	"%s: %s. The leader uses %s now, so something else writes to the old tree, such as a meta server that still uses " +
		"the old ZooKeeper: zk_check %s shows living_meta_servers": "%s: %s。主 meta server 现在使用 %s，因此是别的程序在写旧树，例如仍在使用旧 ZooKeeper 的 " +
		"meta server: zk_check %s 会显示 living_meta_servers",
	"%s: %s. The copy of %s is no longer equal: before you move the meta servers to %s, run zk_copy again": "%s: %s。%s 的拷贝不再一致：把 meta server 迁移到 %s 之前，请重新执行 zk_copy",
	"%s does not exist any more; it was copied to %s at %s":                                                "%s 已不存在；它曾被拷贝到 %s（时间 %s）",
	"the leader is in recovery mode: it waits for recover, or carries it out, and has no metadata until that has " +
		"succeeded. To start it: recover -f FILE, with the list of replica servers that was saved before the meta " +
		"servers were stopped. If no recovery is intended: set recover_from_replica_server = false in section " +
		"[meta_server] of its configuration, check hosts_list in section [zookeeper], and restart it": "主 meta server 处于恢复模式：正在等待 recover 或正在执行它，成功之前没有元数据。" +
		"要开始恢复：recover -f FILE，其中是停掉 meta server 之前保存的 replica server " +
		"列表。如果不打算恢复：请在其配置的 [meta_server] 中设置 " +
		"recover_from_replica_server = false，检查 [zookeeper] 中的 " +
		"hosts_list，再重启它",
	"the cluster is running already: recover is only for a leader in recovery mode, which was started with " +
		"recover_from_replica_server = true on a ZooKeeper without the cluster's tree. Nothing was changed. A recovery " +
		"that was sent before may have succeeded: ls -d shows the tables, and cluster_info which ZooKeeper the leader " +
		"uses": "集群已在运行：recover 只用于处于恢复模式的主 meta server，即以 " +
		"recover_from_replica_server = true、在没有该集群的树的 ZooKeeper 上启动的主。" +
		"没有做任何改动。之前发送的恢复可能已经成功：ls -d 显示各表，cluster_info 显示主 meta server " +
		"使用哪个 ZooKeeper",
	"NOTE: %s: %s":                 "说明：%s: %s",
	"WARNING: %s":                  "警告：%s",
	"no meta server of %s answers": "%s 中没有 meta server 应答",
	"%s answers %s: %s":            "%s 应答 %s: %s",
	"%s answers %s":                "%s 应答 %s",
	"the meta level was blind at %s, and the cluster does not answer now: at level blind nothing cures a lost " +
		"replica. set_meta_level steady ends it": "meta level 在 %s 时是 blind，而现在集群没有应答：在 blind 级别下，丢失的副本不会被修复。执行 " +
		"set_meta_level steady 可以恢复",
	"the meta level is still blind: nothing cures a lost replica. set_meta_level steady ends it": "meta level 仍是 blind：丢失的副本不会被修复。执行 set_meta_level steady 可以恢复",
}
