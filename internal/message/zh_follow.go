package message

// zhFollow are the texts of a copy that follows its source.
var zhFollow = map[string]string{
	"more changes than can be remembered":                                                                 "变化太多，无法全部记住",
	"another program writes to the target %s: %s was changed, and not by this command":                    "另有程序在写入目标 %s：%s 被修改，而且不是由本命令修改的",
	"the target %s has %d znodes that the source does not have: repeat with --delete, which removes them": "目标 %s 中有 %d 个源没有的 znode：请加上 --delete 重新执行，它会删除这些 znode",

	"following, %.1f s behind": "正在跟随，落后 %.1f 秒",
	"zk_copy --follow: %s":     "zk_copy --follow：%s",
	"zk_copy --follow, process %d, from %s to %s: %s, %.1f s behind, %d changes applied": "zk_copy --follow，进程 %d，从 %s 到 %s：%s，落后 %.1f 秒，已应用 %d 处变化",
	"%s; verified: equal at the source's transaction %s":                                 "%s；已校验：在源的事务 %s 处两边一致",

	"zk_copy: --until needs --follow":                 "zk_copy：--until 需要与 --follow 一起使用",
	"zk_copy: --until: %q is neither blind nor never": "zk_copy：--until：%q 既不是 blind 也不是 never",
	"zk_copy: --follow and %s contradict each other":  "zk_copy：--follow 与 %s 互相矛盾",
	"refused: another zk_copy --follow writes to %s already. End that one first (Ctrl-C in its shell); migrate status names it": "已拒绝：另一个 zk_copy --follow 正在写入 %s。请先结束它（在它的 shell 中按 Ctrl-C）；migrate status 会显示它",
	"claim the target in the state folder: %w": "在状态目录中登记目标：%w",
	"zk_copy: --until blind: %s is not the tree of the connected cluster, so its meta level is not known. Start pegashell with its meta servers (--cluster), or use --until never": "zk_copy：--until blind：%s 不是当前连接的集群的树，因此无法得知它的 meta level。请用它的 meta server 启动 pegashell（--cluster），或使用 --until never",

	"a side does not answer; it is tried again until it does: %v":                                                                                     "有一边没有应答；会不断重试，直到它应答为止：%v",
	"The level is blind, and no follower waits for the lock: the last look follows as soon as the source is quiet.":                                   "级别已是 blind，也没有备 meta server 在等待锁：源一旦静止，就做最后一次检查。",
	"Somebody else writes to the target now (%s): nothing more is written to it. The source is still watched.":                                        "现在有别人在写入目标（%s）：本命令不再写入。仍会继续监视源。",
	"the source has changed after the last look: %s. Somebody still writes to the old tree":                                                           "最后一次检查之后源又发生了变化：%s。仍有人在写入旧的树",
	"verified: equal at the source's transaction %#x, frozen for %.1f seconds. Following goes on until Ctrl-C.":                                       "已校验：在源的事务 %#x 处两边一致，冻结了 %.1f 秒。会继续跟随，直到按下 Ctrl-C。",
	"Both sides answer again; everything is compared.":                                                                                                "两边又都应答了；将全部重新比较。",
	"The copy is there. Every further change of %s is applied to %s.":                                                                                 "拷贝已完成。%s 之后的每一处变化都会应用到 %s。",
	"The copy is there. The servers of %s do not report changes (ZooKeeper before 3.6): everything is compared again and again.":                      "拷贝已完成。%s 的服务器不会报告变化（ZooKeeper 3.6 之前的版本）：将不断地重新比较全部内容。",
	"Next: in another shell, stop the followers and run set_meta_level blind. This command then verifies and ends by itself; Ctrl-C ends it earlier.": "下一步：在另一个 shell 中停掉备 meta server，并执行 set_meta_level blind。之后本命令会校验并自行结束；按 Ctrl-C 可提前结束。",
	"following, %.1f s behind: %d znodes written, %d removed since the copy, the last %s; source at transaction %#x, applied up to %#x, %d sweeps":    "正在跟随，落后 %.1f 秒：拷贝之后写入了 %d 个 znode，删除了 %d 个，最近一个是 %s；源位于事务 %#x，已应用到 %#x，全量比较 %d 次",
	"\nverified: equal at the source's transaction %#x, frozen for %.1f seconds":                                                                      "\n已校验：在源的事务 %#x 处两边一致，冻结了 %.1f 秒",
	"The sides were never found to be equal":                                                                                                          "两边从未被确认为一致",
	"verified: equal at the source's transaction %#x, frozen for %.1f seconds":                                                                        "已校验：在源的事务 %#x 处两边一致，冻结了 %.1f 秒",
	"Both sides were last found to be equal, ACLs too, at the source's transaction %#x (%s); reported changes up to %#x were applied, %d are pending": "两边最近一次被确认为一致（包括 ACL）是在源的事务 %#x 处（%s）；已应用到 %#x 为止报告的变化，还有 %d 处待处理",
	"%s. The source has changed after the last look: %s":                                                                                              "%s。最后一次检查之后源又发生了变化：%s",
	"%s. Somebody else writes to the target now: %s":                                                                                                  "%s。现在有别人在写入目标：%s",
	"%s. Repeat the command to go on":                                                                                                                 "%s。要继续，请重新执行该命令",
	"%v. It stopped, and writes nothing more. Find that program, then repeat the command.\n%s":                                                        "%v。本命令已停止，不再写入。请找出那个程序，然后重新执行本命令。\n%s",

	"end after the last look, once the level is blind": "级别变为 blind 后，做完最后一次检查即结束",
	"go on until Ctrl-C": "一直进行，直到按下 Ctrl-C",
	"after the copy, apply every further change of the source, until it is frozen and both sides are verified":                        "拷贝之后继续应用源的每一处变化，直到源被冻结且两边校验一致",
	"when --follow ends: blind, after the last look once the level is blind and no follower lives; never, which goes on until Ctrl-C": "--follow 何时结束：blind，即 级别为 blind 且没有存活的备 meta server 时，做完最后一次检查后结束；never，即一直进行到按下 Ctrl-C",
	"`--follow` copies, and then applies every change of the source to the target within a fraction of a second, so that little is left to do when the cluster is frozen. It hears of changes by a watch (ZooKeeper 3.6 and later; older servers are compared again and again), and reads the stats of all znodes of both sides once a minute, because changes of ACLs are not reported. Keep it running and type `set_meta_level blind` in another shell. With `--until blind`, the default for the connected cluster's tree, it ends by itself: when the level is blind, no follower waits for the lock and nothing has changed for a moment, it takes a last look, and prints `verified: equal at the source's transaction 0x...`, for how long the source was frozen, and the next steps. The last look reads nothing again if every transaction of both ensembles since the stats were read last is known: each is a change that was applied, or a write of this command. Otherwise (sessions were opened, an ACL was set, others write elsewhere) it reads the stats of all znodes of that side once more, and compares what has another one. `--until never` goes on: it warns when the source changes after that, and never writes again once somebody else has written to the target. Ctrl-C ends it at any time and says up to where both sides were equal. What the source deletes is removed from the target; if the target already has znodes that the source does not have, `--delete` is needed. Servers that do not answer are waited for. If another program writes to the target, it ends with an error.": "`--follow` 先拷贝，然后在一秒之内把源的每一处变化应用到目标，这样集群冻结后就只剩很少的事要做。它通过 watch 得知变化（ZooKeeper 3.6 及以后；更老的服务器则不断地重新比较），并且每分钟读取一次两边所有 znode 的 stat，因为 ACL 的变化不会被报告。让它一直运行，并在另一个 shell 中输入 `set_meta_level blind`。使用 `--until blind` 时（源是当前连接的集群的树时的默认值），它会自行结束：当 级别为 blind、没有备 meta server 在等待锁、并且片刻之内没有任何变化时，它做最后一次核对，然后打印 `verified: equal at the source's transaction 0x...`、源被冻结的时长以及后续步骤。如果自上次读取 stat 以来，两边 ZooKeeper 的每个事务都是已知的（要么是已应用的变化，要么是本命令自己的写入），最后一次核对就不再重读任何内容；否则（有会话打开、有 ACL 被设置、有别人在别处写入）它会再读一次那一边所有 znode 的 stat，并比较 stat 不同的 znode。`--until never` 会继续运行：之后源若有变化它会发出警告；一旦有别人写入了目标，它就不再写入。随时可按 Ctrl-C 结束，它会说明两边到哪里为止是一致的。源中删除的内容也会从目标中删除；如果目标中已有源没有的 znode，则需要 `--delete`。对没有应答的服务器会一直等待。如果有别的程序写入目标，它会报错并结束。",

	"fallback, %.1f s behind": "保持旧树最新，落后 %.1f 秒",
	"zk_copy --as_fallback, process %d, keeps %s as %s: %s, %.1f s behind, %d changes applied":                                                                                     "zk_copy --as_fallback，进程 %d，使 %s 与 %s 一致：%s，落后 %.1f 秒，已应用 %d 处修改",
	"zk_copy: --as_fallback needs --follow":                                                                                                                                        "zk_copy：--as_fallback 需要 --follow",
	"zk_copy: --as_fallback and %s contradict each other: meta servers need the whole tree":                                                                                        "zk_copy：--as_fallback 与 %s 互相矛盾：meta server 需要整棵树",
	"Next: %s has everything now. migrate rollback shows each line of the way back. To stay: set_meta_level steady, and begin this command again.":                                 "下一步：%s 现在拥有一切。migrate rollback 显示回退的每一行命令。如果不回退：set_meta_level steady，然后重新执行本命令。",
	"%s is as %s now, and is kept so. It ends by itself when the level is blind and no follower lives; Ctrl-C ends it earlier. To go back, run migrate rollback in another shell.": "%s 现在与 %s 一致，并将保持一致。级别为 blind 且没有备 meta server 存活时，本命令自行结束；Ctrl-C 可以提前结束它。要回退，请在另一个 shell 中运行 migrate rollback。",
	"`--follow --as_fallback` is for the time after a migration: while the cluster works on the new ZooKeeper, it keeps the tree on the old one current, so that going back loses nothing. The target, which meta servers have used, must be a tree of this cluster that nobody uses now (guard `former_tree`); it gets the state of the source, and what only it has is removed after a question. Lock nodes are never touched. To go back, run `migrate rollback`: it has the level set to blind, and waits until this command has verified both sides.": "`--follow --as_fallback` 用于迁移之后：集群在新 ZooKeeper 上工作时，它使旧 ZooKeeper 上的树保持最新，回退时不会丢失任何内容。目标被 meta server 使用过，必须是本集群的、现在没有人使用的树（防护规则 `former_tree`）；它得到源的状态，只有它才有的内容在询问之后被删除。锁节点从不改动。要回退，请运行 `migrate rollback`：它让级别设为 blind，并等待本命令校验两边。",
	"with --follow: keep the tree current that the cluster used before, so that going back loses nothing": "与 --follow 一起：使集群从前使用的树保持最新，回退时不会丢失任何内容",
}
