package figures

import "testing"

func TestBasicExpressionsMatchWholeNames(t *testing.T) {
	const name = "replica*app.pegasus*get_qps@1.0"
	for pattern, want := range map[string]bool{
		`.*@.*`:                           true,
		`.*@1\..*`:                        true,
		`.*@2\..*`:                        false,
		`get_qps`:                         false, // a part does not do
		`replica\*app.pegasus\*.*`:        true,
		`.*@[0-9]\.[^1-9]`:                true,
		`.*[]@]1.*`:                       true,
		`.*[\]1.*`:                        false, // a backslash in brackets is itself
		`.*get_\(qps\).*`:                 true,
		`.*get_(qps).*`:                   false, // parentheses are plain characters
		`.*ge\{1,2\}t_.*`:                 true,
		`.*ge{1,2}t_.*`:                   false,
		`.*q+ps.*`:                        false,
		`[[:alpha:]]*[*].*@[[:digit:]].0`: true,
		`^.*$`:                            true,
		``:                                false,
	} {
		e, err := compile(pattern)
		if err != nil {
			t.Errorf("compile(%q): %v", pattern, err)
			continue
		}
		if got := e.MatchString(name); got != want {
			t.Errorf("%q matches: %v, want %v", pattern, got, want)
		}
	}
	for _, pattern := range []string{`*`, `\(*\)`, `[`, `[]`, `[a`, `[[:alpha:]`, `\(`, `a\`, `\(a\)\1`, `a\{3,1\}`, `[z-a]`} {
		if _, err := compile(pattern); err == nil {
			t.Errorf("compile(%q) succeeded", pattern)
		}
	}
}

func FuzzCompileNeverPanics(f *testing.F) {
	for _, pattern := range []string{`.*@1\..*`, `[[:alpha:]]`, `\(a\)\{2\}`} {
		f.Add(pattern)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		if e, err := compile(pattern); err == nil {
			e.MatchString("replica*app.pegasus*get_qps@1.0")
		}
	})
}
