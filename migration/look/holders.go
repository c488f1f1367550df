package look

import (
	"context"
	"slices"

	"pegashell/metaadmin"
	"pegashell/migration"
)

// askHolders asks the meta servers that hold lock nodes of the trees and that no list names: such a
// server leads, or leads as soon as the one before it ends. A holder that is a known server under
// another name of its host is noted with that server.
func (l *looking) askHolders(ctx context.Context) {
	if l.Admin == nil {
		return
	}
	resolve := newResolver(ctx)
	var strange []string
	for _, tree := range []*migration.Tree{&l.survey.Source, &l.survey.Target} {
		for _, holder := range tree.Holders() {
			if metaadmin.CheckServer(holder) == nil && !l.noteName(resolve, holder) && !slices.Contains(strange, holder) {
				strange = append(strange, holder)
			}
		}
	}
	before := len(l.nodes)
	found := false
	for _, m := range l.askEach(ctx, strange) {
		if m.State.Runs() && m.Running != nil && l.isHere(*m.Running) { // of a session that has not ended nothing runs
			l.survey.Meta = append(l.survey.Meta, m)
			found = true
		}
	}
	if !found {
		return
	}
	l.arrange()
	if len(l.nodes) > before {
		l.askReplicaServers(ctx, l.knownReplicaServers())
	}
}

// noteName notes the name of a lock's holder with the meta server that it is; false for none.
func (l *looking) noteName(resolve *resolver, holder string) bool {
	for i := range l.survey.Meta {
		m := &l.survey.Meta[i]
		switch {
		case m.IsNamed(holder):
			return true
		case sharesServer(resolve.addresses(m.Address), resolve.addresses(holder)):
			m.Names = append(m.Names, holder)
			return true
		}
	}
	return false
}

// isHere reports whether a configuration names one of the two trees.
func (l *looking) isHere(config metaadmin.ServerConfig) bool {
	at, err := Join(config.HostsList, config.ClusterRoot)
	return err == nil && (at.Path == l.survey.Source.Path || at.Path == l.survey.Target.Path)
}
