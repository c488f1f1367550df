package message

// zhBackups are texts of the commands on backup policies and restored tables.
var zhBackups = map[string]string{
	"NOTE: there is no policy %s":                                                "注意：没有备份策略 %s",
	"NOTE: the leader's reason: %s":                                              "注意：主 meta server 给出的原因：%s",
	"NOTE: %s: no table has the id %d":                                           "注意：%s：没有 id 为 %d 的表",
	"NOTE: the leader answered %s":                                               "注意：主 meta server 的应答是 %s",
	"query_restore_status: %q is not the id of a table: expected a whole number": "query_restore_status: %q 不是表的 id：应为整数",
	"whole numbers with commas between them":                                     "用逗号分隔的整数",

	"add a policy by which tables are backed up":  "添加定期备份表的策略",
	"list the backup policies":                    "列出备份策略",
	"show backup policies and their last backups": "显示备份策略及其最近的备份",
	"change a backup policy":                      "修改备份策略",
	"let a backup policy begin no more backups":   "禁用备份策略：不再开始新的备份",
	"let a backup policy begin backups again":     "启用备份策略：重新开始备份",
	"create a table from a backup":                "从备份创建表",
	"show how far the restoring of a table is":    "显示表的恢复进度",

	"The first backup begins at once without -s, and with -s 24:00; else in the hour of that time. A policy cannot be removed, only disabled.": "不用 -s 或者 -s 24:00 时，" +
		"第一次备份立即开始；否则在该时间所在的小时内开始。策略不能删除，只能禁用。",
	"A backup without an end time is under way.":                        "没有结束时间的备份正在进行。",
	"Servers of 2.5.0 ignore ids that no table has, and succeed.":       "2.5.0 的服务器忽略不存在的表 id，并返回成功。",
	"It fails with ERR_BUSY while a backup of the policy is under way.": "该策略的备份正在进行时，它会失败，错误为 ERR_BUSY。",
	"query_backup_policy shows the ids of backups. The data is restored in the background: query_restore_status shows how far it is.": "query_backup_policy " +
		"显示备份的 id。数据在后台恢复：query_restore_status 显示进度。",
	"A table that was not restored is shown as done.": "不是恢复出来的表显示为已完成。",

	"the name of the policy": "策略的名字",
	"the block service of the servers' configuration that keeps the backups": "保存备份的 block service，在服务器的配置中定义",
	"the ids of the tables: ID,ID...":                                        "表的 id：ID,ID...",
	"seconds from one backup to the next":                                    "两次备份之间的秒数",
	"the time of day at which a backup may begin: HH:MM, 24:00 for any":      "每天可以开始备份的时间：HH:MM，24:00 表示任意时间",
	"how many backups are kept":                                              "保留多少个备份",
	"the names of the policies: NAME,NAME...":                                "策略的名字：NAME,NAME...",
	"how many of the last backups of each policy are shown":                  "每个策略显示最近多少个备份",
	"the ids of tables to add: ID,ID...":                                     "要加入的表的 id：ID,ID...",
	"the ids of tables to remove: ID,ID...":                                  "要移除的表的 id：ID,ID...",
	"seconds from one backup to the next; 0 changes nothing":                 "两次备份之间的秒数；0 表示不修改",
	"how many backups are kept; 0 changes nothing":                           "保留多少个备份；0 表示不修改",
	"the name of the cluster that made the backup":                           "生成备份的集群的名字",
	"the policy by which it was made":                                        "生成备份的策略",
	"the name that the table had then":                                       "表当时的名字",
	"the id that the table had then":                                         "表当时的 id",
	"the name of the new table; the old one by default":                      "新表的名字；默认为原来的名字",
	"the id of the backup":                                                   "备份的 id",
	"leave partitions empty whose backup is damaged: their data is lost":     "备份损坏的分片留空：其数据会丢失",
	"show every partition":                                                   "显示每个分片",
}
