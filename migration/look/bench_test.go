package look

import (
	"fmt"
	"runtime"
	"testing"

	"pegashell/internal/test/zktest"
	"pegashell/metaadmin"
	"pegashell/zkcopy/layout"
	"pegashell/zkcopy/session"
)

// BenchmarkTenThousandTables looks at a cluster with 10,000 tables of 8 partitions and at a copy of
// its tree, 90,000 znodes each.
func BenchmarkTenThousandTables(b *testing.B) {
	const count, partitions = 10_000, 8
	oldZK, newZK := zktest.Start(b, zktest.WithHeapMB(1024)), zktest.Start(b, zktest.WithHeapMB(1024))
	m := startMeta(b)
	var names []string
	for i := range count {
		names = append(names, fmt.Sprintf("table_%d", i))
	}
	m.apps = tables(names...)
	m.config = metaadmin.ServerConfig{HostsList: oldZK.Addr(), ClusterRoot: "/p", LockRoot: "/p", MetaServers: []string{m.Address}}
	conn := zktest.Connect(b, oldZK.Addr())
	zktest.Plant(b, conn, "", zktest.Znode{Path: "/p"})
	plantTree(b, conn, "/p", "/p", []string{m.Address})
	for i := range int32(count) {
		a := app(i+1, names[i])
		a.PartitionCount = partitions
		zktest.Plant(b, conn, "/p/apps", zktest.Znode{Path: fmt.Sprintf("/%d", a.ID), Data: a.Encode()})
		zktest.PlantMany(b, conn, layout.AppPath("/p", a.ID), "%d", partitions, partitionOn(layout.GPID{AppID: a.ID}, "127.0.0.1:34801", 3))
	}
	at := func(addr string) Address {
		return Address{Endpoint: session.Endpoint{Servers: []string{addr}, Path: "/p"}}
	}
	target := at(newZK.Addr())
	copyTree(b, at(oldZK.Addr()), target, quick)
	o := optionsFor(b, quick, m.Address)
	o.Target = &target
	var after runtime.MemStats
	for b.Loop() {
		s, err := Look(zktest.Context(b), o)
		if err != nil || !s.Compared.Equal || s.Source.Contents.Znodes < count*(partitions+1) {
			b.Fatalf("%v: %+v", err, s.Compared)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapSys)/(1<<20), "MB-heap")
	b.ReportMetric(float64(count*(partitions+1)), "znodes")
}
