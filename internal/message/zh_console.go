package message

// zhConsole are the texts of what the commands on znodes and servers say where an outcome is not certain.
var zhConsole = map[string]string{
	"%v: it is not known whether the change of %s was carried out: look with zk_stat before you repeat it": "%v：不知道对 %s 的修改是否已经执行：重试之前请用 zk_stat 查看",
	"it is running but does not serve clients: its ensemble has no quorum, or it is starting":              "它在运行，但不为客户端服务：它的 ZooKeeper 集群没有达到法定多数，或者它正在启动",
	"its answer to %s is not complete: %w": "它对 %s 的应答不完整：%w",
	"its answer to %s is longer than %s":   "它对 %s 的应答超过 %s",
	"it answered %q instead of %s":         "它的应答是 %q，而不是 %s",
	"it answered %q instead of values":     "它的应答是 %q，而不是各项数值",
	"%s: --file: the shell reads its lines from the standard input, which therefore has no data: use -x, or write the data to a file": "%s: --file: shell 从标准输入读取命令行，所以其中没有数据：请使用 -x，或者把数据写入文件",
	"%s has more than %s": "%s 超过 %s",
	"not complete: the ACL of %d znodes was set, and the others have their old one. " +
		"These credentials cannot repeat the command: the new ACL does not let them": "未完成：已设置 %d 个 znode 的 ACL，其余的仍是原来的 ACL。用这些凭据不能重复执行该命令：新的 ACL 不允许",
	"not complete: the ACL of %d znodes was set, and the others have their old one. Repeat the command: it sets that of all":             "未完成：已设置 %d 个 znode 的 ACL，其余的仍是原来的 ACL。请重复执行该命令：它会设置全部 ACL",
	"%s: %s and %s are named by different servers: if they are of one ensemble, use the PATH alone; zk_copy copies to another ZooKeeper": "%s: %s 和 %s 是用不同的服务器指定的：如果它们属于同一个 ZooKeeper 集群，请只写 PATH；zk_copy 拷贝到另一个 ZooKeeper",
}
