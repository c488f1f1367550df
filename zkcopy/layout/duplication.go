package layout

import "fmt"

// Duplication is what is read of the data of a duplication's node: it copies the writes of one table to the table of the
// same name in another cluster.
type Duplication struct {
	// Remote is the name of the other cluster.
	Remote string
}

// DecodeDuplication reads the data of a duplication's node. Fields that releases write differently, such as the status,
// are passed over.
func DecodeDuplication(data []byte) (Duplication, error) {
	r, err := readObject(data)
	if err != nil {
		return Duplication{}, fmt.Errorf("duplication's data: %w", err)
	}
	var d Duplication
	r.text("remote", &d.Remote, true)
	if r.err != nil {
		return Duplication{}, fmt.Errorf("duplication's data: %w", r.err)
	}
	return d, nil
}
