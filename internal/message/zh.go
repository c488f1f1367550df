package message

// zh are the texts in simplified Chinese, room by room, by their English formats. Arguments that
// change places are numbered, as in %[2]s.
//
// The words are those of Pegasus's own Chinese documentation where it has them. Names stay as they
// are typed and shown: meta server, replica server, znode, ACL, primary, secondary, meta level.
//
//	cluster          集群
//	leader           主 meta server
//	follower         备 meta server
//	lock, lock node  锁、锁节点
//	table            表
//	partition        分片
//	replica          副本
//	metadata         元数据
//	tree (of znodes) 树、znode 树
//	source, target   源、目标
//	ephemeral        临时（znode）
//	session          会话
//	ensemble         ZooKeeper 集群
//	recovery         元数据恢复
//	migration        迁移
//	runbook, step    操作手册、步骤
//	guard            防护规则
//	refuse, override 拒绝、强制执行
//	to lead          担任主 meta server
//	beacon           心跳
//	freeze           冻结
//	backup policy    备份策略
//	block service    备份介质服务（block service）
//	duplication      跨集群复制（duplication）
//	bulk load        批量导入（bulk load）
//	partition split  分片分裂（partition split）
//	journal          操作日志
//	manifest         plugins.toml
var zh = []map[string]string{
	zhMigration, zhStatus, zhCommand, zhCluster, zhZooKeeper, zhConfig, zhShell, zhCompletion,
	zhErrors, zhConsole, zhCheck,
	zhBackups,
	zhNotices,
	zhPreflight,
	zhJournal,
	zhConfigCheck,
	zhSituations,
	zhSteps,
	zhReturn,
	zhFollow,
	zhFeatures,
	zhZnodes,
	zhEdits,
	zhSummaries, zhFlags, zhNotes, zhTreeNotes,
}
