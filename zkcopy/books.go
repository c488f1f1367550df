package zkcopy

import "errors"

// openBooks begins to note what the verification needs, and the proof.
func (c *copier) openBooks() {
	c.ledger, c.sums = nil, nil
	if c.o.DryRun || c.o.SkipVerify {
		return
	}
	c.ledger = newLedger(c.targetStart, c.o.NoACL)
	if c.o.Proofs != "" || c.o.known != nil {
		c.sums = newSums(nil)
		c.sums.remember(c.o.known)
	}
}

// conclude notes whether what is known of both sides is complete: all but the changes that the error
// lists was verified.
func (c *copier) conclude(err error) {
	k := c.o.known
	if k == nil || !c.verifying {
		return
	}
	var changed *SourceChangedError
	if errors.As(err, &changed) {
		k.complete = changed.Total == int64(len(changed.Paths))
		return
	}
	if k.complete = err == nil; k.complete {
		k.seen = [2]int64{c.sourceEnd, c.targetSeen}
	}
}
