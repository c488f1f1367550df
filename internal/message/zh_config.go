package message

// zhConfig are texts of the commands on configuration files.
var zhConfig = map[string]string{
	"a file, a section and a key":                                         "一个文件、一个 section 和一个 key",
	"a file, a section, a key and a value":                                "一个文件、一个 section、一个 key 和一个值",
	"config_set: the name of the section or of the key is empty":          "config_set: section 或 key 的名字为空",
	"config_set: the value is empty; use --empty to write an empty value": "config_set: 值为空；要写入空值，请加上 --empty",
	"%w (--add adds it)":                                                  "%w（加上 --add 可以添加）",
	"[%s] %s is new: %s":                                                  "[%s] %s 是新增的：%s",
	"%w\nNothing was written":                                             "%w\n没有写入任何内容",
	"hosts_list must be HOST:PORT,HOST:PORT,..., optionally with a chroot after the last server, or the name of a " +
		"ZooKeeper in plugins.toml: %w%s": "hosts_list 必须是 HOST:PORT,HOST:PORT,...（最后一台服务器之后可以带 chroot），或 " +
		"plugins.toml 中一个 ZooKeeper 的名字：%w%s",
	"the chroot %s ends with cluster_root, %s: the server would look for its metadata at %s. Omit cluster_root here: " +
		"%s": "chroot %s 以 cluster_root（%s）结尾：服务器会到 %s 去找元数据。这里请去掉 " +
		"cluster_root: %s",
	"cluster_root of section [meta_server] is %s, so the server will use %s; [zookeepers.%s] has root = %q": "[meta_server] 的 cluster_root 是 %s，因此服务器会使用 %s；而 [zookeepers.%s] 的 root = %q",
	"the chroot was %s and becomes %s: the server will look for its metadata at %s, not at %s":              "chroot 原来是 %s，将变为 %s：服务器会到 %s 去找元数据，而不是 %s",
	"a section and a key":                            "一个 section 和一个 key",
	"a section, a key and a value":                   "一个 section、一个 key 和一个值",
	"%s is [zookeepers.%s] of %s: %s":                "%s 是 [zookeepers.%s]（%s）：%s",
	"an old copy beyond %d could not be removed: %v": "有 %d 份以外的旧副本无法删除：%v",
	"%d of %d values could not be read:\n%w":         "有 %d 个值无法读取，共 %d 个：\n%w",
	"plugins.toml does not say where the configuration of any meta server of the connected cluster is (%s): it needs " +
		"a table such as %s with config, or read_config and write_config; or name the files one by one": "plugins.toml 没有说明当前连接的集群（%s）的任何一个 meta server 的配置在哪里：需要一个像 %s " +
		"这样的表，其中有 config，或 read_config 和 write_config；也可以逐个指定文件",
	"plugins.toml does not say where the configuration of %s is: look there by hand": "plugins.toml 没有说明 %s 的配置在哪里：请到那台主机上手工查看",
	"this step is still to be done by hand on %s, whose configuration cannot be written from here: set %s in section " +
		"[%s] to %s": "%s 的配置无法从这里修改，这一步还需要在那台主机上手工完成：把 %[2]s（在 [%[3]s] 中）设为 %[4]s",
	"%d of %d configurations cannot be changed:\n%w\nNothing was written": "有 %d 份配置不能修改，共 %d 份：\n%w\n没有写入任何内容",
	"not changed: %s":                       "未修改：%s",
	"not known: %s":                         "状态不明：%s",
	"not known: %s; not changed: %s":        "状态不明：%s；未修改：%s",
	"changed: none":                         "已修改：无",
	"changed: %s":                           "已修改：%s",
	"%s; to be done by hand: %s":            "%s；需手工完成：%s",
	"%s; %s. To go on, repeat the line: %s": "%s；%s。要继续，请重新执行这一行：%s",
	"%w\nStopped there. %s; %s\nTo go on, correct what is wrong with %s, then repeat the line, which leaves out what " +
		"is changed already: %s": "%w\n就此停止。%s；%s\n要继续，请先解决 %s 的问题，再重新执行这一行，已修改的会被跳过：%s",
	"server_list in %s has %s, which neither plugins.toml nor the list of this shell has: if that is another meta " +
		"server, this step is to be done there by hand": "%s 的 server_list 中有 %s，而 plugins.toml 和本 shell " +
		"的列表中都没有它：如果那是另一个 meta server，这一步需要在那台主机上手工完成",

	"%s: there is no folder for a copy of the old configuration: set HOME or XDG_STATE_HOME": "%s: 没有可以存放旧配置副本的目录：请设置 HOME 或 XDG_STATE_HOME",
	"look for old copies of %s: %w":  "查找 %s 的旧副本：%w",
	"read %s: %w":                    "读取 %s: %w",
	"keep the old configuration: %w": "保存旧配置：%w",
	"read configuration: %w":         "读取配置：%w",
	"%s: %s says nothing of its configuration: add config, or read_config and write_config": "%s: %s 没有说明它的配置在哪里：请添加 config，或 read_config 和 write_config",
	"%s is a directory":                                   "%s 是目录",
	"%s is not a regular file":                            "%s 不是普通文件",
	"%s is larger than %d MiB, which no configuration is": "%s 超过 %d MiB，不可能是配置",
	"%s: read_config: %w":                                 "%s: read_config: %w",
	"%s: read_config: %s printed nothing":                 "%s: read_config: %s 没有任何输出",
	"%s did not end within %v, could not be stopped and is still running (%s)":                       "%s 在 %v 之内没有结束，无法停止，仍在运行（%s）",
	"%s was stopped: it did not end within %v":                                                       "%s 已被停止：它在 %v 之内没有结束",
	"%s: it can only be read: %s has no write_config":                                                "%s: 只能读取：%s 没有 write_config",
	"%s: write_config: %w":                                                                           "%s: write_config: %w",
	"%s: the folder %s cannot be written: %w":                                                        "%s: 目录 %s 不可写：%w",
	"%s: it belongs to user %d, and only root can write it and keep its owner":                       "%s: 它属于用户 %d，只有 root 才能在写入后保持属主不变",
	"%s was changed by somebody else a moment ago; nothing was written: repeat the command":          "%s 刚刚被其他人修改过；没有写入任何内容：请重新执行该命令",
	"what it holds now is not known, because it could not be read back: %v":                          "无法回读，因此不知道它现在的内容：%v",
	"it holds the new text, though its program failed":                                               "它的程序失败了，但内容已经是新的",
	"%s: write_config: %s reported success, but the configuration that was read back is the old one": "%s: write_config: %s 报告成功，但回读到的仍是旧配置",
	"it holds neither the old nor the new text: read back it differs from what was written, from line %d on (%d " +
		"bytes, not %d)": "它的内容既不是旧的也不是新的：回读到的内容从第 %d 行起与写入的不同（%d 字节，而不是 %d 字节）",

	"none":                       "（无）",
	"section [%s] has no key %s": "[%s] 中没有 key %s",
	"there is no section [%s]":   "没有 section [%s]",
	"%s; %s has %s":              "%s；%s 中有 %s",
	"Next: meta servers read this when they start. migrate status shows what is left to do.": "下一步：meta server 在启动时读取它。migrate status 显示还有什么要做。",
	"Next: the same for every other meta server, also for those that are stopped; they read it when they start. " +
		"migrate status shows what is left to do.": "下一步：对其他每个 meta server 做同样的修改，包括已停掉的；它们在启动时读取。migrate status " +
		"显示还有什么要做。",
	"%s was changed, the old file is %s; restart its server for the change to take effect":             "%s 已修改，旧文件是 %s；重启它的服务器后生效",
	"%s: [%s] %s is %s already, nothing was written":                                                   "%s: [%s] %s 已经是 %s，没有写入任何内容",
	"%s is what %s has already, nothing was written; --list lists older copies, --to goes back to one": "%s 的内容与 %s 相同，没有写入任何内容；--list 列出更早的副本，--to 回退到其中一份",
	"%s is again what %s has, and what it was is %s; restart its server for the change to take effect": "%s 已恢复为 %s 的内容，原来的内容保存在 %s；重启它的服务器后生效",
	"cluster":                                "集群",
	"ZooKeeper":                              "ZooKeeper",
	"unknown %s %q: %s has %s\n%s":           "未知的%s %q: %s 中有 %s\n%s",
	"unknown %s %q: %s has %s":               "未知的%s %q: %s 中有 %s",
	"unknown %s %q: %s has no table [%s.%s]": "未知的%s %q: %s 中没有 [%s.%s]",
	"unknown %s %q: no %s was found; name one with -c FILE": "未知的%s %q：没有找到 %s；请用 -c FILE 指定",
}
