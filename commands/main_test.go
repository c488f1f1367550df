package commands_test

import (
	"os"
	"testing"

	"pegashell/internal/zkserver/zktest"
)

func TestMain(m *testing.M) { os.Exit(zktest.Main(m)) }
