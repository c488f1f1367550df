package layout

import "fmt"

// App is the data of a table's node. The order of its fields is the order in
// the JSON.
type App struct {
	Status          AppStatus
	Type            string // "pegasus"
	Name            string
	ID              int32
	PartitionCount  int32
	Envs            map[string]string
	Stateful        bool
	MaxReplicaCount int32
	// ExpireSecond, CreateSecond and DropSecond are seconds since 1970; 0 is
	// unset. A dropped table can be recalled until ExpireSecond. A recalled one keeps this and DropSecond.
	ExpireSecond       int64
	CreateSecond       int64
	DropSecond         int64
	Duplicating        bool
	InitPartitionCount int32
	BulkLoading        bool
	// AtomicIdempotent is nil in trees of 2.5 and older, which do not know it.
	AtomicIdempotent *bool
}

// Encode writes the table's data byte for byte as a meta server does: fields
// in a fixed order, no blanks, booleans as 0 and 1, environment variables
// sorted by name.
func (a App) Encode() []byte {
	w := objectWriter{buf: make([]byte, 0, 384)}
	w.text("status", a.Status.String())
	w.text("app_type", a.Type)
	w.text("app_name", a.Name)
	w.number("app_id", int64(a.ID))
	w.number("partition_count", int64(a.PartitionCount))
	w.texts("envs", a.Envs)
	w.flag("is_stateful", a.Stateful)
	w.number("max_replica_count", int64(a.MaxReplicaCount))
	w.number("expire_second", a.ExpireSecond)
	w.number("create_second", a.CreateSecond)
	w.number("drop_second", a.DropSecond)
	w.flag("duplicating", a.Duplicating)
	w.number("init_partition_count", int64(a.InitPartitionCount))
	w.flag("is_bulk_loading", a.BulkLoading)
	if a.AtomicIdempotent != nil {
		w.flag("atomic_idempotent", *a.AtomicIdempotent)
	}
	return w.end()
}

// DecodeApp reads the data of a table's node. Fields that an older release did
// not write are left zero, but the status, the name, the id and the partition
// count must be there; fields of newer releases are passed over.
func DecodeApp(data []byte) (App, error) {
	r, err := readObject(data)
	if err != nil {
		return App{}, fmt.Errorf("table's data: %w", err)
	}
	var a App
	var status string
	r.text("status", &status, true)
	r.text("app_type", &a.Type, false)
	r.text("app_name", &a.Name, true)
	r.int32("app_id", &a.ID, true)
	r.int32("partition_count", &a.PartitionCount, true)
	r.texts("envs", &a.Envs)
	r.flag("is_stateful", &a.Stateful)
	r.int32("max_replica_count", &a.MaxReplicaCount, false)
	r.int64("expire_second", &a.ExpireSecond)
	r.int64("create_second", &a.CreateSecond)
	r.int64("drop_second", &a.DropSecond)
	r.flag("duplicating", &a.Duplicating)
	r.int32("init_partition_count", &a.InitPartitionCount, false)
	r.flag("is_bulk_loading", &a.BulkLoading)
	if r.has("atomic_idempotent") {
		a.AtomicIdempotent = new(bool)
		r.flag("atomic_idempotent", a.AtomicIdempotent)
	}
	if r.err == nil {
		a.Status, r.err = ParseAppStatus(status)
	}
	if r.err != nil {
		return App{}, fmt.Errorf("table's data: %w", r.err)
	}
	return a, nil
}
