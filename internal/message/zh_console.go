package message

// zhConsole are the texts of what the commands on znodes and servers say where an outcome is not certain.
var zhConsole = map[string]string{
	"%v: it is not known whether the change of %s was carried out: look with zk_stat before you repeat it": "%v：不知道对 %s 的修改是否已经执行：重试之前请用 zk_stat 查看",
}
