package lineedit

import "testing"

func TestWordsBeforeAndBehindTheCursor(t *testing.T) {
	for _, tc := range []struct{ text, wordBefore, wordAfter, argumentBefore, lastArgument string }{
		{"", "", "", "", ""},
		{"ls", "ls", "ls", "ls", "ls"},
		{"ls -d ", "d ", "ls", "-d ", "-d"},
		{"  zk_ls old/a-b", "b", "  zk", "old/a-b", "old/a-b"},
		{"app 表格", "表格", "app", "表格", "表格"},
		{`app "my table"`, `table"`, "app", `table"`, `"my table"`},
		{`app 'it\'s a' x`, "x", "app", "x", "x"},
		{`app 'it\'s a'`, "a'", "app", "a'", `'it\'s a'`},
		{"--", "--", "--", "--", "--"},
		{"cafe\u0301 x", "x", "cafe\u0301", "x", "x"},
	} {
		if got := wordBefore(tc.text); got != tc.wordBefore {
			t.Errorf("%q: word before is %q, want %q", tc.text, got, tc.wordBefore)
		}
		if got := wordAfter(tc.text); got != tc.wordAfter {
			t.Errorf("%q: word after is %q, want %q", tc.text, got, tc.wordAfter)
		}
		if got := argumentBefore(tc.text); got != tc.argumentBefore {
			t.Errorf("%q: argument before is %q, want %q", tc.text, got, tc.argumentBefore)
		}
		if got := lastArgument(tc.text); got != tc.lastArgument {
			t.Errorf("%q: last argument is %q, want %q", tc.text, got, tc.lastArgument)
		}
	}
}

func TestCharactersAreTakenWithWhatCombines(t *testing.T) {
	for _, tc := range []struct{ text, first, last string }{
		{"", "", ""},
		{"ab", "a", "b"},
		{"表格", "表", "格"},
		{"e\u0301xe\u0301\u0302", "e\u0301", "e\u0301\u0302"},
		{"👩‍👩‍👧x👩‍👩‍👧", "👩‍👩‍👧", "👩‍👩‍👧"},
	} {
		if got := firstCharacter(tc.text); got != tc.first {
			t.Errorf("first of %q is %q", tc.text, got)
		}
		if got := lastCharacter(tc.text); got != tc.last {
			t.Errorf("last of %q is %q", tc.text, got)
		}
	}
}
