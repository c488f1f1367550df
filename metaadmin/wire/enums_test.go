package wire

import "testing"

func TestNamesOfEnumsAreReadBack(t *testing.T) {
	for c := ConfigAssignPrimary; c <= ConfigRegisterChild; c++ {
		if got, err := ParseConfigType(c.String()); err != nil || got != c {
			t.Errorf("ParseConfigType(%q) = %v, %v", c.String(), got, err)
		}
	}
	for m := MatchAll; m <= MatchRegex; m++ {
		if got, err := ParseMatchType(m.String()); err != nil || got != m {
			t.Errorf("ParseMatchType(%q) = %v, %v", m.String(), got, err)
		}
	}
	for _, s := range []string{"", "INVALID", "CT_REMOVE", "99"} {
		if got, err := ParseConfigType(s); err == nil {
			t.Errorf("ParseConfigType(%q) = %v, want an error", s, got)
		}
	}
	for _, s := range []string{"", "invalid", "Prefix"} {
		if got, err := ParseMatchType(s); err == nil {
			t.Errorf("ParseMatchType(%q) = %v, want an error", s, got)
		}
	}
	if got := ConfigType(99).String() + MatchType(-1).String(); got != "99-1" {
		t.Errorf("numbers without a name are shown as %q", got)
	}
}
