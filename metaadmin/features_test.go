package metaadmin

import (
	"context"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pegashell/internal/test/metatest"
	"pegashell/metaadmin/wire"
)

// answersWith serves one answer to everything.
func answersWith(result wire.Message) metatest.Behaviour {
	return func(nc net.Conn, q *wire.Request) error { return metatest.Answer(nc, q, wire.OK, result) }
}

func TestASplitIsSeenWhileItIsUnderWay(t *testing.T) {
	for name, c := range map[string]struct {
		answer wire.QuerySplitResponse
		want   int
		code   wire.ErrorCode
	}{
		"under way":     {wire.QuerySplitResponse{Err: wire.OK, PartitionCount: 8, Partitions: map[int32]int32{0: 1, 1: 2}}, 2, wire.OK},
		"none":          {wire.QuerySplitResponse{Err: wire.ErrInvalidState}, 0, wire.OK},
		"no such table": {wire.QuerySplitResponse{Err: wire.ErrAppNotExist}, 0, wire.ErrAppNotExist},
	} {
		server, _ := startServer(t, answersWith(&c.answer))
		got, err := newClient(t, ample, server).SplitPartitions(context.Background(), "temp")
		if got != c.want || Code(err) != c.code {
			t.Errorf("%s: %d partitions, %v", name, got, err)
		}
	}
}

func TestABulkLoadIsSeenWhileItIsUnderWay(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		answer wire.QueryBulkLoadResponse
		want   bool
		code   wire.ErrorCode
	}{
		"under way":                {wire.QueryBulkLoadResponse{Err: wire.OK, Status: 1, Loading: &yes}, true, wire.OK},
		"ended":                    {wire.QueryBulkLoadResponse{Err: wire.OK, Status: 5, Loading: &no}, false, wire.OK},
		"failed":                   {wire.QueryBulkLoadResponse{Err: "ERR_CORRUPTION", Status: 5, Loading: &no}, false, wire.OK},
		"under way, older server":  {wire.QueryBulkLoadResponse{Err: wire.OK, Status: 1}, true, wire.OK},
		"no such table, no status": {wire.QueryBulkLoadResponse{Err: wire.ErrAppNotExist}, false, wire.ErrAppNotExist},
	} {
		server, _ := startServer(t, answersWith(&c.answer))
		got, err := newClient(t, ample, server).IsBulkLoading(context.Background(), "temp")
		if got != c.want || Code(err) != c.code {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestPoliciesComeWithTheirBackups(t *testing.T) {
	answer := &wire.QueryBackupPolicyResponse{
		Err: wire.OK, Policies: []BackupPolicy{{Name: "daily", Apps: []int32{2, 7}}}, Backups: [][]Backup{{{ID: 9, StartMS: 9}}},
	}
	server, _ := startServer(t, answersWith(answer))
	policies, backups, err := newClient(t, ample, server).BackupPolicies(context.Background(), nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answer.Policies, policies); diff != "" {
		t.Error(diff)
	}
	want := [][]Backup{{{ID: 9, StartMS: 9, Apps: []int32{}}}}
	if diff := cmp.Diff(want, backups); diff != "" {
		t.Error(diff)
	}
}
