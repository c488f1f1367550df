package message

// zhCompletion are what the menu of Tab says of its candidates.
var zhCompletion = map[string]string{
	"meta server":             "meta server",
	"a new backup":            "新的备份",
	"page through the output": "分页查看输出",

	"change nothing, not even on request":                           "不做任何改动，包括收到的请求",
	"ignore reports of replica servers: for a copy of the metadata": "忽略 replica server 的上报：用于拷贝元数据",
	"only downgrade the primaries of dead servers":                  "只降级宕机服务器上的 primary",
	"the usual level: everything but balancing":                     "常用级别：除负载均衡之外的一切操作",
	"everything, and balance the replicas":                          "一切操作，并均衡副本",

	"in every state":                   "任意状态",
	"in service":                       "正在服务",
	"partitions are being assigned":    "正在分配分片",
	"could not be created":             "创建失败",
	"being dropped":                    "正在删除",
	"could not be dropped":             "删除失败",
	"can be recalled until it expires": "过期之前可以找回（recall）",
	"being recalled":                   "正在找回",

	"in either state":                 "两种状态都包括",
	"the leader receives its beacons": "主 meta server 能收到它的心跳",
	"the leader misses its beacons":   "主 meta server 收不到它的心跳",

	"every name, whatever the pattern": "所有名字，忽略模式",
	"the name is the pattern":          "名字等于模式",
	"the name contains it":             "名字包含模式",
	"the name begins with it":          "名字以模式开头",
	"the name ends with it":            "名字以模式结尾",

	"meta and replica servers":   "meta server 和 replica server",
	"the meta servers":           "所有 meta server",
	"the living replica servers": "存活的 replica server",

	"make a secondary the primary":       "把一个 secondary 变为 primary",
	"copy the primary to another server": "把 primary 拷贝到另一台服务器",
	"copy a secondary to another server": "把一个 secondary 拷贝到另一台服务器",

	"skip ephemeral znodes":                              "跳过临时 znode",
	"write them as persistent znodes":                    "写成持久 znode",
	"with -i false: copy lock nodes as plain znodes too": "与 -i false 一起使用：锁节点也拷贝为普通 znode",

	"list the server's commands":               "列出服务器的命令",
	"the configuration in use":                 "正在使用的配置",
	"flush the log to disk":                    "把日志刷到磁盘",
	"version and start of the server":          "服务器的版本和启动时间",
	"the connected cluster's tree":             "当前连接的集群的树",
	"the commands of this plugin":              "这个插件的命令",
	"ignore the default flags of plugins.toml": "忽略 plugins.toml 中的默认选项",
	"show the help of the command":             "显示命令的帮助",

	"continue although two meta servers lead":                                  "有两个主 meta server 时仍继续",
	"change the metadata at level blind":                                       "在 blind 级别下修改元数据",
	"drop at level blind, where a drop does not complete":                      "在 blind 级别下删除表（删除不会完成）",
	"accept a source with lock nodes that no session holds":                    "接受含有无主锁节点的源",
	"write to the root of all znodes":                                          "写到所有 znode 的根",
	"write over a tree that living servers use":                                "覆盖运行中的服务器正在使用的树",
	"write over a tree with tables that are missing from the source":           "覆盖含有源中没有的表的树",
	"write over a tree that meta servers have used":                            "覆盖 meta server 使用过的树",
	"continue although living servers may use the tree without being detected": "可能有未被发现的服务器在使用这棵树时仍继续",
	"remove a tree that living servers use":                                    "删除运行中的服务器正在使用的树",
	"remove the tree of the connected cluster":                                 "删除当前连接的集群的树",
	"remove although the cluster cannot report which tree it uses":             "集群无法说明它使用哪棵树时仍删除",
	"replace a file that exists":                                               "替换已存在的文件",
	"restore a tree without tables that replica servers hold":                  "恢复缺少 replica server 上的表的树",

	"copy the metadata to the new ZooKeeper": "把元数据拷贝到新 ZooKeeper",
	"rebuild it from the replica servers":    "从 replica server 重建元数据",
}
