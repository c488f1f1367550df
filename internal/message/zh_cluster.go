package message

// zhCluster are texts of the commands on clusters.
var zhCluster = map[string]string{
	"table %s (id %s) is missing":                "表 %s（id %s）不见了",
	"table %s (id %s) is now named %s":           "表 %s（id %s）现在名为 %s",
	"table %s (id %s) has %d partitions, not %s": "表 %s（id %s）有 %d 个分片，而不是 %s 个",
	"table %s (id %s) came back: it was not available before; drop it again if you do not need it": "表 %s（id %s）又回来了：之前它不是可用状态；如果不需要，请再次删除",
	"other shells will not know that recover was sent: %v":                                         "其他 shell 不会知道已经发送过 recover: %v",
	"recover_list: unexpected argument %q":                                                         "recover_list: 多余的参数 %q",
	"%s was asked to %s and may have carried it out":                                               "已要求 %s 执行 %s，它可能已经执行",
	"%d servers were asked to %s and may have carried it out":                                      "已要求 %d 台服务器执行 %s，它们可能已经执行",
	"replica servers of 2.5.0 crash (SIGSEGV) when they open the replicas of a table that has %s, as they do after a restart": "2.5.0 的 replica server " +
		"在打开设置了 %s 的表的副本时（例如重启之后）会崩溃（SIGSEGV）",
}
