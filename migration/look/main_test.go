package look

import (
	"os"
	"testing"

	"pegashell/internal/test/zktest"
)

func TestMain(m *testing.M) { os.Exit(zktest.Main(m)) }
