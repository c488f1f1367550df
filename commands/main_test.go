package commands_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"pegashell/internal/zkserver/zktest"
)

func TestMain(m *testing.M) {
	code := zktest.Main(m)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
