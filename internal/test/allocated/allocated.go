// Package allocated checks how much memory a decoder takes for its input: what an input claims, and
// does not contain, must cost nothing.
package allocated

import (
	"runtime"
	"testing"
)

// slack is what a call may take besides, in bytes: buffers of a fixed size (at most 1 MiB), errors, the tables of a
// first call, and what the race detector adds.
const slack = 2 << 20

// Check fails a test in which decode takes more than so many bytes of memory for each byte of its
// input, and two megabytes. Nothing else may be at work in the process.
func Check(t testing.TB, input, perByte int, decode func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	decode()
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > uint64(input*perByte+slack) {
		t.Errorf("%d bytes of memory for %d of input, at most %d for each and %d are allowed", taken, input, perByte, slack)
	}
}
