package message

// zhSituations are what no step of a migration expects.
var zhSituations = map[string]string{
	"a leader to which the replica servers do not report believes that they are dead and damages its metadata. Keep " +
		"%s: %s. Stop the other one now, and do not start it again before its configuration is corrected": "收不到 replica server 上报的主 meta server 会认为它们都已宕机，并破坏自己的元数据。请保留 " +
		"%s: %s。请立即停掉另一个，在更正其配置之前不要再启动它",
	"servers with different locks do not see each other: both lead on the same tree. The key is " +
		"distributed_lock_service_parameters of section [meta_server]": "锁不同的服务器互相看不到：两者会在同一棵树上都担任主。对应的 key 是 [meta_server] 的 " +
		"distributed_lock_service_parameters",
	"the leader %s uses %s%s, which is neither %s nor %s": "主 meta server %s 使用 %s%s，既不是 %s，也不是 %s",
	"the trees that were named are not those of this cluster, so nothing follows from them. Name the old one with " +
		"--from and the new one with --target": "所指定的树不属于这个集群，因此无法据此判断。请用 --from 指定旧树，用 --target 指定新树",
	"name the trees: migrate status --from HOSTS/PATH --target HOSTS[/PATH]":                                 "指定两棵树：migrate status --from HOSTS/PATH --target HOSTS[/PATH]",
	"%s is in recovery, but not on the new ZooKeeper":                                                        "%s 处于恢复模式，但没有使用新 ZooKeeper",
	"recover would build the metadata on the old ZooKeeper. hosts_list of its configuration was not changed": "recover 会在旧 ZooKeeper 上重建元数据。它配置中的 hosts_list 没有修改",
	"%s holds the lock node %s of %s, and is in no list of meta servers":                                     "%s 持有锁节点 %s（在 %s 中），而它不在任何 meta server 列表里",
	"it may lead there, or lead as soon as another server stops":                                             "它可能正在那里担任主，或在另一台服务器停止后立即成为主",
	"lock nodes that no session holds: %s":                                                                   "不属于任何会话的锁节点：%s",
	"meta servers abort on them, or wait for them forever, so that no leader is elected":                     "meta server 遇到它们会异常退出，或永远等待，因此选不出主",
	"%s leads on the new ZooKeeper at level %s":                                                              "主 meta server %s 在新 ZooKeeper 上，级别是 %s",
	"it ignores what replica servers report, so the loss of a replica server is not repaired, and it refuses to " +
		"create tables": "它忽略 replica server 的上报，因此 replica server 故障后不会修复，它也拒绝创建表",
	"below steady it neither creates tables nor repairs partitions":                "级别低于 steady 时，它既不创建表，也不修复分片",
	"the level of the leader %s is %s":                                             "主 meta server %s 的级别是 %s",
	"the level of the leader %s is %s, though set_meta_level blind was sent at %s": "主 meta server %s 的级别是 %s，尽管曾发送过 set_meta_level blind（时间 %s）",
	"the level is kept in memory: a fail-over, a restart or start_bulk_load resets it. The leader changes its tree, " +
		"so what was copied is not final": "级别只保存在内存中：主备切换、重启或 start_bulk_load 都会重置它。主 meta server 会修改它的树，" +
		"因此拷贝的内容还不是最终结果",
	"one of them leads as soon as the session of the last leader has ended, after timeout_ms of section [zookeeper], " +
		"and the metadata is loaded": "上一个主 meta server 的会话结束之后（[zookeeper] 的 timeout_ms），并且加载完元数据，" +
		"其中一个就会成为主",
	"no answer from %s": "没有应答：%s",
	"it may run all the same, so it is not known to be down. If it does not come back, look for its process on its " +
		"host, and stop it there": "它可能仍在运行，因此不能确定已经停掉。如果它没有恢复应答，请到它的主机上查找它的进程，并在那里停掉",
	"%d of %d tables have a partition without all its replicas":      "有 %d 张表的分片副本不全，共 %d 张",
	"the leader adds the missing replicas by itself at level steady": "级别为 steady 时，主 meta server 会自己补齐缺少的副本",
	"the leader adds the missing replicas by itself at level steady. Before a copy, wait for that: at level blind it " +
		"repairs nothing": "在 steady 级别下，主 meta server 会自动补齐缺少的副本。拷贝之前请等待补齐：在 blind " +
		"级别下不做任何修复",
	"on the host of the replica server %s: start it":                                                    "在 replica server %s 的主机上：启动它",
	"replica servers that are not alive: %s":                                                            "宕机的 replica server: %s",
	"at level blind the leader does not repair what they held, and while a leader restarts nobody does": "在 blind 级别下，主 meta server 不会修复它们上面的副本；主重启期间也没有谁会修复",
	"which of the two trees is right depends on what the replica servers hold":                          "两棵树哪一棵正确，取决于 replica server 上的内容",
	"recover rebuilds the metadata from the replica servers: tables and partitions that only this one holds would be " +
		"lost": "recover 根据 replica server 重建元数据：只在这台上面的表和分片会丢失",
	"when the leader restarts, a follower takes the lock and leads on the old ZooKeeper, at level steady: then there " +
		"are two leaders": "主 meta server 重启时，备 meta server 会抢到锁，在旧 ZooKeeper 上以 steady " +
		"级别成为主：于是就有两个主",
	"its tree is the one to copy. If it is lost, only recovery rebuilds the metadata: migrate status --by recovery": "要拷贝的是它的树。如果它已丢失，只有元数据恢复能重建元数据：migrate status --by recovery",
	"name the old ZooKeeper: migrate status --from HOSTS/PATH":                                                      "请指定旧 ZooKeeper：migrate status --from HOSTS/PATH",
	"the old ZooKeeper was not named":                                                                               "没有指定旧 ZooKeeper",
	"the leader %s uses %s":                                                                                         "主 meta server %s 使用 %s",
	"the leader %s still uses %s; the new ZooKeeper is in the configuration of %s":                                  "主 meta server %s 仍在使用 %s；这些配置中写的是新 ZooKeeper：%s",
	"the copy is final: when every configuration is changed, the leader is restarted":                               "拷贝已是最终结果：所有配置都改好之后，就重启主 meta server",
	"%s in %s": "%[2]s 中是 %[1]s",
	"a server reads its configuration only when it starts. It goes to the new ZooKeeper at its next restart, also by " +
		"accident: the copy has to be final before that": "服务器只在启动时读取配置。下次重启（包括意外重启）时它就会使用新 ZooKeeper：在此之前拷贝必须是最终结果",
	"the new tree is the right one, and every minute on the old tree makes them differ more": "新树才是正确的，在旧树上每多一分钟，两者的差异就更大",
	"%s has recover_from_replica_server = true":                                              "%s 中 recover_from_replica_server = true",
	"a meta server that starts with it aborts, because the tree has tables":                  "用它启动的 meta server 会异常退出，因为树中有表",
	"what it says is not known, so change it on the server's host":                           "不知道它的内容，请到该服务器的主机上修改",
	"configurations name different trees: %s":                                                "各配置写的是不同的树：%s",
	"meta servers that start with them lead on different ZooKeepers":                         "用它们启动的 meta server 会在不同的 ZooKeeper 上担任主",
	"configurations of one tree name different lock roots: %s":                               "同一棵树的各配置中，锁的 root 不同：%s",
	"meta servers with different locks do not see each other: both lead on the same tree":    "锁不同的 meta server 互相看不到：两者会在同一棵树上都担任主",
	"configurations name different roots: %s":                                                "各配置的 root 不同：%s",
	"a meta server with another root finds no tree, or creates a new one":                    "root 不同的 meta server 找不到树，或会新建一棵",
	"recover_from_replica_server differs: %s":                                                "recover_from_replica_server 不一致：%s",
	"a meta server with true aborts where the tree has tables, one with false creates an empty tree where there is " +
		"none": "为 true 的 meta server 在树中有表时会异常退出，为 false 的在没有树时会新建一棵空树",
	"server_list differs: %s":                                     "server_list 不一致：%s",
	"a meta server forwards requests only to servers of its list": "meta server 只会把请求转发给自己列表中的服务器",
	"the leader %s uses %s: %s":                                   "主 meta server %s 使用 %s: %s",
	"the replica servers hold these tables: the leader aborts when they report them, and clients cannot use them": "replica server 上有这些表：它们上报时主 meta server 会异常退出，客户端也无法使用这些表",
	"%s does not exist any more, and the cluster does not use the new tree yet":                                   "%s 已不存在，而集群还没有使用新树",
	"the metadata has to be rebuilt from what the replica servers hold, or restored from a backup with zk_restore " +
		"while the meta servers are stopped": "必须根据 replica server 上的内容重建元数据，或在 meta server 停掉时用 zk_restore " +
		"从备份恢复",
	"the leader %s has its metadata only in memory, and loses it when it ends. The copy %s has every table: go on " +
		"with it now": "主 meta server %s 的元数据只在内存中，它一退出就会丢失。拷贝 %s 中有全部的表：请立即继续使用它",
	"meta servers abort on a tree without tables that replica servers hold. Only recovery rebuilds all of them": "如果树中缺少 replica server 上的表，meta server 会异常退出。只有元数据恢复能重建全部的表",
	"%s has tables that are not this cluster's: %s":                                                             "%s 中有不属于这个集群的表：%s",
	"if it is the tree of another cluster, it must not be written to":                                           "如果它是另一个集群的树，就绝对不能写",
	"name another path on the new ZooKeeper: migrate status --target HOSTS/PATH. Only if you know that a meta server " +
		"of this cluster has created these tables, remove them: %s": "请在新 ZooKeeper 上指定另一个路径：migrate status --target HOSTS/PATH。" +
		"只有确知这些表是由这个集群的 meta server 创建的，才可以删除：%s",
	"a meta server has begun to create the tree %s and not ended": "有 meta server 开始创建树 %s，但没有完成",
	"every meta server that starts on it aborts. It has to be removed before the new tree is made; a backup is saved " +
		"first": "用它启动的 meta server 都会异常退出。在建立新树之前必须删除它；会先保存备份",
	"meta servers have used %s before":      "之前有 meta server 使用过 %s",
	"meta servers have used %s before (%s)": "之前有 meta server 使用过 %s（%s）",
	"it is older than the metadata of the cluster, or damaged: zk_copy refuses to write over it, and no meta server " +
		"may start on it. To begin again, remove it; a backup is saved first": "它比集群的元数据旧，或已损坏：zk_copy 拒绝覆盖它，也不能用它启动 meta server。要重新开始，请删除它；" +
		"会先保存备份",
	"%s has tables that the old tree does not know any more: %s": "%s 中有旧树里已不存在的表：%s",
	"it is a copy of an older state, and zk_copy refuses to write over it. To copy again, remove it; a backup is " +
		"saved first": "它是较早状态的拷贝，zk_copy 拒绝覆盖它。要重新拷贝，请删除它；会先保存备份",
	"%s has tables already": "%s 中已经有表",
	"a meta server that starts in recovery mode aborts where tables exist. If this is a good copy, go on by copying: " +
		"migrate status --by copy. Otherwise remove it; a backup is saved first": "以恢复模式启动的 meta server 在已有表时会异常退出。如果这是一份完好的拷贝，请继续用拷贝方式：migrate " +
		"status --by copy。否则请删除它；会先保存备份",
	"a meta server that starts in recovery mode aborts where tables exist":                                             "以恢复模式启动的 meta server 在已有表时会异常退出",
	"%s. A session still holds a lock node there: it ends after timeout_ms of section [zookeeper]":                     "%s。那里还有会话持有锁节点：经过 [zookeeper] 的 timeout_ms 之后会结束",
	"the leader %s is not in the list of meta servers that this shell was started with, and none of that list answers": "主 meta server %s 不在启动本 shell 时给出的列表中，而列表中的服务器都没有应答",
	"the last copy that was recorded here went the other way, from %s to %s":                                           "这里记录的最近一次拷贝方向相反，从 %s 到 %s",
	"if the migration still goes that way, name both trees: migrate status --from HOSTS/PATH --target HOSTS[/PATH]":    "如果迁移仍是那个方向，请指定两棵树：migrate status --from HOSTS/PATH --target HOSTS[/PATH]",
	"commands do not reach the leader":                                  "命令到不了主 meta server",
	"leave this shell and start it with all meta servers: --cluster %s": "请退出本 shell，用全部 meta server 重新启动：--cluster %s",
	"it is not known where the new tree is going to be: no ZooKeeper was named for it, or nobody says which path the cluster has": "不知道新树将在哪里：没有为它指定 ZooKeeper，或无从得知集群的路径",
	"the steps depend on it": "各步骤都取决于它",
	"name the new ZooKeeper: migrate status --target HOSTS[/PATH]":                                                "指定新 ZooKeeper: migrate status --target HOSTS[/PATH]",
	"use credentials that may read %s: auth_env or auth_file of its [zookeepers.NAME] in plugins.toml, or --auth": "请使用可以读取 %s 的凭据：在 plugins.toml 对应的 [zookeepers.NAME] 中设置 auth_env 或 auth_file，或者使用 --auth",
	"the new tree %s could not be looked at: %s":                                                                  "无法查看新树 %s: %s",
	"no meta server may start on it before it was seen":                                                           "在查看它之前，不能用它启动 meta server",
	"the old tree %s could not be looked at: %s":                                                                  "无法查看旧树 %s: %s",
	"it cannot be copied. If the old ZooKeeper is lost, the metadata is rebuilt by recovery":                      "无法拷贝它。如果旧 ZooKeeper 已经丢失，可以用元数据恢复重建元数据",
	"%d znodes are missing from %s, %d differ":                                                                    "缺少 %d 个 znode（%s），不同 %d 个",
	"a copy was interrupted, or the old tree has grown since. zk_copy writes only what differs":                   "拷贝被中断过，或此后旧树又有增加。zk_copy 只写入不同之处",
	"%d znodes of %s differ from the old tree, and %d are only there":                                             "有 %d 个 znode 与旧树不同（%s），另有 %d 个只在那里有",
	"the old tree was changed after it was copied. zk_copy writes only what differs":                              "旧树在拷贝之后又有修改。zk_copy 只写入不同之处",
	"%s still holds a lock node of %s":                                                                            "%s 仍持有 %s 的锁节点",
	"its session ends after timeout_ms of section [zookeeper]; if it does not, a meta server still uses the old " +
		"ZooKeeper": "它的会话经过 [zookeeper] 的 timeout_ms 之后会结束；如果没有结束，说明仍有 meta server " +
		"在使用旧 ZooKeeper",
	"%s of the old tree was changed at %s, after the leader had moved": "旧树的 %s 被修改（时间 %s），在主 meta server 迁移之后",
	"a server or a program still uses the old ZooKeeper, or a second leader has. The new tree does not have that " +
		"change": "仍有服务器或程序在使用旧 ZooKeeper，或曾有第二个主 meta server 使用它。新树中没有这个改动",
	"%d meta servers lead at the same time: %s": "同时有 %d 个主 meta server: %s",
	"a migration by copying needs no recovery, which would bring back dropped tables: recover_from_replica_server " +
		"must be false. To go on by recovery: migrate status --by recovery": "用拷贝方式迁移不需要元数据恢复，那会使已删除的表回来：recover_from_replica_server 必须是 " +
		"false。要用元数据恢复继续：migrate status --by recovery",
	"the copy %s has every table that the replica servers hold: go on with it":          "拷贝 %s 中有 replica server 上的全部表：请继续使用它",
	"%s has tables already, and configurations have recover_from_replica_server = true": "%s 中已经有表，而配置中 recover_from_replica_server = true",
	"nothing distinguishes them: both use the same tree, with different locks":          "两者没有区别：使用同一棵树，锁不同",
	"these do not run with %s: %s": "这些没有使用 %s: %s",
	"a server that runs there gets the lock within a minute, becomes a second leader, and damages the metadata": "在那里运行的服务器一分钟之内就会得到锁，成为第二个主 meta server，并破坏元数据",
	"the leader %s runs with the lock root %s, and %s with %s":                                                  "主 meta server %s 的锁 root 是 %s，而 %s 的是 %s",
	"no meta server leads, though these answer: %s":                                                             "没有主 meta server，尽管这些有应答：%s",
	"recover fails while a replica server does not answer. If it is gone for good, name only the others, or leave it " +
		"out with -b: tables and partitions that only it held are lost": "有 replica server 没有应答时 recover 会失败。如果它不会再恢复，请只指定其他的，或用 -b " +
		"跳过它：只在它上面的表和分片会丢失",
	"followers of %s still run: %s": "%s 的备 meta server 仍在运行：%s",
	"a meta server that starts with it aborts, because %s has tables. A migration by copying goes on with them; to recover once more, " +
		"remove the tree first: zk_rmr %s --backup FILE": "用它启动的 meta server 会异常退出，因为 %s 中有表。拷贝方式会继续使用它们；" +
		"要再做一次元数据恢复，请先删除这棵树：zk_rmr %s --backup FILE",
	"a cluster that goes on with the wrong tree can lose tables, and meta servers abort on it. %s is the one to go " +
		"on with": "继续使用错误的树，集群可能丢失表，meta server 也会异常退出。应该继续使用的是 %s",
	"the new tree was written after the leader had moved: %s":         "主 meta server 迁移之后，新树被写入过：%s",
	"a meta server that starts on the old tree loses that, or aborts": "用旧树启动的 meta server 会丢失这些内容，或异常退出",
}
