package message

// zhNotes are what the help of a command explains.
var zhNotes = map[string]string{
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
		"partition, after a question; -a proposes the recommended server without asking, -s skips every question.": "除非用 -g 指定表，2.5 的服务器会应答 ERR_INVALID_PARAMETERS。加上 -d " +
		"时，询问之后为每个分片提议一个 primary；-a 不询问，直接提议推荐的服务器，-s 跳过所有问题。",

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

	"The lines are written as at the prompt, with `|`, `>` and comments. A line that fails is reported with file and " +
		"number, and the other lines are still executed, except with -e; the command fails if a line failed. If a script " +
		"calls source with a relative FILE, it is searched in the folder of that script. Answers to questions come from " +
		"the person or from the next lines of the pipe, never from the file: use the flags of the commands, such as " +
		"--yes. `exit` leaves the shell.": "各行的写法与在提示符下相同，可以使用 `|`、`>` 和注释。失败的行会连同文件名和行号一起报告，其余各行仍会执行，" +
		"除非加上 -e；只要有一行失败，这条命令就失败。脚本中用相对路径的 FILE 调用 source 时，" +
		"在该脚本所在的目录中查找。问题的回答来自用户，或管道中的下一行，而不会来自这个文件：请使用命令的选项，例如 --yes。" +
		"`exit` 会退出 shell。",

	"SECONDS, which may be a fraction such as 0.5, pass between two rounds. On a terminal each round replaces the " +
		"one before and is cut to the window; in other cases it is printed below. A round that fails is shown like the " +
		"others. Commands that change something are refused. Ctrl-C ends it, which is not a failure; in a script it ends " +
		"the script.": "两轮之间间隔 SECONDS 秒，可以是小数，例如 0.5。在终端上，每一轮会替换上一轮，并按窗口大小截断；" +
		"其他情况下则依次输出。失败的一轮与其他各轮一样显示。会做改动的命令会被拒绝。Ctrl-C 结束它，这不算失败；" +
		"在脚本中则会结束脚本。",

	"After the command, its time in seconds is printed to standard error. The exit state is that of the command.": "命令结束后，把所用的秒数输出到标准错误。退出码就是该命令的退出码。",

	"A command is listed if the manifest mentions it or its plugin: whether it is on or off, its default flags, the " +
		"program that it runs, and the file and line that say so. A command called with `--no_defaults` ignores its " +
		"flags in `[defaults]`.": "plugins.toml 提到某条命令或它的插件时，就会列出这条命令：是否启用、默认选项、所运行的程序，" +
		"以及相应设置所在的文件和行号。调用命令时加上 `--no_defaults`，会忽略 `[defaults]` 中的选项。",
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
	"What cannot be known is `unknown`.": "无法得知的内容显示为 `unknown`。",
}
