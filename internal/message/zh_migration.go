package message

// zhMigration are texts of the guards, and of a change that they stop.
var zhMigration = map[string]string{
	"refused: %s\nNothing was changed. %s overrides this": "已拒绝：%s\n没有做任何改动。如确需执行，请加上 %s",
	"%s%s (overridden)": "%s%s（已强制执行）",
	"without --dry_run this is refused: %s (guard %s)": "不加 --dry_run 时会被拒绝：%s（防护规则 %s）",

	"the meta level is blind, as it is while a migration copies the metadata: the leader would still carry this out, " +
		"and the change would be missing from a copy made earlier. Wait until the migration is over, or run " +
		"set_meta_level steady first": "meta level 是 blind，迁移拷贝元数据时就是这个级别：主 meta server 仍会执行该操作，" +
		"而之前完成的拷贝里不会有这个改动。请等迁移结束，或先执行 set_meta_level steady",
	"%s. A table that is dropped at this level stays in the state DROPPING, because the leader gets no reports that its replicas were removed": "%s。在这个级别下删除的表会一直停留在 DROPPING 状态，" +
		"因为主 meta server 收不到副本已被移除的上报",

	"replica servers hold tables or partitions that %s does not have: %s. The restored tree would be older than they " +
		"are, and every meta server that starts on it aborts (gpid ... is not exist on meta server). Restore a newer " +
		"backup, or rebuild the tree with recover": "replica server 上有 %s 中没有的表或分片：%s。恢复出来的树会比它们旧，用它启动的 meta " +
		"server 都会异常退出（gpid ... is not exist on meta server）。请恢复较新的备份，" +
		"或用 recover 重建这棵树",
	"the connected cluster is another one": "当前连接的是另一个集群",
	"cannot determine whether replica servers hold tables that %s does not have: %s. Before you start meta servers " +
		"on the restored tree, make sure that no table was created or split after the backup was taken; otherwise every " +
		"meta server that starts on it aborts (gpid ... is not exist on meta server)": "无法确定 replica server 上是否有 %s 中没有的表：%s。用恢复出来的树启动 meta server 之前，" +
		"请确认备份之后没有新建过表，也没有做过分片分裂；否则用它启动的 meta server 都会异常退出（gpid ... " +
		"is not exist on meta server）",
	"%s (id %d)":                        "%s（id %d）",
	"%s (id %d: %d partitions, not %d)": "%s（id %d: 有 %d 个分片，而不是 %d 个）",
	"%d more":                           "另有 %d 个",

	"A meta server that was just killed keeps its lock node until its session expires, after timeout_ms of section " +
		"[zookeeper] in its config.ini: wait that long, then repeat the command": "刚被终止的 meta server 会保留它的锁节点，直到会话过期，即其 config.ini 中 [zookeeper] " +
		"的 timeout_ms 之后：请等待这么久，再重新执行该命令",
	"%s %s. %s": "%s %s。%s",
	"cannot determine whether living servers use %s: the cluster %s has its metadata there, but no lock of meta " +
		"servers was found in it, at %s/lock or where a meta server has reported it ([meta_server] " +
		"distributed_lock_service_parameters). Connect to the cluster that uses it, or make sure that no meta server of " +
		"it runs": "无法确定是否有正在运行的服务器在使用 %s：集群 %s 的元数据在那里，但在其中、在 %s/lock 和 meta server " +
		"报告的位置都没有找到 meta server 的锁（[meta_server] " +
		"distributed_lock_service_parameters）。请连接使用它的集群，或确认该集群没有 meta " +
		"server 在运行",
	"the tree of the connected cluster (%s)": "当前连接的集群的树（%s）",
	"the lock of the connected cluster (%s)": "当前连接的集群的锁（%s）",
	"%s lies inside %s":                      "%s 位于%s之内",
	"%s contains %s":                         "%s 包含%s",
	"%s is %s":                               "%s 就是%s",
	"cannot determine whether %s is the tree of the connected cluster: %s": "无法确定 %s 是不是当前连接的集群的树：%s",
	"the file %s exists": "文件 %s 已存在",

	"the lock of the target %s has lock nodes that no session holds; meta servers abort on them, or wait for them " +
		"forever: %s. Remove them with zk_rmr": "目标 %s 的锁里有不属于任何会话的锁节点，meta server 遇到它们会异常退出，或永远等待：%s。请用 " +
		"zk_rmr 删除它们",
	"the source %s has lock nodes that no session holds; an earlier copy may have written them as plain znodes. Meta " +
		"servers abort on them, or wait for them forever: %s. Remove them with zk_rmr": "源 %s 里有不属于任何会话的锁节点，可能是之前的拷贝把它们写成了普通 znode。meta server " +
		"遇到它们会异常退出，或永远等待：%s。请用 zk_rmr 删除它们",
	"cannot determine whether meta servers use the source %s: no lock of theirs was found in it, and no meta server " +
		"has reported where it is": "无法确定是否有 meta server 在使用源 %s：其中没有找到它们的锁，也没有 meta server 报告锁的位置",
	"%s/apps says %q: a meta server is creating this tree, or died while creating it; meta servers abort on it": "%s/apps 的值是 %q：有 meta server 正在创建这棵树，或者在创建过程中退出了；meta server " +
		"遇到它会异常退出",
	"cannot determine the meta level of the cluster, which should be blind while its tree is copied: %s": "无法确定集群的 meta level（拷贝它的树期间应为 blind）：%s",
	"cannot determine whether this is the connected cluster's tree: %s":                                  "无法确定这是不是当前连接的集群的树：%s",
	"the meta server %s uses the source %s, which is not the connected cluster's tree, so its meta level is not known; it should be blind while the tree is copied": "meta server %s 正在使用源 %s，" +
		"而它不是当前连接的集群的树，因此不知道其 meta level；拷贝这棵树期间应为 blind",
	"the meta level is %s: the cluster may change its tree during the copy; run set_meta_level blind first": "meta level 是 %s：拷贝期间集群可能会修改它的树；请先执行 set_meta_level blind",
	"%s is a follower":        "%s 是备 meta server",
	"%s and %s are followers": "%s 和 %s 是备 meta server",
	"%d meta servers hold lock nodes at %s: %s is the leader; %s waiting for the lock. Stop the followers first, " +
		"otherwise one of them becomes the leader on the old ZooKeeper when the leader restarts. %s": "有 %d 个 meta server 在 %s 持有锁节点：主 meta server 是 %s；%s，正在等待锁。" +
		"请先停掉所有备 meta server，否则主 meta server 重启时，其中一个会在旧 ZooKeeper " +
		"上成为主 meta server。%s",

	"the target %s is the root of all znodes. Leave its path out to write to %s": "目标 %s 是所有 znode 的根。不写它的路径，就会写到 %s",
	"the tree will lie at %s, not at %s: meta servers find it there only with another cluster_root, or another " +
		"chroot in hosts_list": "这棵树将位于 %s，而不是 %s：只有改用另一个 cluster_root，或在 hosts_list 中改用另一个 " +
		"chroot，meta server 才能找到它",
	"the target %s %s. Are source and target swapped? %s":                                     "目标 %s %s。源和目标是不是写反了？%s",
	"the target %s has tables that are missing from the source: %s. Is it another cluster's?": "目标 %s 里有源中没有的表：%s。它是不是另一个集群的？",
	"%s had children":       "%s 下曾有子节点",
	"%s had children since": "%s 下此后曾有子节点",
	"%s differs from the source and was changed later": "%s 与源不同，而且后来被修改过",
	"unreadable (id %d)": "无法解析（id %d）",
	"%s and %d more":     "%s 等，另有 %d 个",

	"%s. To use only one of them, start with --cluster and its address alone": "%s。如果只想使用其中一个，请在启动时用 --cluster 只指定它的地址",
	"%s on ZooKeeper %s%s": "%s 使用 ZooKeeper %s%s",
	". The requests of this command go to the leader that answers first":    "。该命令的请求会发给最先应答的主 meta server",
	"holds %d ephemeral znodes, so living servers use it: %s":               "里有 %d 个临时 znode，说明有正在运行的服务器在使用它：%s",
	"is used by living servers, which hold %d lock nodes outside of it: %s": "正被运行中的服务器使用，它们在树外持有 %d 个锁节点：%s",
	"%s in recovery mode": "%s 处于恢复模式",
	"%d meta servers lead at the same time: %s. They use different ZooKeepers":                                                               "同时有 %d 个主 meta server: %s。它们使用不同的 ZooKeeper",
	"%s. Stop the wrong one immediately: it believes the replica servers are dead and damages its metadata (migrate status shows which one)": "%s。请立即停掉错误的那一个：它认为 replica server 都已宕机，正在破坏自己的元数据（migrate status 会指出是哪一个）",
	"%s. Stop the wrong one before you send recover (migrate status shows which one)":                                                        "%s。发送 recover 之前，请先停掉错误的那一个（migrate status 会指出是哪一个）",
	"%s. Stop the wrong one before you send recover: a leader in recovery mode does not accept replicas that serve " +
		"for another leader (migrate status shows which one)": "%s。发送 recover 之前，请先停掉错误的那一个：处于恢复模式的主 meta server " +
		"不接受正在为另一个主服务的副本（migrate status 会指出是哪一个）",
	"meta servers have used the target %s since it was created (%s): what they wrote there would be overwritten with " +
		"the state of the source. Are source and target swapped? If the cluster has gone back to the old ZooKeeper and " +
		"you begin again, remove the target first: zk_rmr %s --backup FILE (migrate again shows each line)": "目标 %s 创建之后，已经有 meta server 使用过它（%s）：它们写入的内容会被源的状态覆盖。" +
		"源和目标是不是写反了？如果集群已回退到旧 ZooKeeper，现在重新开始，请先删除目标：zk_rmr %s " +
		"--backup FILE（migrate again 会显示每一行命令）",
	"%s; %s": "%s；%s",
}

