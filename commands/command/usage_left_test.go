package command

import "testing"

func TestTheUsageMovesOnWithWhatIsTyped(t *testing.T) {
	const nodes = "[-d|--detailed] [-o|--output file_name][-s|--status all|alive]"
	for _, tc := range []struct {
		usage string
		words int
		used  map[string]bool
		want  string
	}{
		{"<app_id> [new_app_name]", 0, nil, "<app_id> [new_app_name]"},
		{"<app_id> [new_app_name]", 1, nil, "[new_app_name]"},
		{"<app_id> [new_app_name]", 2, nil, ""},
		{"<key> <value> [key value...]", 5, nil, "[key value...]"},
		{"<app_name> [-d|--detailed] [-j|--json]", 1, map[string]bool{"-d": true, "--detailed": true}, "[-j|--json]"},
		{nodes, 1, nil, nodes},
		{nodes, 0, map[string]bool{"-o": true, "--output": true}, "[-d|--detailed] [-s|--status all|alive]"},
		{"<SECONDS> <COMMAND> [WORD...]", 1, nil, "<COMMAND> [WORD...]"},
		{"[--report FILE [--of CLUSTER]]", 0, map[string]bool{"--report": true}, "[--report FILE [--of CLUSTER]]"},
		{"<file> <key> | --all <key>", 1, nil, "<file> <key> | --all <key>"},
	} {
		if got := usageLeft(tc.usage, tc.words, tc.used); got != tc.want {
			t.Errorf("%q after %d words and %v: %q, want %q", tc.usage, tc.words, tc.used, got, tc.want)
		}
	}
}
