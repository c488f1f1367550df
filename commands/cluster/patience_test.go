package cluster

import (
	"context"
	"errors"
	"testing"
	"time"

	"pegashell/internal/outcome"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func TestCallsThatTakeTooLongTogetherEnd(t *testing.T) {
	if got := patienceFor(20_000); got != time.Minute+400*time.Second {
		t.Errorf("20,000 tables may take %v", got)
	}
	ctx, stop := withPatience(t.Context(), time.Millisecond)
	defer stop()
	<-ctx.Done()
	if _, bound := ctx.Deadline(); bound {
		t.Error("a deadline takes the place of that of each call")
	}
	err := outOfPatience(ctx, ctx.Err(), "127.0.0.1:34601", 20_000, patienceFor(20_000))
	var call *metaadmin.Error
	if !errors.As(err, &call) || call.Code != wire.ErrTimeout || outcome.IsCanceled(err) {
		t.Fatalf("error is %v", err)
	}
	if got, want := call.Detail().String(), "127.0.0.1:34601: 20000 calls together took longer than 7m40s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPatienceChangesNoOtherError(t *testing.T) {
	patient, stop := withPatience(t.Context(), time.Hour)
	other := errors.New("other")
	if got := outOfPatience(patient, other, "", 1, time.Hour); got != other {
		t.Errorf("error is %v", got)
	}
	stop()
	if got := outOfPatience(patient, context.Canceled, "", 1, time.Hour); got != context.Canceled {
		t.Errorf("after the end: %v", got)
	}
}
