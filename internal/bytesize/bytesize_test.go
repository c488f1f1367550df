package bytesize

import (
	"math"
	"testing"
)

func TestStringRoundsToThePowerOf1024ThatPeopleRead(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB",
		1<<20 - 52: "1023.9 KiB", 1<<20 - 1: "1.0 MiB", 1 << 20: "1.0 MiB",
		5 << 30: "5.0 GiB", math.MaxInt64: "8.0 EiB", -1: "-1 B",
	} {
		if got := String(n); got != want {
			t.Errorf("String(%d) = %q, want %q", n, got, want)
		}
	}
}
