package repl

import (
	"fmt"
	"math"
	"time"
)

// An estimate of the time left needs this many units and this much time: the first units include
// the cost of connecting, and come in bursts where a rate limit is kept.
const (
	guessAfter = time.Second
	guessUnits = 20
)

// timeLeft estimates the seconds until total units are done, when count of them took this long;
// false if there is too little to estimate from. The units that are left are expected to be as fast
// as all before.
func timeLeft(count, total int64, took time.Duration) (seconds float64, ok bool) {
	if took < guessAfter || count < guessUnits || count >= total {
		return 0, false
	}
	return float64(total-count) / (float64(count) / took.Seconds()), true
}

// roughly formats seconds for people, who do not need all of them: 45s, 3m20s, 2h05m.
func roughly(seconds float64) string {
	const minute, hour = 60, 3600
	switch n := int64(math.Ceil(seconds)); {
	case n < 2*minute:
		return fmt.Sprintf("%ds", n)
	case n < hour:
		return fmt.Sprintf("%dm%02ds", n/minute, n%minute/10*10)
	default:
		return fmt.Sprintf("%dh%02dm", n/hour, n%hour/minute)
	}
}
