package tree

import (
	"errors"
	"testing"

	"pegashell/internal/test/zktest"
)

func TestReadNamesAZnodeThatIsNotThere(t *testing.T) {
	c := openServer(t, zktest.Shared(t))
	_, err := Tree{Client: c, Path: "/no/such"}.ReadRoot(zktest.Context(t))
	var missing *NotFoundError
	if !errors.As(err, &missing) || missing.Tree.Path != "/no/such" {
		t.Errorf("error is %v", err)
	}
}
