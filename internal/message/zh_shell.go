package message

// zhShell are texts of the conversation: of the shell itself, and of the commands that execute
// lines.
var zhShell = map[string]string{
	"ERROR: %v":              "错误：%v",
	"WARNING: %v":            "警告：%v",
	"HINT: %s":               "提示：%s",
	"ERROR: make a pipe: %v": "错误：创建管道失败：%v",
	"got no answer":          "没有得到回答",
	"%d lines pasted, Enter runs them, Ctrl-C drops them": "已粘贴 %d 行，按 Enter 执行，按 Ctrl-C 丢弃",
	"a file":              "文件",
	"a file or HOST:PORT": "文件或 HOST:PORT",
	"a program":           "程序",
	"%s is part of a word here. Write blanks around %s to send the output to %s.": "%s 在这里是一个词的一部分。在 %s 两边加空格，才会把输出发送到%s。",
	"\nCtrl-C was pressed twice within a second: the shell exits.":                "\n一秒之内按了两次 Ctrl-C: shell 退出。",
	"no command before | or >": "| 或 > 之前没有命令",
	"> and >> must be followed by exactly one file name, at the end of the line": "> 和 >> 之后必须有且只有一个文件名，并且位于行尾",
	"%s is unchanged, because the command failed":                                "%s 没有改变，因为命令失败了",
	"the first %d lines of the output are not shown":                             "输出的前 %d 行没有显示",
	"interrupted: the command was not started":                                   "已中断：命令没有开始执行",
	"The command did not stop within %v: the shell ends without waiting for it.": "命令在 %v 之内没有停下：shell 不再等待，直接退出。",
	"help COMMAND or COMMAND --help shows the help of one command.":              "help COMMAND 或 COMMAND --help 显示一条命令的帮助。",

	"Step by step: docs/migration-by-copy.md and docs/migration-by-recovery.md of the source. migrate status shows the line to type next.": "" +
		"分步指南：源码中的 docs/zh/migration-by-copy.md 和 docs/zh/migration-by-recovery.md。migrate status 显示下一行要输入的命令。",

	"migrate: unknown word %q: %s The words are %s":                                               "migrate: 未知的词 %q：%s 可用的词是 %s",
	"%s: --from and --target name the same tree: %s is the old tree, %s has to be the new one":    "%s: --from 和 --target 指向同一棵树：%s 是旧树，%s 必须是新树",
	"named earlier in this shell: %s":                                                             "此前在本 shell 中指定过：%s",
	"name the new ZooKeeper: migrate status --target HOSTS[/PATH], or a name of plugins.toml: %s": "请指定新 ZooKeeper: migrate status --target HOSTS[/PATH]，或 plugins.toml 中的名字：%s",
	"start the servers of %s, or correct the address":                                             "启动 %s 的服务器，或改正地址",
	"Before the first step: migrate preflight %s --target %s":                                     "第一步之前：migrate preflight %s --target %s",
	"Next: migrate status --target %s":                                                            "下一步：migrate status --target %s",
	"unknown, because the new ZooKeeper does not answer: %s":                                      "未知，因为新 ZooKeeper 没有应答：%s",
	"migrate: unknown word %q: the words are %s":                                                  "migrate: 未知的词 %q：可用的词是 %s",
	"Commands:": "命令：",
	"source needs exactly one file, got %d arguments":           "source 需要恰好一个文件，实际得到 %d 个参数",
	"watch: %q is not a number of seconds from %v to %v":        "watch: %q 不是 %v 到 %v 之间的秒数",
	"%s:%d: interrupted, the rest is not executed":              "%s:%d: 已中断，其余各行不再执行",
	"%s:%d: this line failed, the rest is not executed":         "%s:%d: 这一行失败，其余各行不再执行",
	"%s:%d: this line failed":                                   "%s:%d: 这一行失败",
	"%s: this line failed":                                      "%s: 这一行失败",
	"got no answer: a command given to the program asks nobody": "没有得到回答：作为程序参数给出的命令不会提问",
	"HINT: %s joins no commands here: type each on a line of its own, or write '%s' for an argument. Nothing was run.": "提示：%s 在这里不能连接命令：请每行输入一条，或写成 '%s' 作为参数。没有执行任何命令。",
	"HINT: %s joins no commands here, it is an argument of the line's command":                                         "提示：%s 在这里不能连接命令，它是这一行命令的参数",
	"line %d failed": "第 %d 行失败",
	"A number from 0 to 255 is the exit code of the program, whatever failed before. Other words are ignored, as in the original.": "0 到 255 之间的数字就是程序的退出码，不论之前有什么失败。其他词会被忽略，与原版一致。",
}
