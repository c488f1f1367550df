package message

// zhReturn are the way back from a migration, and how to begin again.
var zhReturn = map[string]string{
	"%s leads on the new ZooKeeper: there is nothing to begin again. To go back first: migrate rollback": "主 meta server %s 在新 ZooKeeper 上：没有什么需要重新开始。要先回退：migrate " +
		"rollback",
	"begin again":                       "重新开始",
	"be back on the old ZooKeeper":      "回到旧 ZooKeeper",
	"the new tree is the right one: %s": "新树才是正确的：%s",
	"%s leads there":                    "主 meta server %s 在那里",
	"no known meta server runs, and the old tree is the right one":                          "没有运行中的 meta server，旧树是正确的",
	"no meta server leads there":                                                            "那里没有主 meta server",
	"remove what the earlier attempt has left on the new ZooKeeper":                         "删除之前的尝试在新 ZooKeeper 上留下的内容",
	"the new tree is not known, or could not be looked at":                                  "不知道新树，或无法查看",
	"there is no tree %s":                                                                   "没有树 %s",
	"%s is the right tree":                                                                  "%s 是正确的树",
	"%s was not used by meta servers: zk_copy writes only what differs":                     "没有 meta server 使用过 %s: zk_copy 只写入不同之处",
	"meta servers have used %s, or it has tables that are not wanted":                       "有 meta server 使用过 %s，或其中有不需要的表",
	"%s is in the way: zk_copy refuses to write over it, and recovery needs an empty place": "%s 已被占用：zk_copy 拒绝覆盖它，元数据恢复则需要空的位置",
	"the old tree %s does not exist any more. A backup of it can be restored with zk_restore, if no table was " +
		"created or split since": "旧树 %s 已不存在。如果此后没有新建过表，也没有做过分片分裂，可以用 zk_restore 恢复它的备份",
	"replica servers hold tables or partitions that %s does not have: %s. Every meta server that starts on it aborts " +
		"(gpid ... is not exist on meta server). Only a copy of the new tree, or recovery, has all of them": "replica server 上有 %s 中没有的表或分片：%s。用它启动的 meta server " +
		"都会异常退出（gpid ... is not exist on meta server）。" +
		"只有新树的拷贝或元数据恢复才包含全部内容",
	"what was changed on the new ZooKeeper is not known: %s":                               "不知道新 ZooKeeper 上有哪些改动：%s",
	"%d znodes differ, %d are only in the new tree, %d only in the old one":                "有 %d 个 znode 不同，%d 个只在新树中，%d 个只在旧树中",
	"the cluster uses %s, and no other tree is known":                                      "集群在使用 %s，不知道其他的树",
	"if that is the old ZooKeeper, name the new one: migrate status --target HOSTS[/PATH]": "如果它就是旧 ZooKeeper，请指定新的：migrate status --target HOSTS[/PATH]",
	"what the replica servers hold is not known: %s":                                       "不知道 replica server 上有什么：%s",
	"%s. %s does not answer, and holds a lock node there: it may lead":                     "%s. %s 没有应答，却在那里持有锁节点：它可能是主 meta server",
	"the old ZooKeeper was not named, and no configuration names one":                      "没有指定旧 ZooKeeper，配置中也没有",
	"the way back leads there":                                                             "回退的目的地就是它",
	"name the old ZooKeeper: migrate rollback --from HOSTS/PATH":                           "指定旧 ZooKeeper: migrate rollback --from HOSTS/PATH",
	"stop the meta servers that do not use the old ZooKeeper":                              "停掉没有使用旧 ZooKeeper 的 meta server",
	"none runs": "没有运行中的",
	"set the old ZooKeeper in the configuration of every meta server": "在每个 meta server 的配置中设置旧 ZooKeeper",
	"every configuration that can be read here is right":              "能从这里读取的配置都正确",
	"start one meta server, and check that the cluster is normal":     "启动一个 meta server，并检查集群是否正常",
	"%s leads on the old ZooKeeper at level %s":                       "主 meta server %s 在旧 ZooKeeper 上，级别 %s",
	"%d of %d tables are not healthy yet":                             "还有 %d 张表不健康，共 %d 张",
	"no meta server leads on the old ZooKeeper yet":                   "旧 ZooKeeper 上还没有主 meta server",
	"all %d meta servers run on the old ZooKeeper":                    "全部 %d 个 meta server 都在旧 ZooKeeper 上运行",
	"down: %s":              "未运行：%s",
	"Lost on the way back:": "回退会丢失：",
	"Next: nothing: the cluster is back on the old ZooKeeper":                          "下一步：无：集群已回到旧 ZooKeeper",
	"it is too late to go back: %s":                                                    "已经来不及回退：%s",
	"To move to the old ZooKeeper as to a new one, with everything that there is now:": "要带着现有的全部内容迁移到旧 ZooKeeper（就像迁移到一个新的一样）：",

	"freeze the cluster, and wait until zk_copy --as_fallback has verified the old tree":                   "冻结集群，等待 zk_copy --as_fallback 校验旧树",
	"zk_copy --as_fallback has not ended yet: it ends by itself once it has verified":                      "zk_copy --as_fallback 尚未结束：校验之后它会自行结束",
	"To lose nothing, keep the old tree current first, while the cluster works, then repeat this command:": "要不丢失任何内容，请先在集群工作时使旧树保持最新，然后再次执行本命令：",
}
