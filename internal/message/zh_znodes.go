package message

// zhNode is how the commands on one znode find it.
const zhNode = "不写 HOSTS 时使用所连集群的 ZooKeeper，不写 PATH 时使用该集群的树。"

// enNode is the same in English.
const enNode = "Without HOSTS the connected cluster's ZooKeeper is used, without PATH the cluster's tree."

// zhUnreadable is what becomes of a walk over znodes that may not be read.
const zhUnreadable = "会话无权读取的 znode 在警告中列出，它和其下的一切被跳过；命令最后以失败结束，因为结果不完整。"

// enUnreadable is the same in English.
const enUnreadable = "A znode that the session may not read is named in a warning, and passed over with everything below it; the command then fails at its end, " +
	"because the result is not complete. "

// zhWords is how the commands on servers ask.
const zhWords = "询问 HOSTS 给出的、或所连集群的每台服务器：用四字命令；如果它的配置不允许（`4lw.commands.whitelist`），则询问它的 admin server（`admin.enableServer`，ZooKeeper 3.5 起）。"

// enWords is the same in English.
const enWords = "Asks each server that HOSTS names, or the connected cluster's, by the four-letter word or, where its configuration does not allow that " +
	"(`4lw.commands.whitelist`), its admin server (`admin.enableServer`, from ZooKeeper 3.5 on)."

