package migration

import (
	"testing"
	"time"
)

func TestSinceIsATimeAgoOrATime(t *testing.T) {
	zone := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, zone)
	for text, want := range map[string]time.Time{
		"30m":                       now.Add(-30 * time.Minute),
		"2h":                        now.Add(-2 * time.Hour),
		"1h30m":                     now.Add(-90 * time.Minute),
		"1d":                        now.Add(-24 * time.Hour),
		"1d12h":                     now.Add(-36 * time.Hour),
		"0d":                        now,
		"2026-11-26":                time.Date(2026, 11, 26, 0, 0, 0, 0, zone),
		"2026-11-26_03:04":          time.Date(2026, 11, 26, 3, 4, 0, 0, zone),
		"2026-11-26_03:04:05":       time.Date(2026, 11, 26, 3, 4, 5, 0, zone),
		"2026-11-26 03:04":          time.Date(2026, 11, 26, 3, 4, 0, 0, zone),
		"2026-11-26T03:04:05":       time.Date(2026, 11, 26, 3, 4, 5, 0, zone),
		"2026-11-26T03:04:05Z":      time.Date(2026, 11, 26, 3, 4, 5, 0, time.UTC),
		"2026-11-26T03:04:05-02:00": time.Date(2026, 11, 26, 5, 4, 5, 0, time.UTC),
	} {
		if got, ok := parseSince(text, now, zone); !ok || !got.Equal(want) {
			t.Errorf("%s: %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "2", "d", "1x", "-1h", "-1d", "1d-1h", "1.5d", "+1d", "1d1d", "99999999999d", "2026-13-01", "2026-11-26_", "26.11.2026", "03:04"} {
		if got, ok := parseSince(text, now, zone); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}
