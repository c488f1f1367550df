package commands_test

import (
	"testing"

	"pegashell/commands"
)

func TestEveryCommandExplainsItself(t *testing.T) {
	for _, c := range commands.NewRegistry(nil).Commands() {
		if c.Summary == "" || len(c.Examples) == 0 {
			t.Errorf("%s lacks a summary or an example", c.Name)
		}
		if c.Flags() == nil {
			t.Errorf("%s has no flag set", c.Name)
		}
	}
}
