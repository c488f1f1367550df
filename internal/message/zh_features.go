package message

// zhFeatures are the texts on duplications, bulk loads, hotkeys and splits.
var zhFeatures = map[string]string{
	"begin to duplicate a table to another cluster":     "开始把表复制到另一个集群",
	"show the duplications of a table":                  "显示表的跨集群复制（duplication）",
	"end a duplication":                                 "结束一个跨集群复制",
	"continue a duplication that is paused":             "继续已暂停的跨集群复制",
	"pause a duplication":                               "暂停跨集群复制",
	"set what a duplication does about refused writes":  "设置对端集群拒绝写入时跨集群复制的处理方式",
	"load files that were made elsewhere into a table":  "把在别处生成的文件导入表",
	"show how far a bulk load is":                       "显示批量导入（bulk load）的进度",
	"pause a bulk load":                                 "暂停批量导入",
	"continue a bulk load that is paused":               "继续已暂停的批量导入",
	"end a bulk load":                                   "结束批量导入",
	"remove what is left of a bulk load that has ended": "清除已结束的批量导入留下的内容",
	"find out which key of a partition is used most":    "找出分片中访问最多的 key",
	"show or set whether all bytes are escaped":         "显示或设置是否转义 key 和 value 的全部字节",
	"show tables whose partitions are being split":      "显示正在分裂分片的表",

	"With -s the data that the table has already is copied too. If the table has a duplication to that cluster already, none is added: " +
		"without -s one that is paused is started, its fail mode becomes FAIL_SLOW, and its id is shown. The leader does not store that, so that " +
		"a new leader has what was stored before: start_dup and set_dup_fail_mode store it. Where its status does not allow the change, nothing " +
		"changes, and both ids are 0.": "加上 -s 时，表中已有的数据也会拷贝。如果表到该集群的复制已经存在，则不会新建：" +
		"不加 -s 时，暂停的复制会重新启动，失败模式变为 FAIL_SLOW，并显示它的 id。主 meta server 不保存这个改动，所以换主之后仍是之前保存的状态：" +
		"start_dup 和 set_dup_fail_mode 会保存。如果它的状态不允许这样改，则什么都不变，两个 id 都是 0。",
	"nothing was added or changed: %s has a duplication to %s already, and its status does not allow this. Look at it with query_dup %s": "没有新建，也没有改动：%s 到 %s " +
		"的复制已经存在，它的状态不允许这样做。请用 query_dup %s 查看",
	"-d shows them as JSON, as the original does. `--progress` shows how far each partition is: the last decree that the other cluster has confirmed, as " +
		"the leader knows it, or a dash while it knows none.": "-d 与原版一样以 JSON 显示。`--progress` 显示每个分片的进度：主 meta server 所知的、对端集群最后确认的 decree；还不知道时显示短横线。",
	"add_backup_policy: the policy name %q %v: the leader stores the policy in a znode of this name, and aborts where " +
		"there can be none. Use letters, digits, underscores and hyphens": "add_backup_policy: 策略名 %q %v：主 meta server 把策略保存在同名的 znode 中，" +
		"如果这样的 znode 不能存在，它就会中止。请只用字母、数字、下划线和连字符",
	"What the other cluster has received stays there. A duplication that was removed cannot be started again: add_dup begins a new one.": "对端集群已经收到的数据仍保留。" +
		"删除后的复制不能再启动：要用 add_dup 重新建立。",
	"The logs of the table are kept until it continues: replica servers need more disk meanwhile.": "继续之前会一直保留该表的日志：其间 replica server 需要更多磁盘空间。",
	"`slow` tries again without end, `skip` leaves the write out.":                                 "`slow` 一直重试，`skip` 跳过这次写入。",
	"The leader sets its meta level to steady when it accepts: at the level blind, where metadata is being copied, the command is refused for that reason. " +
		"The files are those of the cluster and the table below the root path of the provider.": "主 meta server 接受后会把自己的 meta level 设为 steady：因此在拷贝元数据的 blind 级别下，" +
		"这条命令会被拒绝。文件取自 provider 的根路径下该集群、该表的目录。",
	"Of a bulk load that has ended the result of the last one is shown, until clear_bulk_load.": "批量导入结束后显示最近一次的结果，直到执行 clear_bulk_load。",
	"What was taken in already stays. Without -f a bulk load in some states is not ended.":      "已经导入的内容会保留。不加 -f 时，处于某些状态的批量导入不会结束。",
	"ADDRESS is the replica server with the partition's primary. The long name of -c is `--hotkey_action`, whatever the usage says, as in the original. " +
		"`start` begins, `query` shows what was found, `stop` ends it.": "ADDRESS 是该分片 primary 所在的 replica server。与原版一样，-c 的长名字是 `--hotkey_action`，与用法中写的不同。" +
		"`start` 开始检测，`query` 显示结果，`stop` 结束检测。",
	"Kept for scripts: it is about the commands that read and write data, which this shell does not have.": "为脚本保留：它只与读写数据的命令有关，而本 shell 没有这些命令。",
	"A split doubles the partitions of a table. `left` are partitions that are not split yet, the next columns what they do. " +
		"Without a name all tables are asked about, a call each.": "分裂会使表的分片数加倍。`left` 是尚未分裂的分片数，其后各列是它们的状态。不给名字时逐个询问所有表，每个表一次调用。",

	"show the confirmed decree of each partition": "显示每个分片已确认的 decree",
	"the table": "表",
	"the cluster that the files were made for":                   "生成文件时所针对的集群",
	"where the files are, such as local_service or hdfs_service": "文件所在之处，例如 local_service 或 hdfs_service",
	"the folder of the files on the provider":                    "文件在 provider 上的目录",
	"what the table has already is newer than the files":         "表中已有的数据比文件新",
	"whatever its state is":                                      "无论处于什么状态",
	"show this partition":                                        "显示这个分片",
	"show the partitions, or of one the replica servers":         "显示各个分片，或一个分片的各台 replica server",
	"try again without end":                                      "一直重试",
	"leave the write out":                                        "跳过这次写入",
	"%s is a command of the Pegasus shell on data or on files of a server, which this shell does not have: with native in [shell] of " +
		"plugins.toml, such as native = [\"/opt/pegasus/run.sh\", \"shell\"], it passes such lines on": "%s 是 Pegasus shell 处理数据或服务器文件的命令，本 shell 没有它：" +
		"在 plugins.toml 的 [shell] 中设置 native，例如 native = [\"/opt/pegasus/run.sh\", \"shell\"]，这类命令行就会转交给它",
	"at most one table":        "最多一个表",
	"there is no table %s":     "没有表 %s",
	"the splits of %s: %w":     "%s 的分片分裂：%w",
	"the partitions of %s: %w": "%s 的分片：%w",
	"start a bulk load at level blind, which ends that level":                            "在 blind 级别下开始批量导入，这会结束该级别",
	"%s. A leader that starts a bulk load also sets its level to steady, without a word": "%s。主 meta server 开始批量导入时还会不作提示地把自己的级别设为 steady",
	"the meta level is %s now: a leader that starts a bulk load sets it to steady":       "meta level 现在是 %s：主 meta server 开始批量导入时会把它设为 steady",
	"a leader that starts a bulk load sets the meta level to steady: look with get_meta_level": "主 meta server 开始批量导入时会把 meta level 设为 steady：" +
		"请用 get_meta_level 查看",
	"query_dup: -d is the original's JSON, which has no progress: use it without --progress and --json": "query_dup: -d 是原版的 JSON，其中没有进度：不要与 --progress 和 --json 一起使用",
}
