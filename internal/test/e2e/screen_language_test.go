package e2e

import (
	"testing"

	"pegashell/internal/test/screentest"
)

// chinese is the environment of an operator who reads Chinese.
var chinese = []string{"LANG=zh_CN.UTF-8"}

func TestScreensInChinese(t *testing.T) {
	t.Run("help", func(t *testing.T) {
		screens(t, screentest.Options{Rows: 80, Env: chinese}, step{"help zookeeper\r", "chinese_help"})
	})
	t.Run("help of a command", func(t *testing.T) {
		screens(t, screentest.Options{Rows: 50, Env: chinese}, step{"zk_ls --help\r", "chinese_help_command"})
	})
	t.Run("menu", func(t *testing.T) {
		screens(t, screentest.Options{Rows: 24, Env: chinese}, step{"set_meta_level ", "chinese_menu"}, step{"\t\t", "chinese_menu_chosen"})
	})
	t.Run("wrong lines", func(t *testing.T) {
		c := newStation(t).open(screentest.Options{Rows: 24, Env: chinese})
		c.follow(step{"node\r", "chinese_near_command"}, step{"zk_rmr\r", "chinese_wrong_use"})
		c.Send("zk_ls 127.0.0.1:1/ --timeout 1000\r")
		c.WaitFor("错误")
		c.golden("chinese_error")
		c.leave(dropLine+"\x04", 0)
	})
	t.Run("what programs read", func(t *testing.T) {
		screens(t, screentest.Options{Rows: 24, Env: chinese}, step{"help nodes > nodes.txt\r", "chinese_file"}, step{"help nodes | head -n 1\r", "chinese_pipe"})
	})
	t.Run("nobody answers", func(t *testing.T) {
		s := newStation(t)
		c := s.start(screentest.Options{Rows: 14, Env: chinese}, "dead >>>", "-n", "dead")
		c.MaskPattern(`pegashell (dev|v?\d\S*)`, "pegashell VERSION")
		c.golden("chinese_notice")
		c.leave("\x04", 0)
	})
}
