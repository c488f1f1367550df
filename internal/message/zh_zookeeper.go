package message

// zhZooKeeper are texts of the commands on trees of znodes.
var zhZooKeeper = map[string]string{
	"copy":        "拷贝",
	"restoration": "恢复",
	"the %s is not complete: %d znodes were created, %d changed, %d removed":                               "%s未完成：已创建 %d 个 znode，修改 %d 个，删除 %d 个",
	"the removal is not complete: %d of %d znodes were removed":                                            "删除未完成：已删除 %d 个 znode，共 %d 个",
	"%s. Repeat the command: it continues where this one ended":                                            "%s。请重新执行该命令：它会从这次结束的地方继续",
	"%d znodes of the source changed while it was copied:%s\nThe target is not equal to the source. %s":    "拷贝期间源中有 %d 个 znode 发生了变化：%s\n目标与源不一致。%s",
	"Stop what changes the source (stop the followers, run set_meta_level blind), then repeat the command": "请先停止对源的修改（停掉备 meta server，执行 set_meta_level blind），再重新执行该命令",
	"%d znodes of the target differ from the source after the %s:%s\nAnother program may write to the target: find " +
		"it, then repeat the command": "目标中有 %d 个 znode 在%s之后与源不同：%s\n可能有其他程序在写目标：请找到它，再重新执行该命令",
	"%d znodes of the source changed while it was saved:%s\nThe backup %s is whole, but it is not the tree as it was " +
		"at one moment. %s": "备份期间源中有 %d 个 znode 发生了变化：%s\n备份 %s 是完整的，但不是这棵树在同一时刻的样子。%s",
	"Repeat the command; if a living cluster uses the tree, run set_meta_level blind first": "请重新执行该命令；如果有运行中的集群在使用这棵树，请先执行 set_meta_level blind",
	"%d znodes of the target that are missing from the source were kept: they are ephemeral, or contain an ephemeral " +
		"one": "目标中有 %d 个源中没有的 znode 被保留：它们是临时 znode，或其下有临时 znode",
	"%d znodes of the target are not in the source; --delete removes them": "目标中有 %d 个 znode 不在源中；--delete 会删除它们",
	"--exclude %s matched nothing, in the source or in the target":         "--exclude %s 在源和目标中都没有匹配到任何 znode",
	"sequence counters are not copied: new sequential znodes will get lower numbers in the target than in the " +
		"source, below %d znodes: %s%s": "顺序节点的计数器不会被拷贝：在 %d 个 znode 之下，目标中新建的顺序节点的编号会比源中的小：%s%s",
	"table %s to cluster %s (dup_id %s)": "表 %s 到集群 %s（dup_id %s）",
	"Only the progress of duplications changed, which the leader writes at every meta level: pause the duplications " +
		"first (pause_dup of the Pegasus shell), then repeat the command: %s": "只有跨集群复制（duplication）的进度发生了变化，主 meta server 在任何 meta level " +
		"下都会写它：请先暂停这些 duplication（Pegasus shell 的 pause_dup），" +
		"再重新执行该命令：%s",

	"To be removed from %s:":                                     "将从 %s 中删除：",
	"%s and %d below it":                                         "%s 及其下的 %d 个",
	"and %d more, which --dry_run lists":                         "另有 %d 个，可用 --dry_run 列出",
	"%s\n    and %d more; -j lists the first %d":                 "%s\n    另有 %d 个；-j 会列出前 %d 个",
	"%s\n    and %d more, which -j lists":                        "%s\n    另有 %d 个，可用 -j 列出",
	"%s Let %s remove %d znodes of %s that are not in %s?":       "%s是否让 %[2]s 删除 %[3]d 个 znode（在 %[4]s 中，而不在 %[5]s 中）？",
	"Nothing was copied yet.":                                    "尚未拷贝任何内容。",
	"Nothing was written yet.":                                   "尚未写入任何内容。",
	"Remove %d znodes (%s) at and below %s, with the tables %s?": "是否删除 %[3]s 及其下的 znode，共 %[1]d 个（%[2]s），其中有表 %[4]s？",
	"Remove %d znodes (%s) at and below %s?":                     "是否删除 %[3]s 及其下的 znode，共 %[1]d 个（%[2]s）？",

	"%[1]s: %[2]s has no path: use HOSTS/PATH, or ./%[2]s for a znode of the connected cluster's tree":            "%[1]s: %[2]s 没有路径：请写成 HOSTS/PATH，或用 ./%[2]s 表示所连集群的树中的 znode",
	"%[1]s: %[2]s does not name its ZooKeeper: use %[3]s%[2]s, or own%[2]s for that of the connected cluster":     "%[1]s: %[2]s 没有写明它的 ZooKeeper：请写成 %[3]s%[2]s，或用 own%[2]s 表示所连集群的 ZooKeeper",
	"%[1]s: %[2]s does not name its ZooKeeper: use own%[2]s for that of the connected cluster, or HOST:PORT%[2]s": "%[1]s: %[2]s 没有写明它的 ZooKeeper：用 own%[2]s 表示所连集群的，或写成 HOST:PORT%[2]s",
	"%s: %s has no path: use HOSTS/PATH":                                           "%s: %s 没有路径：请写成 HOSTS/PATH",
	"%s: %s has no path: use HOSTS/PATH, or the name of a backup file that exists": "%s: %s 没有路径：请写成 HOSTS/PATH，或一个存在的备份文件的名字",
	"a tree and a FILE, or only a FILE that ends in .zkb, .gz or .zst":             "一棵树和一个 FILE，或只有一个以 .zkb、.gz 或 .zst 结尾的 FILE",
	"a FILE and a target":                                     "一个 FILE 和一个目标",
	"two trees or backup files":                               "两棵树或两个备份文件",
	"at most one HOSTS/PATH or PATH":                          "最多一个 HOSTS/PATH 或 PATH",
	"exactly one HOSTS/PATH":                                  "恰好一个 HOSTS/PATH",
	"zk_check: unexpected argument %q":                        "zk_check: 多余的参数 %q",
	"zk_copy: -t HOSTS[/PATH] is missing":                     "zk_copy: 缺少 -t HOSTS[/PATH]",
	"zk_copy: unexpected argument %q":                         "zk_copy: 多余的参数 %q",
	"zk_copy: --copy_only and --delete contradict each other": "zk_copy: --copy_only 和 --delete 互相矛盾",
	"zk_copy: --rate_limit: %d is below 0":                    "zk_copy: --rate_limit: %d 小于 0",
	"zk_copy: --batch_size: %d is not at least 1":             "zk_copy: --batch_size: %d 小于 1",
	"zk_copy: -s %s has no path: use HOSTS/PATH":              "zk_copy: -s %s 没有路径：请写成 HOSTS/PATH",
	"zk_rmr: %s has no path: use HOSTS/PATH":                  "zk_rmr: %s 没有路径：请写成 HOSTS/PATH",
	"zk_check: --lock_root: %v":                               "zk_check: --lock_root: %v",
	"ephemeral znodes of the source become plain ones in the target, which are not removed when their sessions end": "源中的临时 znode 在目标中会成为普通 znode，会话结束时不会被删除",
	"%w\nWithout -s the connected cluster's tree is copied: if no meta server answers, name the tree with -s " +
		"HOSTS/PATH": "%w\n不加 -s 时拷贝的是当前连接的集群的树：如果没有 meta server 应答，请用 -s HOSTS/PATH " +
		"指定这棵树",
	"target: %w": "目标：%w",
	"source: %w": "源：%w",
	"%s is not the tree as it was at one moment: %d znodes changed while the backup was taken": "%s 不是这棵树在同一时刻的样子：备份期间有 %d 个 znode 发生了变化",
	"%s has %d container or TTL znodes, which an earlier version recorded: they are restored as plain ones, which no " +
		"server removes automatically": "%s 中有 %d 个 container 或 TTL znode（由早期版本记录）：它们会被恢复为普通 znode，" +
		"服务器不会自动删除",
	"the ACL of %s does not let you delete children: %s itself will stay, but everything below it will be removed": "%s 的 ACL 不允许删除子节点：%s 本身会保留，但它下面的全部内容都会被删除",
	"%w\nNothing was removed": "%w\n没有删除任何内容",
	"Next: %s":                "下一步：%s",
	"the source may have changed during the copy (see the warnings). Start pegashell with the address of the " +
		"source's meta servers (--cluster), stop the followers, run set_meta_level blind, and repeat this command there.": "拷贝期间源可能发生了变化（见警告）。请用源的 meta server 的地址启动 pegashell（--cluster），" +
		"停掉备 meta server，执行 set_meta_level blind，再在那里重新执行这条命令。",
	"the source may have changed during the copy (see the warnings). Stop the followers, run set_meta_level blind, " +
		"and repeat this command.": "拷贝期间源可能发生了变化（见警告）。请停掉备 meta server，执行 set_meta_level blind，" +
		"再重新执行这条命令。",
	"the copy was not verified. Compare it with zk_diff %s %s.": "拷贝没有经过校验。请用 zk_diff %s %s 比较。",
	"set hosts_list = %s in section [zookeeper] of every meta server's config.ini, then restart the leader.": "在每个 meta server 的 config.ini 的 [zookeeper] 中设置 hosts_list = " +
		"%s，然后重启主 meta server。",
	"If hosts_list ends in a chroot now, such as HOST:PORT/CHROOT, it must end in one afterwards too: the shell is " +
		"not connected to the source's cluster and cannot see it.": "如果现在的 hosts_list 以 chroot 结尾（如 HOST:PORT/CHROOT），" +
		"修改后也必须以它结尾：shell 没有连接源所属的集群，看不到它。",
	"The path changes too: set cluster_root = %s in section [meta_server], and also " +
		"distributed_lock_service_parameters if it is below %s.": "路径也变了：请在 [meta_server] 中设置 cluster_root = %s；如果 " +
		"distributed_lock_service_parameters 位于 %s 之下，也要修改。",
	"[zookeepers.%s] of plugins.toml says chroot = %q: config_set writes another hosts_list for that name.": "plugins.toml 的 [zookeepers.%s] 中 chroot = %q：用这个名字时，" +
		"config_set 会写入另一个 hosts_list。",
	"The lock of the meta servers is outside of the tree, below %s. It is not copied: they create it on the new " +
		"ZooKeeper.": "meta server 的锁在树外，位于 %s 之下。它不会被拷贝：它们会在新 ZooKeeper 上自己创建。",
	"When the cluster is healthy there, wait a minute: zk_check %s must show no living_meta_servers then. A meta " +
		"server that still uses the old ZooKeeper becomes the leader there, 20 to 40 s after the restart.": "集群在那里恢复健康之后，请等待一分钟：那时 zk_check %s 不应显示 living_meta_servers。" +
		"仍在使用旧 ZooKeeper 的 meta server，会在重启之后 20 到 40 秒成为那里的主。",
	"Then start the followers, and remove the old tree with zk_rmr %s.":                          "然后启动备 meta server，并用 zk_rmr %s 删除旧树。",
	"That leaves %s on the old ZooKeeper: remove it too if no other cluster has its lock there.": "旧 ZooKeeper 上还会留下 %s：如果没有其他集群的锁在那里，也请删除。",
	"migrate status shows where the migration is, and what comes next.":                          "migrate status 显示迁移进行到哪一步，以及接下来该做什么。",
	"    for %s: config_set FILE zookeeper hosts_list %s":                                        "    对 %s: config_set FILE zookeeper hosts_list %s",
	"Next: meta servers use this tree when hosts_list in section [zookeeper] of their configurations names %s and " +
		"they are started. migrate status shows what is left to do.": "下一步：当配置的 [zookeeper] 中 hosts_list 写的是 %s 时，meta server " +
		"启动后就会使用这棵树。migrate status 显示还有什么要做。",
	"Next: this was the tree that was copied to %s. migrate status shows whether anything is left to do.": "下一步：这是被拷贝到 %s 的树。migrate status 显示是否还有什么要做。",
}
