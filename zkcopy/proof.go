package zkcopy

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pegashell/internal/atomicfile"
	"pegashell/zkcopy/tree"
)

// proof is what a verified copy stores so that the next one over the same trees knows, without
// reading ACLs, which of them cannot have changed since: sums over which znodes there were and how
// often the ACL of each was changed. Servers return ACLs only one by one, at ten times the cost of
// data.
//
// A znode that was deleted and created again has another czxid or ctime, and a change of its ACL
// counts aversion up. Nobody can know that of an ensemble that was set back to an older snapshot
// and went another way from there.
type proof struct {
	// Of distinguishes the trees, and what of them was copied.
	Of  [sha256.Size]byte
	Key [sha256.Size]byte
	// Rows are the sums over both trees, folded to a width that suits their size.
	Rows rows
}

const (
	proofMagic = "pegashell proof 2\n"
	// proofSuffix is that of this version's files: another version's are never read.
	proofSuffix = ".proof2"
	// maxProofs is how many files are kept, those that were used last.
	maxProofs = 32
	// znodesPerColumn is how many znodes there are for each column of a file's rows, as long as
	// there are columns enough.
	znodesPerColumn = 8
	minProofWidth   = 64
)

// proofWidth is how wide the rows of a file are for a tree of some size.
func proofWidth(znodes int64) int {
	width := minProofWidth
	for width < sketchWidth && int64(width)*znodesPerColumn < znodes {
		width *= 2
	}
	return width
}

// encode returns the file's content: the magic, what it is a proof of, the key, the width of a row
// (4 bytes), the sums (2 times 8 bytes each), and the SHA-256 of all that. Numbers are big-endian.
func (p *proof) encode() []byte {
	var b []byte
	b = append(b, proofMagic...)
	b = append(b, p.Of[:]...)
	b = append(b, p.Key[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(p.Rows[0])))
	for _, row := range p.Rows {
		for _, sum := range row {
			b = binary.BigEndian.AppendUint64(b, sum.low)
			b = binary.BigEndian.AppendUint64(b, sum.high)
		}
	}
	checksum := sha256.Sum256(b)
	return append(b, checksum[:]...)
}

var errNoProof = errors.New("not a proof, or a damaged one")

// decodeProof reads a file's content.
func decodeProof(b []byte) (*proof, error) {
	const head = len(proofMagic) + 2*sha256.Size + 4
	if len(b) < head+sha256.Size || !bytes.HasPrefix(b, []byte(proofMagic)) {
		return nil, errNoProof
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if checksum := sha256.Sum256(body); !bytes.Equal(checksum[:], sum) {
		return nil, errNoProof
	}
	var p proof
	rest := body[len(proofMagic):]
	rest = rest[copy(p.Of[:], rest):]
	rest = rest[copy(p.Key[:], rest):]
	width := binary.BigEndian.Uint32(rest)
	rest = rest[4:]
	if width < minProofWidth || width > sketchWidth || width&(width-1) != 0 || len(rest) != sketchRows*int(width)*16 {
		return nil, errNoProof
	}
	for row := range p.Rows {
		p.Rows[row] = make([]bucketSum, width)
		for column := range p.Rows[row] {
			p.Rows[row][column] = bucketSum{binary.BigEndian.Uint64(rest), binary.BigEndian.Uint64(rest[8:])}
			rest = rest[16:]
		}
	}
	return &p, nil
}

// proofOf distinguishes what is copied where: the roots distinguish trees of the same path, on any
// servers. It is false where no proof is kept.
func (c *copier) proofOf(roots [2]*tree.Stat) (of [sha256.Size]byte, ok bool) {
	from, to := roots[0], roots[1]
	if c.o.Proofs == "" || c.o.NoACL || !c.o.MinMtime.IsZero() || from == nil || to == nil {
		return of, false
	}
	return sha256.Sum256(fmt.Appendf(nil, "%q %d %d %q %d %d %q %v %v", c.source.Path, from.Czxid, from.Ctime, c.target.Path, to.Czxid, to.Ctime,
		c.o.Exclude, c.o.KeepEphemeral, c.o.KeepLocks)), true
}

// proofFile is where the proof of a copy is kept.
func (c *copier) proofFile(of [sha256.Size]byte) string {
	return filepath.Join(c.o.Proofs, hex.EncodeToString(of[:16])+proofSuffix)
}

// keepProof writes down what a verified copy proves. A failure makes the next copy slower and has
// no other effect.
func (c *copier) keepProof(ctx context.Context) {
	if c.sums == nil {
		return
	}
	roots, err := c.statRoots(ctx)
	if err != nil {
		c.target.Client.Log("keep a proof of the copy: %v", err)
		return
	}
	of, ok := c.proofOf(roots)
	if !ok {
		return
	}
	c.writeProof(of, &c.sums.source, &c.sums.target)
}

// writeProof writes down the sums over some sketches.
func (c *copier) writeProof(of [sha256.Size]byte, sketches ...*sketch) {
	p := proof{Of: of, Rows: folded(proofWidth(c.read.Load()), sketches...)}
	copy(p.Key[:], c.sums.key)
	if err := writeProof(c.o.Proofs, c.proofFile(of), &p); err != nil {
		c.target.Client.Log("keep a proof of the copy: %v", err)
	}
}

func writeProof(dir, file string, p *proof) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := atomicfile.WriteBytes(file, 0o600, p.encode()); err != nil {
		return err
	}
	return pruneProofs(dir)
}

// loadProof returns the proof of the last verified copy, nil where there is none.
func (c *copier) loadProof() *proof {
	of, ok := c.proofOf(c.roots)
	if !ok {
		return nil
	}
	return c.readProof(of)
}

// readProof reads the proof of something, nil where there is none.
func (c *copier) readProof(of [sha256.Size]byte) *proof {
	file := c.proofFile(of)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	p, err := decodeProof(text)
	if err != nil || p.Of != of {
		return nil
	}
	now := time.Now()
	os.Chtimes(file, now, now) // so that it is not pruned; a proof that cannot be touched is as good
	return p
}

// pruneProofs removes the proofs that were not used for the longest time, and those of earlier
// versions of this program.
func pruneProofs(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type used struct {
		name string
		at   time.Time
	}
	var kept []used
	var failed []error
	remove := func(name string) {
		if err := os.Remove(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	for _, entry := range entries {
		switch filepath.Ext(entry.Name()) {
		case ".json":
			if isOldProof(entry.Name()) {
				remove(entry.Name())
			}
		case proofSuffix:
			if info, err := entry.Info(); err == nil {
				kept = append(kept, used{entry.Name(), info.ModTime()})
			}
		}
	}
	slices.SortFunc(kept, func(a, b used) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.name, b.name)) })
	for _, old := range kept[min(len(kept), maxProofs):] {
		remove(old.name)
	}
	return errors.Join(failed...)
}

// isOldProof reports whether a file is a proof of an earlier version, by its name.
func isOldProof(name string) bool {
	id, err := hex.DecodeString(strings.TrimSuffix(name, ".json"))
	return err == nil && len(id) == 16
}
