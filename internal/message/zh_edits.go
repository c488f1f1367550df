package message

// zhACL is how an ACL is written.
const zhACL = "ACL 是用逗号隔开的 SCHEME:ID:PERMS：`world:anyone:r,digest:admin:HASH:cdrwa`，与 zk_getacl 显示的相同；PERMS 由 c（创建）、d（删除）、r（读）、w（写）、a（管理）组成。"

// enACL is the same in English.
const enACL = "ACL is a list of SCHEME:ID:PERMS with commas between: `world:anyone:r,digest:admin:HASH:cdrwa`, as zk_getacl shows them; PERMS are of " +
	"c (create), d (delete), r (read), w (write), a (admin)."

// zhEdits are the texts of the commands that change single znodes, and of the one that watches a tree.
var zhEdits = map[string]string{
	"set the data of a znode":                               "设置 znode 的数据",
	"edit the data of a znode in $EDITOR":                   "用 $EDITOR 编辑 znode 的数据",
	"create a znode":                                        "创建 znode",
	"remove a znode without children":                       "删除没有子节点的 znode",
	"set the ACL of a znode":                                "设置 znode 的 ACL",
	"copy a znode and everything below it":                  "拷贝 znode 及其下的一切",
	"move a znode and everything below it":                  "移动 znode 及其下的一切",
	"show the changes of a tree as they come, until Ctrl-C": "实时显示一棵树的变化，直到 Ctrl-C",

	"Without HOSTS the connected cluster's ZooKeeper is used.": "不写 HOSTS 时使用所连集群的 ZooKeeper。",
	"Guards, each overridden by `--force NAME`: `live_tree` refuses a znode of a tree that living servers use, who would not see the change; " +
		"`unknown_liveness` refuses one of a cluster whose lock was not found; `two_leaders` refuses while two meta servers lead.": "守卫，每个都可用 `--force NAME` 强制通过：" +
		"`live_tree` 拒绝修改存活的服务器正在使用的树中的 znode，它们看不到这种修改；`unknown_liveness` 拒绝修改没有找到锁的集群的 znode；" +
		"`two_leaders` 在两台 meta server 同时为主时拒绝。",
	"JSON is best typed in single quotes: `'{\"a\": 1}'`. Between double quotes a backslash begins another character, " +
		"such as `\\n` for the end of a line.": "JSON 最好写在单引号中：`'{\"a\": 1}'`。在双引号中，反斜杠开始另一个字符，例如 `\\n` 表示换行。",
	"`--version` sets the data only if it still has this version, as zk_stat shows it. An empty DATA (`\"\"`) leaves the znode without data. " +
		"`--file /dev/stdin` reads what a script pipes in to `pegashell -x`; where the shell reads its lines from the standard input, it is refused.": "`--version`：只在数据仍是这个版本（zk_stat 所显示的）时才设置。空的 DATA（`\"\"`）使 znode 没有数据。`--file /dev/stdin` 读取脚本从管道送给 `pegashell -x` 的内容；shell 从标准输入读取命令行时，会拒绝它。",
	"The editor is $VISUAL, else $EDITOR, else vi. JSON without blanks is indented while it is edited, unless --raw is used, and must be JSON again. The data is set only if " +
		"nobody has changed it meanwhile; where it cannot be set, what was written is kept in a file, which the error names. Data that is no text is refused: " +
		"use zk_get and zk_set.": "编辑器是 $VISUAL，否则是 $EDITOR，否则是 vi。没有空白的 JSON 在编辑时会缩进（除非用 --raw），编辑后必须仍是 JSON。只在期间没有别人修改过时才设置数据；" +
		"无法设置时，写好的内容保存在一个文件里，错误信息会给出文件名。不是文本的数据会被拒绝：请用 zk_get 和 zk_set。",
	"The znode is persistent. `-p` also creates the znodes above it that are missing, without data and with the same ACL, all in one transaction. " + enACL: "创建的是持久 znode。" +
		"`-p` 还会创建上面缺少的 znode，它们没有数据，ACL 相同，全部在一个事务中完成。" + zhACL,
	"It does not ask. `--version` removes the znode only if its data still has this version. A znode with children is refused: zk_rmr removes it with everything below it.": "不会询问。" +
		"`--version`：只在数据仍是这个版本时才删除。有子节点的 znode 会被拒绝：用 zk_rmr 连同其下的一切删除。",
	enACL + " `-R` sets it of everything below too, each znode after what lies below it. `--version` sets it only if the ACL still has this version, the `aversion` of zk_stat.": zhACL +
		"`-R` 还设置其下的一切，每个 znode 都在其下的之后设置。`--version`：只在 ACL 仍是这个版本（zk_stat 的 `aversion`）时才设置。",
	"The second path, on the same ensemble, is that of the copy; there must be no such znode yet, and its parent must exist. The copy has the data and the ACLs, and is read back. " +
		"Ephemeral znodes are left out. zk_copy copies to another ensemble, and brings a copy up to date.": "第二个路径在同一个 ZooKeeper 上，是副本的路径；那里必须还没有 znode，而且它的父节点必须存在。副本带有数据和 ACL，并会读回核对。" +
		"不拷贝临时 znode。zk_copy 拷贝到另一个 ZooKeeper，并能更新已有的副本。",
	"The second path, on the same ensemble, is where the znode is to be; there must be none yet, and its parent must exist. All is moved in one transaction, or nothing is: " +
		"what is too large for one (512 KiB with paths and ACLs) is refused, as is what holds ephemeral znodes.": "第二个路径在同一个 ZooKeeper 上，是 znode 的新位置；那里必须还没有 znode，而且它的父节点必须存在。" +
		"全部在一个事务中移动，否则什么也不移动：对一个事务来说太大的（连同路径和 ACL 超过 512 KiB），以及含有临时 znode 的，会被拒绝。",
	"A line for each change: the time, what happened (`created`, `data set`, `removed`), and the path below the tree. Changes of ACLs are not shown: ZooKeeper reports them to nobody. " +
		"Servers before 3.6 report no changes of trees: then the tree is looked through every 2 seconds, so that several changes of a znode can be one line, and `child removed` names what the removed znode was below. " +
		"The same is done after a lost connection. Ctrl-C ends it, which is not a failure. `-j` prints an object a line. " + enNode: "每个变化一行：时间、发生了什么（`created`、`data set`、`removed`）、从该树开始的路径。不显示 ACL 的变化：ZooKeeper 不向任何人报告。" +
		"3.6 之前的服务器不报告整棵树的变化：这时每 2 秒查看一遍该树，所以一个 znode 的几次变化可能只有一行，`child removed` 给出被删除的 znode 的父节点。" +
		"连接断开之后也这样做。Ctrl-C 结束，这不算失败。`-j` 每行输出一个对象。" + zhNode,

	"take the data from this file, byte by byte":                  "数据逐字节取自这个文件",
	"the version that the data must have; -1 is any":              "数据必须是的版本；-1 为任意",
	"the version that the ACL must have; -1 is any":               "ACL 必须是的版本；-1 为任意",
	"edit the data as it is, also where it is JSON":               "原样编辑数据，即使是 JSON",
	"create the znodes above it too":                              "也创建上面的 znode",
	"the ACL, SCHEME:ID:PERMS,...; world:anyone:cdrwa without it": "ACL，SCHEME:ID:PERMS,...；不写则为 world:anyone:cdrwa",
	"set it of everything below too":                              "也设置其下的一切",
	"end after so many changes; 0 for never":                      "这么多个变化之后结束；0 为从不",
	"table %d, %d partitions":                                     "表 %d，%d 个分区",
	"replica server, %s":                                          "replica server，%s",
	"tables %s":                                                   "表 %s",
	"%d below":                                                    "其下 %d 个",

	"assign a primary to a partition that has none":                    "给没有主副本的分区指定主副本",
	"make a server a secondary":                                        "使一台服务器成为备副本",
	"make a learner that has caught up a secondary":                    "使已经追上的 learner 成为备副本",
	"make the primary a secondary":                                     "使主副本成为备副本",
	"stop serving a replica, keep its data":                            "停止服务一个副本，保留它的数据",
	"remove a replica":                                                 "删除一个副本",
	"add a secondary as a step of balancing":                           "增加一个备副本，作为均衡的一步",
	"make the primary raise its ballot":                                "使主副本提高 ballot",
	"a step of dropping a table":                                       "删除表的一步",
	"a step of splitting a partition":                                  "分裂分区的一步",
	"print what was changed as JSON":                                   "以 JSON 输出改动",
	"print JSON, an object a line":                                     "输出 JSON，每行一个对象",
	"change a tree that living servers use":                            "修改存活的服务器正在使用的树",
	"change a tree that living servers may use without being detected": "修改可能有未被发现的存活服务器在使用的树",

	"%s has version %d, not %d: it was changed since":                                          "%s 的版本是 %d，不是 %d：在此之后被修改过",
	"there is a znode %s already":                                                              "znode %s 已经存在",
	"there is no znode %s to create it below":                                                  "没有上级 znode %s",
	"%s has children (%d)":                                                                     "%s 有子节点（%d 个）",
	"%s is too large for one transaction (%s)":                                                 "%s 对一个事务来说太大（%s）",
	"Meta servers keep the metadata in memory and do not see what others change in it":         "meta server 把元数据放在内存里，看不到别人对它的修改",
	"%s belongs to a tree of living servers, which hold %d lock nodes: %s. %s. %s":             "%s 属于存活的服务器的树，它们持有 %d 个锁节点：%s。%s。%s",
	"%s belongs to the tree or the lock of the connected cluster (%s), which has a leader. %s": "%s 属于所连集群的树或锁（%s），该集群有主 meta server。%s",
	"%s: DATA and --file cannot be used together":                                              "%s: DATA 和 --file 不能同时使用",
	"read the data: %w": "读取数据：%w",
	"%w: zk_rmr %s removes it with everything below it": "%w：zk_rmr %s 连同其下的一切删除",
	"a HOSTS/PATH or PATH, and at most DATA":            "一个 HOSTS/PATH 或 PATH，以及最多一个 DATA",
	"a HOSTS/PATH or PATH, and DATA":                    "一个 HOSTS/PATH 或 PATH，以及 DATA",
	"a HOSTS/PATH or PATH, and an ACL":                  "一个 HOSTS/PATH 或 PATH，以及一个 ACL",
	"exactly one HOSTS/PATH or PATH":                    "正好一个 HOSTS/PATH 或 PATH",
	"exactly two HOSTS/PATH or PATH":                    "正好两个 HOSTS/PATH 或 PATH",
	"zk_create: --acl: %v":                              "zk_create: --acl: %v",
	"%w: zk_set sets its data":                          "%w：zk_set 设置它的数据",
	"%w: -p creates it too":                             "%w：-p 也会创建它",
	"%w: zk_create -p creates it":                       "%w：zk_create -p 创建它",
	"the data of %s is no text: save it with zk_get, and set it with zk_set --file":     "%s 的数据不是文本：用 zk_get 保存，用 zk_set --file 设置",
	"ERROR: write the line to a file for the editor: %v":                                "错误：把该行写入供编辑器使用的文件：%v",
	"ERROR: the editor %s failed: %v":                                                   "错误：编辑器 %s 失败：%v",
	"ERROR: read what was edited: %v":                                                   "错误：读取编辑的内容：%v",
	"write the data to a file for the editor: %w":                                       "把数据写入供编辑器使用的文件：%w",
	"%w\nWhat you wrote is kept in %s":                                                  "%w\n您写的内容保存在 %s",
	"the editor %s failed: %w":                                                          "编辑器 %s 失败：%w",
	"read what was edited: %w":                                                          "读取编辑的内容：%w",
	"it is not JSON any more: %w":                                                       "它不再是 JSON：%w",
	"%w: zk_cp copies it, then zk_rmr removes the old tree":                             "%w：先用 zk_cp 拷贝，再用 zk_rmr 删除旧树",
	"%v\nThe copy is not complete: %d znodes were created. zk_rmr %s removes them":      "%v\n拷贝没有完成：创建了 %d 个 znode。zk_rmr %s 删除它们",
	"zk_set: the data is missing: write it behind the path, or name a file with --file": "zk_set: 缺少数据：写在路径之后，或用 --file 指定文件",
	"%s: --version: %d is below -1, which is any version":                               "%s: --version: %d 小于 -1，-1 为任意版本",
	"zk_setacl: -R and --version cannot be used together":                               "zk_setacl: -R 和 --version 不能同时使用",
	"zk_setacl: %v": "zk_setacl: %v",
	"the entry digest of %s in the ACL has no password's hash, so no password fits it: a hash is the base64 of SHA-1 of USER:PASSWORD, 28 characters": "ACL 中 %s 的 digest 条目没有密码的散列，任何密码都不匹配：散列是 USER:PASSWORD 的 SHA-1 的 base64，共 28 个字符",
	"%w: auth stands for the credentials of the session, which --auth or PEGASHELL_ZK_AUTH has to name":                                               "%w：auth 代表会话的凭据，须用 --auth 或 PEGASHELL_ZK_AUTH 给出",
	"with this ACL these credentials cannot set the ACL of %s again":                                                                                  "设置这个 ACL 之后，这些凭据就不能再设置 %s 的 ACL",
	"%q is not SCHEME:ID:PERMS, such as world:anyone:cdrwa":                                                                                           "%q 不是 SCHEME:ID:PERMS，例如 world:anyone:cdrwa",
	"an entry is empty: it has to be SCHEME:ID:PERMS, such as world:anyone:cdrwa":                                                                     "有一条是空的：必须是 SCHEME:ID:PERMS，例如 world:anyone:cdrwa",
	"the password's hash of a digest is missing: x stands for one that the server hides":                                                              "缺少 digest 的密码散列：x 代表服务器隐藏的散列",
	"zk_watch: -n: %d is below 0":  "zk_watch: -n: %d 小于 0",
	"Watching %s. Ctrl-C ends it.": "正在观察 %s。Ctrl-C 结束。",
	"Watching %s: its servers report no changes, so it is looked through every %v. Ctrl-C ends it.": "正在观察 %s：它的服务器不报告变化，所以每 %v 查看一遍。Ctrl-C 结束。",
	"changes were not reported for a while; what they left in the tree follows":                     "有一段时间没有收到变化的报告；下面是这些变化在树中的结果",
}
