package message

// zhCommand are texts of every command: how it ends, what it asks, and how it connects.
var zhCommand = map[string]string{
	"ERROR: %v\n":                            "错误：%v\n",
	"WARNING: %s\n":                          "警告：%s\n",
	"interrupted":                            "已中断",
	"interrupted: %s":                        "已中断：%s",
	"interrupted: no answer yet":             "已中断：尚未收到应答",
	"nothing was done":                       "没有执行任何操作",
	"nothing was done: the answer was not y": "没有执行任何操作：回答不是 y",
	"%s In a script, use --yes":              "%s 在脚本中请使用 --yes",
	"wrong use":                              "用法错误",
	"exit, after a failure: %v":              "退出，此前有失败：%v",

	"%s needs %s, got 1 argument":                         "%s 需要%s，实际得到 1 个参数",
	"%s needs %s, got %d arguments":                       "%s 需要%s，实际得到 %d 个参数",
	"%s: invalid value %q for option '--%s': expected %s": "%s: 值 %q 不能用于选项 '--%s'：应为%s",
	"a whole number":                                      "整数",
	"a duration such as 500ms or 30s":                     "时长，例如 500ms 或 30s",
	"a %s":                                                " %s 类型的值",
	"--%s: there is no guard %q; there are %s":            "--%s: 没有名为 %q 的防护规则；可用的有 %s",
	"did you mean %s?":                                    "是不是想输入 %s？",
	"did you mean %s or %s?":                              "是不是想输入 %s 或 %s？",

	"%s is a command of the plugin %s, but it is switched off in plugins.toml": "%s 是插件 %s 的命令，但在 plugins.toml 中已被关闭",
	"help lists the commands": "输入 help 可以列出所有命令",
	"the plugin %s has no command: plugins.toml defines none, or it is switched off there": "插件 %s 没有命令：plugins.toml 没有定义，或者它已在那里被关闭",
	"the plugin %s is switched off in plugins.toml":                                        "插件 %s 已在 plugins.toml 中被关闭",
	"no command and no plugin is named %q":                                                 "没有名为 %q 的命令或插件",
	"the command %s of the plugin %s is switched off in plugins.toml":                      "命令 %s（插件 %s）已在 plugins.toml 中被关闭",
	"there is no command %q":                                                               "没有命令 %q",
	"watch cannot repeat %s: only read-only commands can be repeated":                      "watch 不能重复执行 %s：只能重复执行只读命令",

	"Usage:":                           "用法：",
	"Flags:":                           "选项：",
	"Examples:":                        "示例：",
	"Exit states (of a script):":       "退出码（在脚本中）：",
	"%s (default %s)":                  "%s（默认 %s）",
	"override a guard by its name: %s": "按名称越过防护规则，强制执行：%s",

	"%w (such as --cluster 127.0.0.1:34601,127.0.0.1:34602)":                                                        "%w（例如 --cluster 127.0.0.1:34601,127.0.0.1:34602）",
	"%s is a cluster of plugins.toml: -n %s":                                                                        "%s 是 plugins.toml 中的集群：请用 -n %s",
	"For a cluster of plugins.toml use -n: %s":                                                                      "连接 plugins.toml 中的集群请用 -n: %s",
	"no cluster is connected: start with --cluster HOST:PORT,HOST:PORT or -n NAME":                                  "没有连接任何集群：启动时请用 --cluster HOST:PORT,HOST:PORT 或 -n NAME",
	"%[1]s contains a secret and other users of this machine can read it: run chmod 600 %[1]s":                      "%[1]s 中有密码等机密信息，而本机的其他用户可以读取它：请执行 chmod 600 %[1]s",
	"the request was sent to %s, which did not answer: it may have been carried out, so check before you repeat it": "请求已发给 %s，但它没有应答：操作可能已经执行，重试之前请先检查",
	"%[1]w\nNo ZooKeeper is named %[2]s%[3]s\nWhere a command takes a PATH, ./%[2]s%[4]s is one of the connected cluster's tree, and /%[2]s%[4]s one of its " +
		"ensemble; zk_cd chooses another znode where relative paths begin": "%[1]w\n没有名为 %[2]s 的 ZooKeeper%[3]s\n命令接受 PATH 时，./%[2]s%[4]s 是所连集群的树中的路径，/%[2]s%[4]s 是它的 ZooKeeper 上的路径；用 zk_cd 可另选相对路径的起点",
	": plugins.toml names none":  "：plugins.toml 中一个也没有定义",
	": %s (plugins.toml has %s)": "：%s（plugins.toml 中有 %s）",
	": plugins.toml has %s":      "：plugins.toml 中有 %s",

	"%v; commands are carried out without being recorded": "%v；命令仍会执行，但不做记录",
	"Password of %s: ": "%s 的密码：",
	"--auth %s:-: only a person at a terminal is asked for a password. Set %s, or auth or auth_file in plugins.toml": "--auth %s:-：只有终端前的人才会被询问密码。请设置 %s，或 plugins.toml 中的 auth 或 auth_file",
}
