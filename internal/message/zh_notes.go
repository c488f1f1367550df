package message

// zhNotes are what the help of a command explains.
var zhNotes = map[string]string{
	"At a terminal, cc alone lists the clusters of plugins.toml.": "在终端中，单独输入 cc 会列出 plugins.toml 中的集群。",
	"Without arguments it lists the commands by plugin, one per line; in a script it prints the usage of all " +
		"commands, as the original shell does. With names of commands it shows the help of each, as `COMMAND --help` " +
		"does; with the name of a plugin it lists that plugin's commands.": "不带参数时按插件列出命令，每行一条；在脚本中与原版 shell 一样，输出全部命令的用法。带上命令名时显示各命令的帮助，与 " +
		"`COMMAND --help` 相同；带上插件名时列出该插件的命令。",

	"Every meta server of the list is also asked separately; if two lead at the same time, this command fails; other " +
		"commands that only read print a warning.": "还会逐一询问列表中的每个 meta server；如果同时有两个主 meta server，这条命令会失败；" +
		"其他只读命令则给出警告。",

	"Without -a only available tables are shown, whatever status -s names, as in the original shell. The options -p " +
		"and -m are from the main branch: -p is a pattern, -m is how it matches names.": "与原版 shell 一样，不加 -a 时无论 -s 指定什么状态，都只显示可用的表。选项 -p 和 -m " +
		"来自主干版本：-p 是模式，-m 是匹配名字的方式。",

	"Servers of the main branch only have counters that grow; rates are computed from two samples, -i milliseconds " +
		"apart.": "主干版本的服务器只有递增的计数器；速率由间隔 -i 毫秒的两次采样算出。",

	"Without -f it is not an error if the table exists already.": "不加 -f 时，表已存在不算错误。",

	"The table can be recalled for this many seconds; 0 is the cluster's default. Dropping a table that does not " +
		"exist succeeds.": "在这么多秒之内可以找回这张表；0 表示采用集群的默认值。删除不存在的表也算成功。",

	"The level is only in the leader's memory: after a restart, or with another leader, it is the one in the " +
		"configuration (meta_function_level_on_start).": "meta level 只保存在主 meta server 的内存中：重启之后，或换了主 meta server 之后，" +
		"就是配置中的级别（meta_function_level_on_start）。",

	"cluster_info shows the effective level, which is freezed while too few replica servers are alive.": "cluster_info 显示的是实际生效的级别，存活的 replica server 太少时它是 freezed。",

	"The leader accepts it only at the levels steady and lively.": "主 meta server 只在 steady 和 lively 级别下接受它。",

	"The commands on environment variables use it. Without a name the current table is shown. The command does not " +
		"check that the table exists.": "环境变量相关的命令会使用它。不带名字时显示当前表。这条命令不检查表是否存在。",

	"Kept for scripts: as in the original it does not limit the commands on clusters, which have 10 s for a call and " +
		"5 s for a remote command, and this shell does not read or write data.": "为兼容脚本而保留：与原版一样，它不限制集群命令（每次调用 10 秒，远程命令 5 秒），而本 shell 不读写数据。",

	"`help` lists these commands. The answers go to standard error, as in the original.": "`help` 会列出这些命令。与原版一样，应答输出到标准错误。",

	"The answers go to standard error, as in the original.": "与原版一样，应答输出到标准错误。",

	"The answers go to standard error, as in the original. Servers of the main branch are asked for their metrics " +
		"over HTTP, except meta servers that are not the leader: such a request crashes a follower of 2.5.": "与原版一样，应答输出到标准错误。主干版本的服务器通过 HTTP 查询指标，备 meta server 除外：这样的请求会使 " +
		"2.5 的备 meta server 崩溃。",

	"The leader must have been started with recover_from_replica_server = true on an empty tree. The server " +
		"continues when the wait ends or is interrupted, and several calls at the same time block it permanently: " +
		"recover is refused while an earlier call may still be running; --again sends it anyway. With --expect FILE, a " +
		"list written earlier by `ls -o FILE`, recover then reports which dropped tables came back, and fails if a table " +
		"is missing or has another name or partition count.": "主 meta server 必须以 recover_from_replica_server = true 在空树上启动。" +
		"等待结束或被中断后，服务器会继续执行；同时发起多次调用会使它永远阻塞：之前的调用可能仍在执行时 recover 会被拒绝，" +
		"--again 仍会发送。加上 --expect FILE（之前用 `ls -o FILE` 写出的列表）时，" +
		"recover 随后会报告哪些已删除的表又回来了；如果有表不见了，或名字、分片数不同，则失败。",

	"It works on the table chosen by `use`.": "作用于用 `use` 选择的表。",

	"Servers of 2.5 answer ERR_INVALID_PARAMETERS unless -g names a table. With -d a primary is proposed for each " +
		"partition, after a question; -a proposes the recommended server without asking, -s skips every question, " +
		"which -d needs with `--json`.": "除非用 -g 指定表，2.5 的服务器会应答 ERR_INVALID_PARAMETERS。加上 -d " +
		"时，询问之后为每个分片提议一个 primary；-a 不询问，直接提议推荐的服务器，-s 跳过所有问题，与 `--json` 一起使用 -d 时必须有它。",

	"It asks first; in a script the next line is the answer, y or n.": "执行前会询问；在脚本中，下一行就是回答，y 或 n。",

	"It fails if a server is not alive, because a recovery without that server may lose data. (The `grep ALIVE` of " +
		"the Pegasus documentation, on the output of nodes, also selects servers that are UNALIVE.)": "如果有服务器宕机则失败，因为没有它的恢复可能丢失数据。（Pegasus 文档中对 nodes 输出使用的 `grep " +
		"ALIVE` 也会选中 UNALIVE 的服务器。）",

	"The values of Pegasus's own keys are checked: true or false, whole numbers, levels, HOST:PORT,..., paths of " +
		"znodes. Values that a server cannot use are refused. Other keys, and values with a placeholder such as " +
		"`%{name}`, are not checked.": "Pegasus 自己的 key 的值会被检查：true 或 false、整数、级别、HOST:PORT,...、znode " +
		"路径。服务器无法使用的值会被拒绝。其他 key，以及含有 `%{name}` 这类占位符的值，不做检查。",

	"`hosts_list` of section `[zookeeper]` must be HOST:PORT,HOST:PORT,..., where a chroot can follow the last " +
		"server: HOST:PORT,HOST:PORT/PATH. If you write the name of a ZooKeeper in plugins.toml, its servers and its " +
		"chroot are written.": "`[zookeeper]` 的 `hosts_list` 必须是 " +
		"HOST:PORT,HOST:PORT,...，最后一台服务器之后可以带 chroot: " +
		"HOST:PORT,HOST:PORT/PATH。如果写 plugins.toml 中一个 ZooKeeper " +
		"的名字，写入的就是它的服务器和 chroot。",

	"The lines are written as at the prompt, with `|`, `>`, comments and `\\` at the end of lines. A line that fails is reported with file and " +
		"number, and the other lines are still executed, except with -e; the command fails if a line failed. If a script " +
		"calls source with a relative FILE, it is searched in the folder of that script. Answers to questions come from " +
		"the person or from the next lines of the pipe, never from the file: use the flags of the commands, such as " +
		"--yes. `exit` leaves the shell, `exit N` with that exit code.": "各行的写法与在提示符下相同，可以使用 `|`、`>`、注释和行尾的 `\\`。失败的行会连同文件名和行号一起报告，其余各行仍会执行，" +
		"除非加上 -e；只要有一行失败，这条命令就失败。脚本中用相对路径的 FILE 调用 source 时，" +
		"在该脚本所在的目录中查找。问题的回答来自用户，或管道中的下一行，而不会来自这个文件：请使用命令的选项，例如 --yes。" +
		"`exit` 会退出 shell，`exit N` 以 N 为退出码。",

	"SECONDS, which may be a fraction such as 0.5, pass between two rounds. On a terminal each round replaces the " +
		"one before and is cut to the window; in other cases it is printed below. A round that fails is shown like the " +
		"others. Commands that change something are refused. Ctrl-C ends it, which is not a failure; in a script it ends " +
		"the script.": "两轮之间间隔 SECONDS 秒，可以是小数，例如 0.5。在终端上，每一轮会替换上一轮，并按窗口大小截断；" +
		"其他情况下则依次输出。失败的一轮与其他各轮一样显示。会做改动的命令会被拒绝。Ctrl-C 结束它，这不算失败；" +
		"在脚本中则会结束脚本。",

	"After the command, its time in seconds is printed to standard error. The exit state is that of the command.": "命令结束后，把所用的秒数输出到标准错误。退出码就是该命令的退出码。",

	"Instead of a file you can name a meta server, HOST:PORT, if plugins.toml says in " +
		"`[clusters.NAME.servers.\"HOST:PORT\"]` where its configuration is: a file, or programs that read and write it.": "除了文件，也可以写一个 meta server 的 HOST:PORT，前提是 plugins.toml 在 " +
		"`[clusters.NAME.servers.\"HOST:PORT\"]` 中说明了它的配置在哪里：一个文件，" +
		"或读写它的程序。",
	"`--all` shows the value of every meta server of the connected cluster that plugins.toml describes so, a line " +
		"each: HOST:PORT, a colon, the value.": "`--all` 显示当前连接的集群中所有在 plugins.toml 里这样描述的 meta server 的值，" +
		"每行一个：HOST:PORT、冒号、值。",
	"Every other byte of the file stays as it is. The change is shown as a diff, the old file is kept in the same " +
		"folder as FILE.bak-DATE_TIME; of a symbolic link, beside the file that it points to. The 10 newest of these " +
		"copies stay, and `config_revert` goes back to them. A server reads its configuration only when it starts.": "文件的其他字节保持不变。改动以 diff 的形式显示，旧文件保存在同一目录下，名为 FILE.bak-DATE_TIME；" +
		"如果是符号链接，则保存在它指向的文件旁边。最新的 10 份副本会保留，可以用 `config_revert` 回退到它们。" +
		"服务器只在启动时读取配置。",
	"Instead of a file you can name a meta server, HOST:PORT, if plugins.toml says in " +
		"`[clusters.NAME.servers.\"HOST:PORT\"]` where its configuration is: a file, or programs that read and write it. " +
		"What a program wrote is read back and compared. The copies of a configuration without a file are in the shell's " +
		"state folder.": "除了文件，也可以写一个 meta server 的 HOST:PORT，前提是 plugins.toml 在 " +
		"`[clusters.NAME.servers.\"HOST:PORT\"]` 中说明了它的配置在哪里：一个文件，" +
		"或读写它的程序。程序写入的内容会被回读并比较。没有文件的配置，其副本保存在 shell 的状态目录中。",
	"`--all` changes every meta server of the connected cluster that plugins.toml describes so: all of them are " +
		"checked before the first is written. After a failure it stops, and reports which were changed and which were " +
		"not; the same line continues. It names the servers where the change has to be made by hand.": "`--all` 修改当前连接的集群中所有在 plugins.toml 里这样描述的 meta " +
		"server：写第一个之前会先检查全部。失败后即停止，并报告哪些已修改、哪些没有；重新执行同一行会继续。" +
		"它还会列出需要手工修改的服务器。",
	"Everything is found out anew from what is there: the meta servers, the configurations that they run with and " +
		"that they will start with, and the trees in both ZooKeepers. So it is right after a crash, on another machine " +
		"and for another person. Files of earlier commands only suggest a target. Nothing is changed.": "一切都根据现状重新查明：各 meta server、它们正在使用的和将来启动时使用的配置，以及两个 ZooKeeper " +
		"中的树。因此在崩溃之后、在另一台机器上、换一个人来操作，结果都是正确的。之前命令留下的文件只用来推测目标。不做任何改动。",
	"The trees are compared by numbers and sums; `--deep` compares data and ACLs of every znode. `watch 2 migrate " +
		"status` follows a migration.": "两棵树按数量和校验和比较；`--deep` 比较每个 znode 的数据和 ACL。`watch 2 migrate " +
		"status` 可以持续跟踪迁移。",
	"Writes the newest copy that `config_set` or `config_revert` has kept, or the one that `--to` names: by its " +
		"file, or by the DATE_TIME at the end of that. The change is shown as a diff. What is there now is kept as a new " +
		"copy before, so a second `config_revert` takes the first one back.": "写回 `config_set` 或 `config_revert` 保存的最新副本，或 `--to` 指定的副本：用文件名，" +
		"或文件名末尾的 DATE_TIME。改动以 diff 的形式显示。写入之前，现在的内容会存为新的副本，因此再执行一次 " +
		"`config_revert` 就会撤销第一次。",
	"`--list` lists the copies, the newest first, and in how many lines each differs from what is there now.": "`--list` 列出各副本，最新的在前，并显示每份与现在的内容有多少行不同。",
	"Three questions. Do all configurations name the same ZooKeeper, root, lock root, recovery flag and list of meta " +
		"servers? Lists of servers can be in any order. Would a meta server start with each of them, and use every value " +
		"as it is meant: no line that it does not understand, no key missing that it needs, values of the right types; " +
		"keys that occur twice, and placeholders that no tool has filled in? Does a restart change something: the " +
		"running servers are asked for the configuration that they have read at their start (remote command config-dump).": "回答三个问题。所有配置中的 ZooKeeper、root、锁的 root、恢复开关和 meta server " +
		"列表是否都相同？服务器列表的顺序可以不同。meta server 用每份配置能否启动，并按原意使用每个值：没有它不理解的行，" +
		"不缺少它需要的 key，值的类型正确；有没有重复的 key，" +
		"以及没有被工具填充的占位符？重启是否会带来变化：会向运行中的服务器查询它们启动时读取的配置（远程命令 " +
		"config-dump）。",
	"Without names it looks at every meta server of the connected cluster for which plugins.toml names a " +
		"configuration; `--all` adds these to the names. Instead of a file you can name a meta server, HOST:PORT, if " +
		"plugins.toml says in `[clusters.NAME.servers.\"HOST:PORT\"]` where its configuration is: a file, or programs that " +
		"read and write it. A file is compared with the running server whose port it has, if there is one only.": "不带名字时，检查当前连接的集群中所有在 plugins.toml 里写明了配置的 meta server；`--all` " +
		"会把它们加到指定的名字之后。除了文件，也可以写一个 meta server 的 HOST:PORT，前提是 " +
		"plugins.toml 在 `[clusters.NAME.servers.\"HOST:PORT\"]` " +
		"中说明了它的配置在哪里：一个文件，或读写它的程序。文件会与端口相同的运行中的服务器比较，前提是只有一台这样的服务器。",
	"What a restart changes, and warnings, do not change the exit state.": "重启带来的变化和警告不影响退出码。",
	"`-j` prints an object: `same` (null if it is not known, because one could not be read) and `usable`, booleans; `configurations`, each with `name`, `server` (null if it " +
		"is not known), `file` (null for one that a program reads), `readable` and `usable` (booleans), `doubt` (why it " +
		"could not be read, or was not compared with a running server; empty for neither), `running` (\"same\", " +
		"\"different\" or \"unknown\") and `values` by SECTION.KEY; `differences`, each with `section`, `key` and `values` " +
		"by the name of the configuration; `findings`, each with `configuration`, `line` (null for none), `severity` " +
		"(\"error\" or \"warning\"), `section`, `key` and `text`; `changed_by_restart`, each with `configuration`, `server`, " +
		"`line`, `section`, `key`, `running` (null if the server does not have the key) and `file`; `not_described`, the " +
		"meta servers that plugins.toml does not describe.": "`-j` 输出一个对象：`same`（因为有配置无法读取而不知道时为 null）和 `usable` 是布尔值；`configurations` 中每一项有 " +
		"`name`、`server`（不知道时为 null）、`file`（由程序读取的为 null）、`readable` 和 " +
		"`usable`（布尔值）、`doubt`（为什么无法读取，或没有与运行中的服务器比较；" +
		"都没有时为空）、`running`（\"same\"、\"different\" 或 \"unknown\"），以及按 " +
		"SECTION.KEY 列出的 `values`；`differences` 中每一项有 `section`、`key`，" +
		"以及按配置名列出的 `values`；`findings` 中每一项有 " +
		"`configuration`、`line`（没有时为 null）、`severity`（\"error\" 或 " +
		"\"warning\"）、`section`、`key` 和 `text`；`changed_by_restart` " +
		"中每一项有 " +
		"`configuration`、`server`、`line`、`section`、`key`、`running`（服务器没有这个 " +
		"key 时为 null）和 `file`；`not_described` 是 plugins.toml 没有描述的 " +
		"meta server。",
	"Before anything is touched: every server of the new ZooKeeper, the path of the new tree, the old tree, the " +
		"cluster and its configurations are looked at, and the times of the copy and of the freeze are estimated from " +
		"what was read and measured. Each check is `pass`, `warn` or `fail`, with what was seen and what to do.": "在做任何改动之前：查看新 ZooKeeper 的每台服务器、新树的路径、旧树、集群及其配置，" +
		"并根据读取和测量的结果估计拷贝和冻结的时间。每项检查的结果是 `pass`、`warn` 或 `fail`，" +
		"并说明看到了什么、该做什么。",
	"Nothing is changed: no znode is created and no server gets a command that changes it. Whether the new servers " +
		"accept the largest znode and the ACLs is found out by requests that cannot succeed; they and the sessions that " +
		"are opened advance the transaction id of the new ZooKeeper. No more sessions are opened than a copy opens.": "不做任何改动：不创建 znode，也不向服务器发送会改变它的命令。新服务器是否接受最大的 znode 和各 ACL，" +
		"是用不可能成功的请求查明的；这些请求和所建立的会话会使新 ZooKeeper 的事务 id 增加。" +
		"建立的会话不会多于拷贝所建立的会话。",
	"What servers do not say (four-letter words that their configuration does not allow) is `unknown`, which is a " +
		"warning at most. With a large tree, only as much is read as fits into a third of `--deadline`.": "服务器没有说明的内容（其配置不允许的四字命令）是 `unknown`，最多只是警告。树很大时，只读取在 " +
		"`--deadline` 的三分之一时间内能读完的部分。",
	"In JSON, `checks` is a list of `name`, `result`, `seen` and `do`; `result` is the worst of all; `estimate` has " +
		"`copy_seconds` and `freeze_seconds`, null if unknown.": "JSON 中，`checks` 是由 `name`、`result`、`seen` 和 `do` 组成的列表；" +
		"`result` 是所有结果中最坏的；`estimate` 有 `copy_seconds` 和 " +
		"`freeze_seconds`，未知时为 null。",
	"TIME is how long ago (30m, 2h, 1d, 1d12h) or since when (2026-11-26, 2026-11-26_03:00, " +
		"2026-11-26T03:00:00+08:00); without a zone it is in the time zone of the shell.": "TIME 是多久之前（30m、2h、1d、1d12h），" +
		"或从什么时候起（2026-11-26、2026-11-26_03:00、2026-11-26T03:00:00+08:00）；" +
		"不带时区时按 shell 的时区。",
	"`--report FILE` writes the record of a migration for a change ticket: a page that needs nothing else if FILE " +
		"ends in .html, Markdown otherwise. It is about the connected cluster, which is looked at once more for it, or " +
		"about CLUSTER, a name or the HOST:PORT of a meta server. Without --since it begins after the last day without " +
		"an entry.": "`--report FILE` 写出一次迁移的记录，供变更单使用：FILE 以 .html 结尾时是一个自包含的网页，" +
		"否则是 Markdown。它针对当前连接的集群（会为此再查看一次），或 CLUSTER，即集群名或一个 meta " +
		"server 的 HOST:PORT。不带 --since 时，从最近一个没有记录的日子之后开始。",
	"A command is listed if the manifest mentions it or its plugin: whether it is on or off, its default flags, the " +
		"program that it runs, and the file and line that say so. The same for meta servers of " +
		"`[clusters.NAME.servers]`. A command called with `--no_defaults` ignores its flags in `[defaults]`.": "plugins.toml 提到某条命令或它的插件时，就会列出这条命令：是否启用、默认选项、所运行的程序，" +
		"以及相应设置所在的文件和行号。`[clusters.NAME.servers]` 的 meta server 也是如此。" +
		"调用命令时加上 `--no_defaults`，会忽略 `[defaults]` 中的选项。",
	"Every command that changes something is recorded in the user's journal, before and after, from a script too; " +
		"`[shell] journal` in plugins.toml names the file. Values that look like passwords are replaced by ***; " +
		"docs/journal.md has the format. Dry runs, and commands that only read or were used wrongly, are left out. " +
		"`saved` are lists that were written to a file, `seen` is what the cluster was like where that had changed. " +
		"`unfinished` is a command whose end is not in the journal: it still runs, or its shell was killed.": "每条会做改动的命令，在执行前后都会记录到用户的操作日志中，在脚本中也是如此；文件由 plugins.toml 的 " +
		"`[shell] journal` 指定。看起来像密码的值用 *** 代替；格式见 docs/journal.md。" +
		"试运行（dry run）、只读的命令和用法错误的命令不记录。`saved` 是写入文件的列表，`seen` " +
		"是集群有变化时当时的样子。`unfinished` 是日志中没有结束记录的命令：它仍在执行，或它的 shell 被终止了。",
	"Like migrate status it finds everything out anew and changes nothing: type the lines below Next, then repeat " +
		"the command until it says that nothing is left to do. What was created, dropped, renamed or moved on the new " +
		"ZooKeeper since the copy is missing from the old tree: it is listed as lost. It is too late when the old tree " +
		"was removed, and when replica servers hold tables or partitions that it does not have: meta servers that start " +
		"on it abort.": "与 migrate status 一样，它会重新查明一切，不做任何改动：请输入“下一步”之下的各行，然后重复执行该命令，" +
		"直到它说没有什么要做。拷贝之后在新 ZooKeeper 上新建、删除、改名或迁移的内容，旧树中没有：它们会列为丢失。" +
		"如果旧树已被删除，或 replica server 上有旧树中没有的表或分片，就来不及了：用旧树启动的 meta " +
		"server 会异常退出。",
	"After going back, the tree on the new ZooKeeper was used by meta servers: zk_copy refuses to write over it " +
		"(guard used_target), and a recovery needs an empty place. The command shows the lines that make room, with a " +
		"backup, and then the one to begin with. It changes nothing itself.": "回退之后，新 ZooKeeper 上的树已经被 meta server 使用过：zk_copy 拒绝覆盖它（防护规则 " +
		"used_target），元数据恢复则需要空的位置。该命令显示腾出位置（并做备份）的各行命令，然后是开始迁移的命令。" +
		"它自己不做任何改动。",
	"What cannot be known is `unknown`. docs/migrate-status.md describes what is looked at, and every field of the " +
		"JSON.": "无法得知的内容显示为 `unknown`。docs/migrate-status.md 说明查看哪些内容，以及 JSON " +
		"的每个字段。",
}
