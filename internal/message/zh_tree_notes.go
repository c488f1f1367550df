package message

// zhTreeNotes are what the help of a command on trees explains.
var zhTreeNotes = map[string]string{

	"`--dry_run` lists what would be done in the order of the tree; guards then warn instead of refusing. `--delete` " +
		"shows what it will remove before it asks. With `-j` every path is listed; of paths that changed or differ at " +
		"the end, up to 10,000 are listed, and `..._total` is the number of all. Without `-j` only the first ones are " +
		"listed.": "`--dry_run` 按树的顺序列出将要执行的操作；此时防护规则只警告，不拒绝。`--delete` " +
		"在询问之前会显示将要删除的内容。加上 `-j` 会列出全部路径；对于变化了的或最后仍不同的路径，最多列出 10,000 " +
		"个，`..._total` 是总数。不加 `-j` 时只列出前几个。",

	"Guards, each overridden by `--force NAME`: `live_target` refuses a target tree that has an ephemeral znode, " +
		"because living meta servers use it (are source and target swapped?); `other_tables` refuses a target tree that " +
		"has tables that are missing from the source; `used_target` refuses a target that meta servers have used, as " +
		"their lock or the znodes they wrote show; `unknown_liveness` refuses a target with a cluster whose lock was not " +
		"found; `two_leaders` refuses while two meta servers of the connected cluster lead; `root_target` refuses the " +
		"target `/`, unless the source is `/` too; `stale_locks` refuses a source with lock nodes that no session holds. " +
		"`--force lock_nodes` with `-i false` copies lock nodes as plain znodes: meta servers abort on them.": "防护规则，每一条都可以用 `--force NAME` 越过：`live_target` 拒绝含有临时 znode " +
		"的目标树，因为有运行中的 meta server 在使用它（源和目标是不是写反了？）；`other_tables` " +
		"拒绝含有源中没有的表的目标树；`used_target` 拒绝 meta server 使用过的目标，" +
		"这可以从它们的锁或写入的 znode 看出；`unknown_liveness` 拒绝其中有集群而找不到锁的目标；" +
		"`two_leaders` 在当前连接的集群有两个主 meta server 时拒绝；`root_target` 拒绝目标 " +
		"`/`，除非源也是 `/`；`stale_locks` 拒绝含有不属于任何会话的锁节点的源。`--force " +
		"lock_nodes` 与 `-i false` 一起使用时，锁节点也拷贝为普通 znode: meta server " +
		"遇到它们会异常退出。",

	"Counts first, then asks; a script needs --yes. `--dry_run` lists every znode that would be removed; guards then " +
		"warn instead of refusing. Removed znodes cannot be restored, unless --backup wrote them to a file first, as " +
		"zk_backup does: nothing is removed before that file was read back and is equal to the tree.": "先计数，再询问；脚本中需要 --yes。`--dry_run` 列出将要删除的每个 znode；此时防护规则只警告，不拒绝。" +
		"删除的 znode 无法恢复，除非先用 --backup 写入文件（与 zk_backup " +
		"相同）：在回读该文件并确认与树一致之前，不会删除任何内容。",

	"Guards, each overridden by `--force NAME`: `live_tree` refuses a tree that living servers use: it has an " +
		"ephemeral znode, or they hold their lock outside of it; `connected_tree` refuses the tree and the lock of the " +
		"cluster that the shell is connected to; `unknown_cluster` refuses to remove anything while that cluster cannot " +
		"report which tree it uses; `unknown_liveness` refuses a tree with a cluster whose lock was not found, " +
		"because living servers would not be detected; `two_leaders` refuses while two meta " +
		"servers lead; `overwrite` keeps --backup from replacing a file.": "防护规则，每一条都可以用 `--force NAME` 越过：`live_tree` " +
		"拒绝运行中的服务器正在使用的树：其中有临时 znode，或服务器在树外持有锁；`connected_tree` 拒绝 " +
		"shell 当前连接的集群的树和锁；`unknown_cluster` 在该集群无法说明它使用哪棵树时拒绝一切删除；" +
		"`unknown_liveness` 拒绝其中有集群而找不到锁的树，" +
		"因为无法发现运行中的服务器；`two_leaders` 在有两个主 meta server 时拒绝；`overwrite` " +
		"不让 --backup 替换已有的文件。",

	"Prints one name per line, as a path from the znode with -r; with -d also kind (`persistent` or `ephemeral`; " +
		"containers and TTL znodes look persistent to every client), size, number of children, version and time of the " +
		"last change. " + enUnreadable + enNode: "每行输出一个名字，加上 -r 时是从该 znode 开始的路径；加上 -d 时还有类型（`persistent` 或 " +
		"`ephemeral`；container 和 TTL znode 对所有客户端来说都像持久 " +
		"znode）、大小、子节点数、版本和最后修改时间。" + zhUnreadable + zhNode,

	"Without an argument the tree of the connected cluster is checked, with a PATH a tree on the same ZooKeeper. " +
		"Every finding has its path and what to do, in the order of the tree. A FAULT makes meta servers abort, or lose " +
		"the data that it is about; the command then fails. Znodes of duplications, backups, bulk loads and partition " +
		"splits are known and counted; other znodes are reported as unknown, which is not a fault.": "不带参数时检查当前连接的集群的树，带 PATH 时检查同一个 ZooKeeper 上的另一棵树。" +
		"每个发现都有路径和处理办法，按树的顺序列出。FAULT 会使 meta server 异常退出，或丢失相关的数据；" +
		"此时命令失败。duplication、备份、bulk load 和分片分裂的 znode 是已知的，会被计数；其他 " +
		"znode 报告为未知，这不算故障。",

	"Living meta servers are those that hold a lock node, the leader first. Lock nodes are searched everywhere in " +
		"the tree. If `distributed_lock_service_parameters` of the meta servers is a path outside of the tree, name it " +
		"with `--lock_root`; otherwise living meta servers are unknown.": "运行中的 meta server 是持有锁节点的那些，主 meta server 在最前。会在整棵树中查找锁节点。如果 " +
		"meta server 的 `distributed_lock_service_parameters` 是树外的路径，请用 " +
		"`--lock_root` 指定；否则不知道有哪些运行中的 meta server。",

	"table %s":               "表 %s",
	"table %s, partition %d": "表 %s，分区 %d",

	"Prints a line for each difference as it is found, in the order of the trees: `only_in_a`, `only_in_b`, `data`, " +
		"`acl` or, with --ephemeral, `kind` (plain or ephemeral), then the path below the two roots and, of a table or a partition, a second line with its name and the fields that differ, " +
		"with the values of both; last the numbers of znodes that were equal and that were not. A comparison that could not be carried out prints ERROR on standard " +
		"error, and not `equal` or `different`; the exit states are those of diff. Ephemeral znodes are left out and " +
		"counted. Containers and TTL znodes count as plain ones: ZooKeeper does not show clients which znodes these are.": "每发现一处不同就输出一行，按树的顺序：`only_in_a`、`only_in_b`、`data`、`acl`，或加上 " +
		"--ephemeral 时的 `kind`（普通或临时），然后是两个根之下的路径，表和分区还有第二行：名字、不同的字段及双方的值；最后是相同和不同的 znode 数。" +
		"无法进行的比较会在标准错误输出 ERROR，而不是 `equal` 或 `different`；退出码与 diff 相同。" +
		"临时 znode 不参与比较，只计数。container 和 TTL znode 视为普通 znode: " +
		"ZooKeeper 不向客户端显示哪些 znode 属于这两类。",

	"A PATH without HOSTS is one on the connected cluster's ZooKeeper. The second tree has the path of the first " +
		"unless you name another path. An argument is a backup file if such a file exists, or if it ends in .zkb, .gz or " +
		".zst.": "不带 HOSTS 的 PATH 是当前连接的集群的 ZooKeeper 上的路径。" +
		"除非指定另一个路径，第二棵树使用与第一棵相同的路径。如果存在这样的备份文件，或参数以 .zkb、.gz 或 .zst " +
		"结尾，它就是备份文件。",

	"The file holds every znode as a line of JSON (docs/backup-format.md), compressed if its name ends in .gz or " +
		".zst; it appears only when it is complete. While it is read back, the tree is read a second time: the command " +
		"succeeds when nothing changed in between but ephemeral znodes, so that the file is the tree as it was at one " +
		"moment. Otherwise the file is still written and records that the tree changed, and the command fails.": "文件中每个 znode 是一行 JSON（docs/backup-format.md），名字以 .gz 或 .zst " +
		"结尾时会压缩；写完之后文件才会出现。回读文件时会再读一遍树：如果其间除临时 znode 之外没有任何变化，" +
		"文件就是这棵树在同一时刻的样子，命令成功。否则文件仍会写出，并记录树发生了变化，而命令失败。",

	"A PATH without HOSTS is one on the connected cluster's ZooKeeper. Without both it is the tree of that cluster; " +
		"FILE must then end in .zkb, .gz or .zst. `--force overwrite` replaces a file that exists.": "不带 HOSTS 的 PATH 是当前连接的集群的 ZooKeeper 上的路径。两者都不带时是该集群的树；此时 FILE " +
		"必须以 .zkb、.gz 或 .zst 结尾。`--force overwrite` 会替换已存在的文件。",

	"The target becomes equal to the tree in the file. The whole file is checked first: nothing is written if it is " +
		"truncated or was changed. Then the target is compared with it, and only differences are written, as by zk_copy: " +
		"after an interruption, repeat the command. Missing parents are created, ephemeral znodes of the backup left " +
		"out; containers and TTL znodes, which only backups of earlier versions record, become plain znodes. Znodes of " +
		"the target that are not in the backup stay, unless you use --delete. A verified restoration leaves a proof below " +
		"~/.local/state/pegashell/proofs, at most 1 MiB: with it the next one of the same backup compares all data again, " +
		"but does not read ACLs that cannot have changed since; `--no_proof` reads everything. With `--dry_run` guards " +
		"warn instead of refusing.": "目标会变得与文件中的树一致。首先检查整个文件：如果它被截断或修改过，就不会写入任何内容。然后与目标比较，与 zk_copy " +
		"一样只写入不同之处：中断之后重新执行该命令即可。缺少的上级节点会被创建，备份中的临时 znode 不恢复；" +
		"container 和 TTL znode（只有早期版本的备份会记录）会成为普通 znode。目标中不在备份里的 " +
		"znode 会保留，除非使用 --delete。校验过的恢复会在 ~/.local/state/pegashell/proofs 下留下证明，最多 1 MiB：" +
		"有了它，下一次恢复同一备份时仍会比较全部数据，但不再读取此后不可能变化的 ACL；`--no_proof` 会全部读取。" +
		"加上 `--dry_run` 时防护规则只警告，不拒绝。",

	"A PATH without HOSTS is one on the connected cluster's ZooKeeper; HOSTS without a path means the path that was " +
		"backed up.": "不带 HOSTS 的 PATH 是当前连接的集群的 ZooKeeper 上的路径；不带路径的 HOSTS 表示备份时的路径。",

	"Guards, each overridden by `--force NAME`: `live_target` refuses a target tree that has an ephemeral znode, " +
		"because living meta servers use it; `other_tables` refuses a target tree that has tables that are missing from " +
		"the backup; `stale_locks` refuses a backup with lock nodes that no session held; `newer_tables` refuses a " +
		"backup without tables or partitions that the replica servers of the connected cluster hold, because meta " +
		"servers would abort on that tree; `unknown_liveness` refuses a target with a cluster whose lock was not found; " +
		"`two_leaders` refuses while two meta servers of the connected cluster lead; `root_target` refuses the target " +
		"`/`, unless `/` was backed up.": "防护规则，每一条都可以用 `--force NAME` 越过：`live_target` 拒绝含有临时 znode " +
		"的目标树，因为有运行中的 meta server 在使用它；`other_tables` 拒绝含有备份中没有的表的目标树；" +
		"`stale_locks` 拒绝含有不属于任何会话的锁节点的备份；`newer_tables` 拒绝缺少当前连接的集群的 " +
		"replica server 上的表或分片的备份，因为 meta server 会在这棵树上异常退出；" +
		"`unknown_liveness` 拒绝其中有集群而找不到锁的目标；`two_leaders` 在当前连接的集群有两个主 " +
		"meta server 时拒绝；`root_target` 拒绝目标 `/`，除非备份的就是 `/`。",
	"Without -s the tree of the connected cluster is copied. The target gets the path of the source unless you name " +
		"another path; missing parents are created. A path is the full path on the ZooKeeper servers: it includes the " +
		"chroot that hosts_list of the meta servers may have. The printed next steps keep the chroot. Data and ACLs are " +
		"copied, ephemeral znodes (the lock nodes of living meta servers) are left out; containers and TTL znodes become " +
		"plain ones, because ZooKeeper does not show clients which znodes these are. What the target already has is " +
		"compared, and only differences are written: after an interruption, repeat the command. The result is `verified` " +
		"only if every znode of the target was read after it was last written and is equal, and the source, checked " +
		"again after that, had not changed up to the transaction in `source_zxid`. If warnings say that the source may " +
		"still change, or that the target is not what a meta server needs, the result is `equal now, NOT final`. A " +
		"verified copy leaves a proof below ~/.local/state/pegashell/proofs, at most 1 MiB: with it the next copy " +
		"compares all data again, but does not read ACLs that cannot have changed since, and reads back only what it " +
		"wrote; `--no_proof` reads everything. HOSTS can be the name of a ZooKeeper in plugins.toml, which also has the " +
		"TLS files and credentials of each ensemble; flags for these apply to both sides.": "不加 -s 时拷贝当前连接的集群的树。除非指定另一个路径，目标使用与源相同的路径；缺少的上级节点会被创建。路径是在 " +
		"ZooKeeper 服务器上的完整路径，包括 meta server 的 hosts_list 中可能带有的 chroot；" +
		"输出的后续步骤会保留 chroot。数据和 ACL 会被拷贝，临时 znode（运行中的 meta server " +
		"的锁节点）不拷贝；container 和 TTL znode 会成为普通 znode，因为 ZooKeeper " +
		"不向客户端显示哪些 znode 属于这两类。目标中已有的内容会与源比较，只写入不同之处：中断之后重新执行该命令即可。" +
		"只有目标的每个 znode 在最后一次写入之后都被读取并确认一致，而且之后再次检查时源直到 `source_zxid` " +
		"这个事务都没有变化，结果才是 `verified`。如果警告指出源仍可能变化，或目标不符合 meta server 的需要，" +
		"结果是 `equal now, NOT final`。校验过的拷贝会在 " +
		"~/.local/state/pegashell/proofs 下留下证明，最多 1 MiB：有了它，" +
		"下一次拷贝仍会比较全部数据，但不再读取此后不可能变化的 ACL，也只回读它写入的内容；`--no_proof` 会全部读取。" +
		"HOSTS 可以是 plugins.toml 中一个 ZooKeeper 的名字，那里也有每个 ZooKeeper 集群的 " +
		"TLS 文件和认证信息；相应的选项对两边都有效。",
}
