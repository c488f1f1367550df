package session

// Where batches are cut: read transactions, transactions that write, and what is read into memory
// together. A batch has at least one item, whatever its size; what a server does not accept even so
// is halved by whoever sent it.
const (
	// framePaths bounds the paths in one read transaction, in bytes: servers
	// may accept much smaller packets than by default.
	framePaths = 16 << 10
	// frameData bounds the data that is expected of one read transaction, so
	// that no server has to gather more than about one packet's worth.
	frameData = 1 << 20
	// frameOps bounds the requests in one read transaction. More gain little.
	frameOps = 128
)

// Batch adds up the things that go together, up to a limit in bytes. The zero value holds one
// thing.
type Batch struct {
	Most int64
	some bool
	// Bytes of what was added.
	Bytes int64
}

// Add adds a thing unless it is too large to go with the others.
func (b *Batch) Add(size int64) bool {
	if b.some && b.Bytes+size > b.Most {
		return false
	}
	b.some, b.Bytes = true, b.Bytes+size
	return true
}

// Cut reports how many of the first n things fit together into a number of bytes.
func Cut(n int, most int64, size func(i int) int64) int {
	b := Batch{Most: most}
	for i := range n {
		if !b.Add(size(i)) {
			return i
		}
	}
	return n
}

// Halve parts a batch that is too large.
func Halve[T any](batch []T) (front, back []T) {
	half := len(batch) / 2
	return batch[:half], batch[half:]
}

// cutReads reports how many requests at the front go into one packet.
func cutReads(requests []Request, multiRead bool) int {
	if requests[0].Kind != GetData || !multiRead {
		return 1
	}
	n := 1
	for n < len(requests) && n < frameOps && requests[n].Kind == GetData {
		n++
	}
	n = Cut(n, framePaths, func(i int) int64 { return int64(len(requests[i].Path)) })
	return Cut(n, frameData, func(i int) int64 { return int64(requests[i].Likely) })
}

// cutWrites reports how many items at the front go into one transaction, and their bytes.
func cutWrites[T any](items []T, bounds Batching, size func(T) int, alone func(T) bool) (n int, bytes int) {
	n = min(len(items), max(1, bounds.BatchOps))
	for i, item := range items[:n] {
		if alone(item) {
			n = max(1, i)
			break
		}
	}
	n = Cut(n, int64(bounds.BatchBytes), func(i int) int64 { return int64(size(items[i])) })
	for _, item := range items[:n] {
		bytes += size(item)
	}
	return n, bytes
}
