package zkcopy

import (
	"context"
	"crypto/sha256"
	"fmt"

	"pegashell/zkcopy/tree"
)

// earlierRestore is what the proof of an earlier, verified restoration of the same file says of the
// target as it is now.
type earlierRestore struct {
	// target sums up the stats as they were read first. suspects are the paths that it does not fit:
	// of all others the ACL is that of the file, as long as they have these stats.
	target   rows
	suspects suspects
}

// restoreProofOf distinguishes what is restored where: the content of the file, and the target by its root.
// It is false where no proof is kept.
func (r *restorer) restoreProofOf(ctx context.Context) (of [sha256.Size]byte, ok bool, err error) {
	if r.o.Proofs == "" || r.o.NoACL {
		return of, false, nil
	}
	root, err := r.target.Stat(ctx, r.target.Path)
	if err != nil || root == nil {
		return of, false, err
	}
	return sha256.Sum256(fmt.Appendf(nil, "restore %x %q %d %d", r.file.sum, r.target.Path, root.Czxid, root.Ctime)), true, nil
}

// loadEarlier compares the stats of the target with the proof that an earlier restoration left. So
// the ACLs that the proof knows need not be requested, which servers return only one by one.
func (r *restorer) loadEarlier(ctx context.Context) error {
	of, ok, err := r.restoreProofOf(ctx)
	if err != nil || !ok {
		return err
	}
	p := r.readProof(of)
	if p == nil {
		return nil
	}
	now := newSums(p.Key[:])
	if err := r.sweep(ctx, func(rel string, stat *tree.Stat) { now.add(&now.target, rel, stat) }); err != nil {
		return err
	}
	found, share := suspectsOf(folded(len(p.Rows[0]), &now.target), p.Rows)
	if share > maxSuspects {
		return nil
	}
	r.sums = newSums(p.Key[:])
	r.earlier = &earlierRestore{target: folded(sketchWidth, &now.target), suspects: found}
	return nil
}

// needsACL reports for which paths of the target the ACL has to be read, nil for all.
func (r *restorer) needsACL() func(rel string) bool {
	e := r.earlier
	if e == nil {
		return nil
	}
	return func(rel string) bool { return e.suspects.has(r.sums.path(rel)) }
}

// takeACL gives a znode of the target the ACL that an earlier restoration proves it to have.
func (r *restorer) takeACL(rel string, from, to *tree.Node) {
	if r.earlier == nil || from == nil || to == nil || r.earlier.suspects.has(r.sums.path(rel)) {
		return
	}
	to.ACL = from.ACL
}

// earlierHolds reports whether the target had the same stats when it was compared as when the proof
// was: otherwise somebody may have changed an ACL meanwhile. It is true where there is no proof.
func (r *restorer) earlierHolds() bool {
	if r.earlier == nil {
		return true
	}
	differ, _ := suspectsOf(folded(sketchWidth, &r.sums.target), r.earlier.target)
	return differ.empty()
}

// keepRestoreProof writes down what a verified restoration proves.
func (r *restorer) keepRestoreProof(ctx context.Context) {
	if r.sums == nil {
		return
	}
	of, ok, err := r.restoreProofOf(ctx)
	if err != nil {
		r.target.Client.Log("keep a proof of the restoration: %v", err)
	}
	if ok {
		r.writeProof(of, &r.sums.target)
	}
}
