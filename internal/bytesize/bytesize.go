// Package bytesize writes numbers of bytes for people.
package bytesize

import "fmt"

// String writes a number of bytes in powers of 1024 with one digit after the point: 512 B, 1.5 KiB.
// It never writes 1024.0 of a unit: what would be rounded to that is 1.0 of the next one.
func String(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/1024, 0
	for size >= 1023.95 && unit < len(units)-1 {
		size /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %ciB", size, units[unit])
}