// zhZnodes are the texts of the commands that look at znodes.
var zhZnodes = map[string]string{
	"show a table as its znodes describe it":               "显示 znode 所描述的表",
	"ask ZooKeeper servers whether they run":               "询问 ZooKeeper 服务器是否在运行",
	"show the state and the counters of ZooKeeper servers": "显示 ZooKeeper 服务器的状态和计数",
	"show the connections of ZooKeeper servers":            "显示 ZooKeeper 服务器的连接",
	"APP is a name or an id; dropped tables are shown too. PATH is the tree of a cluster. `--compare` asks the leader of the connected cluster for the table, and shows " +
		"what it says otherwise: the status, the counts, the environment variables, and of each partition the ballot, the primary and the secondaries. " +
		"A partition of a dropped table is not compared, for the leader does not describe it. " + enNode: "APP 是表名或 ID，也显示已删除的表。PATH 是集群的树。`--compare` 向所连集群的主 meta server 询问该表，并显示它的不同说法：" +
		"状态、数量、环境变量，以及每个分区的 ballot、主副本和备副本。已删除的表的分区不比较，因为主 meta server 不描述它们。" + zhNode,
	"compare with what the leader says":                                                "与主 meta server 的说法比较",
	"the table was shown, and nothing differs":                                         "已显示该表，没有不同",
	"the znodes and the leader differ":                                                 "znode 与主 meta server 的说法不同",
	"the table could not be shown or compared, or the command was used wrongly":        "无法显示或比较该表，或用法有误",
	"an APP, and at most one HOSTS/PATH or PATH":                                       "一个 APP，以及最多一个 HOSTS/PATH 或 PATH",
	"%s has no table %q":                                                               "%s 没有表 %q",
	"several tables were named %q: choose one by its id: %s":                           "有几张表都叫 %q：请用 ID 选择：%s",
	"ask the leader for the table: %w":                                                 "向主 meta server 询问该表：%w",
	"ask the leader for the partitions: %w":                                            "向主 meta server 询问分区：%w",
	enWords + " A server that runs need not have a quorum: `zk_mntr` shows its state.": zhWords + "在运行的服务器不一定有法定多数：`zk_mntr` 显示它的状态。",
	enWords + " A column for each server. The names are those of the word `mntr`; what a server does not have is a hyphen. Without `-a` only those are shown that servers of every version have.": zhWords +
		"每台服务器一列。名字与 `mntr` 的相同；服务器没有的显示为横线。不用 `-a` 时只显示各个版本的服务器都有的。",
	enWords + " The connection that asks is one of them, without a session.": zhWords + "用于询问的连接也在其中，它没有会话。",
	"show every value": "显示所有的值",
	"the port of the admin servers (admin.serverPort)":                  "admin server 的端口（admin.serverPort）",
	"every server has answered":                                         "每台服务器都回答了",
	"a server has not answered":                                         "有服务器没有回答",
	"no server could be asked, or the command was used wrongly":         "无法询问任何服务器，或用法有误",
	"%s asks servers, not znodes: use HOSTS without %s, or no argument": "%s 询问的是服务器而不是 znode：请只写 HOSTS，不带 %s，或不写参数",
	"at most one HOSTS":                                                 "最多一个 HOSTS",
	"%s: --admin_port: %d is no port":                                   "%s: --admin_port: %d 不是端口",
	"it does not answer the word %[1]s, and its admin server (port %[2]d) does not either: set 4lw.commands.whitelist=%[1]s, or *, " +
		"in its zoo.cfg, or admin.enableServer=true, and name the port with --admin_port (%[3]v)": "它不回答 %[1]s，它的 admin server（端口 %[2]d）也不回答：请在它的 zoo.cfg 中设置 4lw.commands.whitelist=%[1]s 或 *，" +
		"或者 admin.enableServer=true，并用 --admin_port 给出端口（%[3]v）",

	"choose the znode where relative paths begin": "选择相对路径的起点",
	"show the znode where relative paths begin":   "显示相对路径的起点",
	"From then on, where a command takes PATH, it is one of this ensemble, a relative path such as `apps/1` or `..` begins at this znode, and no path is this znode itself; " +
		"a host needs its port then. `own` names the connected cluster's ensemble and tree, as `own/PATH` a path of that ensemble. Without an argument that tree is chosen. " +
		"`zk_copy` and `migrate` never begin here: without a name they mean the connected cluster's tree. Another cluster (`cc`) ends the choice; `own` is refused " +
		"from then on when the cluster has moved to another ZooKeeper.": "此后命令的 PATH 是这个 ZooKeeper 上的路径，" +
		"`apps/1`、`..` 这样的相对路径从这个 znode 开始，不写路径就是这个 znode；这时主机名必须带端口。`own` 指所连集群的 ZooKeeper 和它的树，`own/PATH` 是那个 ZooKeeper 上的路径。不带参数时选择这棵树。" +
		"`zk_copy` 和 `migrate` 不从这里开始：不写名字时它们指所连集群的树。换到别的集群（`cc`）后选择失效；集群迁移到别的 ZooKeeper 之后，此前选择的 `own` 会被拒绝。",
	"It is the connected cluster's tree unless zk_cd has chosen another.": "除非 zk_cd 选择了别的，否则是所连集群的树。",
	"zk_pwd: unexpected argument %q":                                      "zk_pwd: 多余的参数 %q",

	"show the data of a znode":                                    "显示 znode 的数据",
	"say whether there is a znode":                                "判断 znode 是否存在",
	"show what a ZooKeeper keeps of a znode besides its data":     "显示 ZooKeeper 为 znode 保存的数据以外的信息",
	"show the ACL of a znode":                                     "显示 znode 的 ACL",
	"show which meta server holds the leader lock, and who waits": "显示哪台 meta server 持有主锁，谁在等待",
	"draw a tree of znodes":                                       "画出 znode 树",
	"show how much the trees below a znode hold":                  "显示 znode 之下各棵树的大小",
	"find znodes by their names":                                  "按名字查找 znode",
	"find znodes by what their data contains":                     "按数据内容查找 znode",

	"list the ZooKeepers of plugins.toml, and the connected cluster's": "列出 plugins.toml 中和所连集群的 ZooKeeper",
	"`tree` is the chroot and the root that plugins.toml names, `login` how a session proves who it is, `state` whether one could be opened within " +
		"3 seconds. A row without a name is the connected cluster's ZooKeeper where plugins.toml does not have it.": "`tree` 是 plugins.toml 中的 chroot 加 root，`login` 是会话的认证方式，" +
		"`state` 说明 3 秒之内能否建立会话。没有名字的一行是 plugins.toml 中没有的、所连集群的 ZooKeeper。",
	"plugins.toml names no ZooKeeper, and no connected cluster reports one": "plugins.toml 没有 ZooKeeper，也没有所连集群报告它的 ZooKeeper",
	"zks: unexpected argument %q":                                           "zks: 多余的参数 %q",

	enNode: zhNode,
	"`--as json` indents data that is JSON, `--as hex` shows the bytes with their offsets, which a terminal gets of all data that is no text; " +
		"a pipe or a file gets the bytes as they are. `-j` has the stat and the ACL too. " + enNode: "`--as json` 缩进 JSON 数据，`--as hex` 显示带偏移量的字节；" +
		"不是文本的数据在终端上总是这样显示，管道和文件则得到原样的字节。`-j` 还包含 stat 和 ACL。" + zhNode,
	"An entry a line: SCHEME:ID:PERMS, of c (create), d (delete), r (read), w (write), a (admin). " + enNode: "每条一行：SCHEME:ID:PERMS，权限为 c（创建）、d（删除）、r（读）、w（写）、a（管理）。" + zhNode,
	"Prints `true` or `false`. " + enNode: "输出 `true` 或 `false`。" + zhNode,
	"A name a line, indented by its depth; behind it the number of children, and `ephemeral` where that is the case. " + enUnreadable + enNode:                                                         "每行一个名字，按深度缩进；后面是子节点数，临时 znode 注明 `ephemeral`。" + zhUnreadable + zhNode,
	"A line for each child with everything below it, and a last one for the whole tree. Bytes are those of data. A line of which something is missing says `(not complete)`. " + enUnreadable + enNode: "每个子节点连同其下的一切各一行，最后一行是整棵树。字节数是数据的字节数。有缺失的行注明 `(not complete)`。" + zhUnreadable + zhNode,
	"GLOB is matched with the last name of each path: `*` is any text, `?` a character, `[a-c]` one of these. Paths are those below the tree; the name of its root is not matched. " + enUnreadable + enNode: "GLOB 与每个路径的最后一段匹配：`*` 是任意文本，" +
		"`?` 是一个字符，`[a-c]` 是其中之一。路径从该树开始；不匹配根自己的名字。" + zhUnreadable + zhNode,
	"Prints a line for each line of data that the regular expression matches: the path below the tree, a colon, the line. Of data that is no text " +
		"it says only that it matches. The tree's root is searched too; its path is `.`. " + enUnreadable + enNode: "对数据中与正则表达式匹配的每一行输出一行：从该树开始的路径、冒号、该行内容。不是文本的数据只说明匹配。也搜索树的根，它的路径是 `.`。" + zhUnreadable + zhNode,
	"and %d more that may not be read": "另有 %d 个无权读取",
	"the result is not complete: the session may not read %d of the znodes, nor what is below them; --auth names its credentials": "结果不完整：会话无权读取其中 %d 个 znode 以及它们之下的内容；用 --auth 给出凭据",
	"PATH is the lock root: `distributed_lock_service_parameters` of the meta servers. Without it the lock of the connected cluster is shown, if a meta " +
		"server reports where it is. The first of the list holds the lock, and leads once it has loaded the metadata; a node that no session holds was " +
		"copied, and keeps every meta server from leading.": "PATH 是锁的根：meta server 的 `distributed_lock_service_parameters`。不写时显示所连集群的锁，前提是有 meta server 报告它的位置。" +
		"列表中第一个持有锁，加载元数据后担任主 meta server；没有会话持有的节点是拷贝来的，它会使任何 meta server 都无法担任主 meta server。",

	"as it is":                 "原样",
	"indented":                 "缩进",
	"bytes with their offsets": "带偏移量的字节",
	"how the data is shown: text, json or hex":                   "数据的显示方式：text、json 或 hex",
	"how many levels are shown; 0 for all":                       "显示多少层；0 为全部",
	"letters match whatever their case is":                       "不区分大小写",
	"show only the paths":                                        "只显示路径",
	"there is one":                                               "存在",
	"there is none":                                              "不存在",
	"it could not be looked at, or the command was used wrongly": "无法查看，或用法有误",
	"something was found":                                        "找到了",
	"nothing was found":                                          "没有找到",
	"the search could not be carried out, or was used wrongly":   "无法完成查找，或用法有误",
	"%w\nThe search is not complete":                             "%w\n查找没有完成",
	"a GLOB, and at most one HOSTS/PATH or PATH":                 "一个 GLOB，以及最多一个 HOSTS/PATH 或 PATH",
	"a REGEXP, and at most one HOSTS/PATH or PATH":               "一个 REGEXP，以及最多一个 HOSTS/PATH 或 PATH",
	"nobody holds the lock %s, or waits for it":                  "没有谁持有或等待锁 %s",
	"no meta server of the connected cluster reports where its lock is: name the lock root": "所连集群没有 meta server 报告锁的位置：请写出锁的根",
	"the data is not JSON: %w":                       "数据不是 JSON：%w",
	"zk_find: %q is not a glob: a [ needs its ]":     "zk_find: %q 不是 glob：[ 需要对应的 ]",
	"zk_get: --as: %q is not one of text, json, hex": "zk_get: --as: %q 不是 text、json、hex 之一",
	"zk_grep: %q is not a regular expression: %v":    "zk_grep: %q 不是正则表达式：%v",
	"zk_tree: -d: %d is below 0":                     "zk_tree: -d: %d 小于 0",
}
