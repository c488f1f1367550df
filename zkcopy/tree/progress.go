package tree

// Progress hears how far a reading has come. Its methods are called by
// several goroutines at once and must not block.
type Progress interface {
	// SetTotal reports how many znodes there are to be read. It grows while a tree is still being
	// discovered.
	SetTotal(znodes int64)
	// Add counts znodes, and bytes of their data, that are done.
	Add(znodes, bytes int64)
}

type noProgress struct{}

func (noProgress) SetTotal(int64) {}

func (noProgress) Add(int64, int64) {}

// progressOr replaces nil.
func progressOr(p Progress) Progress {
	if p == nil {
		return noProgress{}
	}
	return p
}