// zhStatus are texts of what was seen of a migration.
var zhStatus = map[string]string{
	"table %d (%s) created":                    "新建了表 %d（%s）",
	"table %d (%s) created, and dropped since": "新建了表 %d（%s），之后又把它删除",
	"table %d (%s) changed":                    "表 %d（%s）有变化",
	"table %d (%s) dropped":                    "删除了表 %d（%s）",
	"table %d (%s) recalled":                   "找回了表 %d（%s）",
	"table %d (%s) is %s, was %s":              "表 %d（%s）的状态是 %s，原来是 %s",
	"table %d renamed from %s to %s":           "表 %d 从 %s 改名为 %s",
	"table %d (%s) split to %d partitions":     "表 %d（%s）分裂为 %d 个分片",
	"settings of table %d (%s) changed":        "表 %d（%s）的设置有变化",
	"partition %s moved":                       "分片 %s 迁移了位置",
	"partition %s reconfigured":                "分片 %s 的配置有变化",

	"step: why": "步骤：依据",
	"Next: nothing: the cluster is healthy on the new ZooKeeper": "下一步：无：集群在新 ZooKeeper 上运行正常",
	"Next: nothing":                       "下一步：无",
	"Next:":                               "下一步：",
	"wait a few seconds, then look again": "等待几秒，再查看一次",
	"the old ZooKeeper":                   "旧 ZooKeeper",
	"the new ZooKeeper":                   "新 ZooKeeper",
	"%s unknown":                          "%s 状态不明",
	"%s down":                             "%s 未运行",
	"%s follower":                         "%s 备",
	"%s is loading the metadata":          "%s 正在加载元数据",
	"%d of %d replica servers are INACTIVE, %d do not answer": "INACTIVE 的 replica server 有 %d/%d 台，%d 台没有应答",
	"%s: there is no tree": "%s: 没有树",
	"not compared: %s":     "没有比较：%s",
	"%s, such as %s":       "%s，例如 %s",
	"%s: unexpected argument %q; configuration files come after --config": "%s: 多余的参数 %q；配置文件写在 --config 之后",
	"%s: --by: %q is not a procedure: copy or recovery":                   "%s: --by: %q 不是迁移方式：应为 copy 或 recovery",
	"unknown":                         "未知",
	"%s: copy or recovery is missing": "%s: 缺少 copy 或 recovery",
	"%s: %q is not a procedure: copy or recovery":                                     "%s: %q 不是迁移方式：应为 copy 或 recovery",
	"%s: --target HOSTS[/PATH] is missing":                                            "%s: 缺少 --target HOSTS[/PATH]",
	"%s on %s, in recovery mode: it waits for recover":                                "%s（%s），处于恢复模式：正在等待 recover",
	"since when is unknown":                                                           "开始时间未知",
	"since %s or earlier":                                                             "从 %s 或更早开始",
	"%s on %s, level %s, %s; %d of %d replica servers alive, %d of %d tables healthy": "%s（%s），级别 %s，%s；replica server 存活 %d/%d 台，表健康 %d/%d 张",
	"%s (too few replica servers are alive; it was set to %s)":                        "%s（存活的 replica server 太少；设置的是 %s）",
	"%s: unknown: %s":                                                                 "%s: 未知：%s",
	"no meta server":                                                                  "没有 meta server 使用",
	"used by %s":                                                                      "正由 %s 使用",
	"whether meta servers use it is unknown":                                          "不知道是否有 meta server 使用",
	"%s: %d znodes, last change %s, %s":                                               "%s: %d 个 znode，最后修改 %s，%s",
	"equal to the old tree":                                                           "与旧树一致",
	"equal to the old tree as far as it was compared: %d znodes that were written later were not (--deep compares all)": "就已比较的部分而言与旧树一致：%d 个之后写入的 znode 没有比较（--deep 比较全部）",
	"equal to the old tree in every znode":                                                                "与旧树的每个 znode 都一致",
	"not equal to the old tree: %d znodes missing, %d more, %d different":                                 "与旧树不一致：缺少 %d 个 znode，多出 %d 个，不同 %d 个",
	"%s; changed in the new tree: %s":                                                                     "%s；新树中的变化：%s",
	"not connected, because configurations name more than %d ZooKeepers":                                  "没有连接，因为各配置中出现的 ZooKeeper 超过 %d 个",
	"no cluster is connected: name the old tree with --from HOSTS/PATH":                                   "没有连接任何集群：请用 --from HOSTS/PATH 指定旧树",
	"on the host of the meta server %s: stop it":                                                          "在 meta server %s 的主机上：停掉它",
	"on the host of the meta server %s: start it":                                                         "在 meta server %s 的主机上：启动它",
	"on the host of the meta server %s: restart it":                                                       "在 meta server %s 的主机上：重启它",
	"%s = %s in section [%s]":                                                                             "%s = %s（在 [%s] 中）",
	"on the host of the meta server %s: set in its configuration file %s":                                 "在 meta server %s 的主机上：在它的配置文件中设置 %s",
	"%s. If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, it must end in one afterwards too": "%s。如果现在的 hosts_list 以 chroot 结尾（如 HOST:PORT/CHROOT），修改后也必须以它结尾",
	"the other one waits for recover, and has no tables":                                                  "另一个正在等待 recover，没有任何表",
	"its tree has every table, and that of %s lacks %s":                                                   "它的树中有全部的表，而 %s 的树缺少%s",
	"%d of %d replica servers report to it, and %d to %s":                                                 "%d/%d 台 replica server 向它上报，另有 %d 台向 %s 上报",
	"%d tables are healthy there, and %d at %s":                                                           "那里有 %d 张表健康，而这里有 %d 张（%s）",
	"nothing else distinguishes them, and its tree was changed last (%s, at %s)":                          "其他方面没有区别，而它的树最后被修改（%s，时间 %s）",
	"%s does not exist any more, and %s has every table of the leader":                                    "%s 已不存在，而 %s 中有主 meta server 的全部表",
	"%s does not have %s, and %s has every table":                                                         "%s 没有%s，而 %s 中有全部的表",
	"%s does not have %s, and the copy %s has every table":                                                "%s 没有%s，而拷贝 %s 中有全部的表",
	"meta servers have used %s, but it does not have %s":                                                  "meta server 使用过 %s，但它没有%s",
	"meta servers have used %s, and the old tree cannot be read":                                          "meta server 使用过 %s，而旧树无法读取",
	"meta servers have used %s, and only it has %s":                                                       "meta server 使用过 %s，而且只有它有%s",
	"both trees have been used, and %s was changed last":                                                  "两棵树都被使用过，最后被修改的是 %s",
	"both trees have been used, and most meta servers are configured for %s":                              "两棵树都被使用过，多数 meta server 的配置使用 %s",
	"there is no old tree that can be copied":                                                             "没有可以拷贝的旧树",
	"the leader %s has its metadata only in memory: %s does not exist any more, and there is no old tree that can be " +
		"used": "主 meta server %s 的元数据只在内存中：%s 已不存在，也没有可用的旧树",
	"the replica servers hold %s, and neither tree has them": "replica server 上有%s，而两棵树中都没有",
	"WARNING:":   "警告：",
	"DANGER:":    "危险：",
	"%s: %s; %s": "%s：%s；%s",
	"%s. If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, put it before " +
		"distributed_lock_service_parameters instead, which must be the same on every host": "%s。如果现在的 hosts_list 以 chroot 结尾（如 HOST:PORT/CHROOT），请改为把它加在 " +
		"distributed_lock_service_parameters 之前，后者在每台主机上必须相同",
	"the old tree is not known (%w): name it with --from HOSTS/PATH or by a configuration file with --config, or " +
		"name the path of the new one: --target HOSTS/PATH": "不知道旧树（%w）：请用 --from HOSTS/PATH 或 --config 的配置文件指定它，" +
		"或写出新树的路径：--target HOSTS/PATH",
	"%s: --deadline: %d is not between 10 and 3600 seconds": "%s: --deadline: %d 不在 10 到 3600 秒之间",
	"%s: %s": "%s：%s",
	"nothing distinguishes them, and its tree is the original, of which the other is a copy":                           "两者没有区别，而它的树是原来的，另一棵是它的拷贝",
	"meta servers have started on %s, but nothing was written there since it was copied, and the old tree has changed": "有 meta server 在 %s 上启动过，但拷贝之后那里没有写入任何内容，而旧树有变化",
	"%s is only a copy of the old tree":                                           "%s 只是旧树的拷贝",
	"meta servers have started on %s, and it is equal to the old tree":            "有 meta server 在 %s 上启动过，而它与旧树一致",
	"it is not known which replica servers there are":                             "不知道有哪些 replica server",
	"%d of %d replica servers did not answer":                                     "有 %d 台 replica server 没有应答，共 %d 台",
	"no leader reports which replica servers exist":                               "没有主 meta server 说明有哪些 replica server",
	"the leader does not list the replica servers (%s)":                           "主 meta server 没有列出 replica server（%s）",
	"the old tree could not be read":                                              "旧树无法读取",
	"the new tree could not be read":                                              "新树无法读取",
	"there is no old tree":                                                        "没有旧树",
	"%s on %s%s (%d replica servers report to it, %d tables, %d of them healthy)": "%s，使用 %s%s（%d 台 replica server 向它上报，%d 张表，其中 %d 张健康）",
	"%s, last change at %s in %s":                                                 "%s，最后修改时间 %s，位置 %s",

	"%s is not known to be the tree of the connected cluster: --as_fallback keeps the tree current that this cluster used before. Start pegashell with its meta servers (--cluster), and leave -s out": "无法确认 %s 是所连接集群的树：--as_fallback 使该集群从前使用的树保持最新。请用它的 meta server 启动 pegashell（--cluster），并省略 -s",
	"%s is not the whole tree of a cluster": "%s 不是一个集群的整棵树",
	"the target %s has lock nodes that no session holds: %s. Meta servers abort on them, and --as_fallback touches no lock nodes. Remove them first": "目标 %s 中有没有会话持有的锁节点：%s。meta server 遇到它们会异常退出，而 --as_fallback 不改动锁节点。请先删除它们",
	"the target %s has tables, and none of them is this cluster's: %s. Is it another cluster's tree?":                                                "目标 %s 中有表，但没有一张属于本集群：%s。它是另一个集群的树吗？",
}
