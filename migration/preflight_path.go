package migration

import (
	"pegashell/internal/message"
)

// checkPath says what is at the path of the new tree: nothing, the tree of an earlier copy, or that
// of somebody else.
func checkPath(f *PreflightFacts) (Result, message.Text, message.Text) {
	s := f.Survey
	if s.Target.Name == "" {
		return f.sameTree()
	}
	again := message.New("migrate again --target %s shows how to begin again; or name another path", f.Target)
	for _, find := range []func(*Survey) []Finding{findRootTarget, findLiveTarget, findOtherTables, findUsedTarget} {
		for _, finding := range find(s) {
			return fail(finding.Problem, again)
		}
	}
	stale := staleLocksOf(s.Target.Clusters)
	switch {
	case s.Target.Contents.Doubt != "":
		return warn(message.New("unknown: %s", message.Whole(s.Target.Contents.Doubt)), doReachable())
	case !s.Target.Exists:
		return f.otherPath("%s is free", f.Target)
	case len(stale) > 0:
		return fail(message.New("%s has lock nodes that no session holds: meta servers abort on them", f.Target), message.New("remove them with zk_rmr: %s", stale[0]))
	case s.Compared.Doubt != "":
		return warn(message.New("%s exists, and was not compared with the old tree: %s", f.Target, message.Whole(s.Compared.Doubt)), message.New("compare them: zk_diff"))
	case s.Compared.Equal:
		return f.otherPath("%s is equal to the old tree: an earlier copy left it", f.Target)
	case s.Compared.Extra > 0:
		return warn(message.New("%s has %d znodes that are missing from the old tree, and lacks %d: %s", f.Target, s.Compared.Extra, s.Compared.Missing, some(s.Compared.Paths)),
			message.New("an earlier copy may have left it: zk_copy --delete removes them, or remove the tree with zk_rmr and copy again"))
	}
	return f.otherPath("%s is what an earlier copy left: %d znodes are missing and %d differ, and the next copy completes it", f.Target, s.Compared.Missing, s.Compared.Different)
}

// sameTree fails: a look that finds that both trees are one has no new tree.
func (f *PreflightFacts) sameTree() (Result, message.Text, message.Text) {
	return fail(message.New("%s is the tree that the cluster uses now", f.Target), message.New("name the new ZooKeeper with --target"))
}

// otherPath passes, and warns where the tree gets another path.
func (f *PreflightFacts) otherPath(format string, args ...any) (Result, message.Text, message.Text) {
	seen := message.New(format, args...)
	if f.BelowChroot {
		return Passed, seen, message.Text{}
	}
	for _, finding := range findOtherPath(f.Survey) {
		return warn(message.New("%s; %s", seen, finding.Problem), message.New("leave the path out of --target, or change these keys too, as zk_copy says after the copy"))
	}
	return Passed, seen, message.Text{}
}

// checkEmptyPath says whether a recovery can begin at the path of the new tree.
func checkEmptyPath(f *PreflightFacts) (Result, message.Text, message.Text) {
	t := f.Survey.Target
	if t.Name == "" {
		return f.sameTree()
	}
	do := message.New("recovery needs a path without a tree: name another one, or remove the tree with zk_rmr --backup FILE")
	switch use := t.inUse(); {
	case !use.IsZero():
		return fail(message.New("the target %s %s", f.Target, use), do)
	case t.Contents.Doubt != "":
		return warn(message.New("unknown: %s", message.Whole(t.Contents.Doubt)), doReachable())
	case !t.Exists:
		return pass("%s is free", f.Target)
	case len(metadataRoots(t.Clusters)) > 0 || t.Contents.Znodes > 1:
		return fail(message.New("%s has %d znodes: a meta server in recovery mode aborts on a tree with tables", f.Target, t.Contents.Znodes), do)
	}
	return pass("%s is empty", f.Target)
}

func checkSource(f *PreflightFacts) (Result, message.Text, message.Text) {
	s := f.Scan
	for _, finding := range findStaleLocks(&Survey{Source: f.Survey.Source}) {
		return fail(finding.Problem, message.New("remove them first: see zk_check"))
	}
	switch {
	case s.DeniedPath != "":
		return fail(message.New("a znode of the old tree may not be read: %s", s.DeniedPath), message.New("use credentials that may read it: --auth, or auth_env in plugins.toml"))
	case s.Doubt != nil && s.Znodes == 0:
		return fail(message.New("the old tree cannot be read: %s", s.Doubt), message.New("name it with --from, use credentials for it (auth_env in plugins.toml), or migrate by recovery"))
	case !s.Whole:
		return warn(message.New("%d znodes of about %d were read in %.0f s", s.Znodes, f.znodes(), s.Took.Seconds()), message.New("repeat the command with a longer --deadline to see the whole tree"))
	}
	return pass("%d znodes with %d bytes are readable", s.Znodes, s.Bytes)
}
