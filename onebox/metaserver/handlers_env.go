package metaserver

import (
	"context"
	"maps"
	"slices"
	"strings"

	"pegashell/metaadmin/wire"
	"pegashell/onebox/rpc"
)

func (l *leader) updateEnvs(ctx context.Context, q *wire.UpdateAppEnvRequest) (wire.Message, error) {
	switch q.Op {
	case wire.EnvSet:
		return l.setEnvs(ctx, q)
	case wire.EnvDel:
		if len(q.Keys) == 0 {
			return &wire.HintResponse{Err: wire.ErrInvalidParameters}, nil
		}
		return l.removeEnvs(ctx, q.AppName, func(map[string]string) []string { return q.Keys })
	case wire.EnvClear:
		if q.Prefix == nil {
			return &wire.HintResponse{Err: wire.ErrInvalidParameters}, nil
		}
		return l.removeEnvs(ctx, q.AppName, func(envs map[string]string) []string { return below(envs, *q.Prefix) })
	}
	return &wire.HintResponse{
		Err: wire.ErrInvalidParameters, Hint: "recv a invalid update_app_env request with op = APP_ENV_OP_INVALID",
	}, nil
}

func (l *leader) setEnvs(ctx context.Context, q *wire.UpdateAppEnvRequest) (wire.Message, error) {
	if len(q.Keys) == 0 || len(q.Keys) != len(q.Values) {
		return &wire.HintResponse{Err: wire.ErrInvalidParameters}, nil
	}
	for i, key := range q.Keys {
		if hint := envHint(key, q.Values[i]); hint != "" {
			return &wire.HintResponse{Err: wire.ErrInvalidParameters, Hint: hint}, nil
		}
	}
	set := func(info *wire.AppInfo) {
		info.Envs = maps.Clone(info.Envs)
		for i, key := range q.Keys {
			info.Envs[key] = q.Values[i]
		}
	}
	l.mu.Lock()
	t := l.names[q.AppName]
	if t == nil {
		l.mu.Unlock()
		return noSuchApp(), nil
	}
	after := t.info
	l.mu.Unlock()
	if set(&after); !storable(after) {
		return &wire.HintResponse{Err: wire.ErrInvalidParameters}, nil
	}
	l.log.Printf("table %s: setting environment variables %s", q.AppName, strings.Join(q.Keys, ", "))
	done := l.changeTable(t, set, nil)
	if !waitFor(ctx, done) {
		return nil, rpc.ErrNoAnswer
	}
	return &wire.HintResponse{Err: wire.OK}, nil
}

// removeEnvs removes the variables that choose returns, as far as they exist; the hint lists them.
func (l *leader) removeEnvs(ctx context.Context, name string, choose func(envs map[string]string) []string) (wire.Message, error) {
	l.mu.Lock()
	t := l.names[name]
	if t == nil {
		l.mu.Unlock()
		return noSuchApp(), nil
	}
	var keys []string
	for _, key := range choose(t.info.Envs) {
		if _, found := t.info.Envs[key]; found && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	l.mu.Unlock()
	if len(keys) == 0 {
		return &wire.HintResponse{Err: wire.OK, Hint: "no key need to delete"}, nil
	}
	l.log.Printf("table %s: removing environment variables %s", name, strings.Join(keys, ", "))
	done := l.changeTable(t, func(info *wire.AppInfo) {
		info.Envs = maps.Clone(info.Envs)
		for _, key := range keys {
			delete(info.Envs, key)
		}
	}, nil)
	if !waitFor(ctx, done) {
		return nil, rpc.ErrNoAnswer
	}
	return &wire.HintResponse{Err: wire.OK, Hint: "deleted keys:\n    " + strings.Join(keys, "\n    ")}, nil
}

// below returns the variables whose name begins with prefix and a dot, in order; all for no prefix.
func below(envs map[string]string, prefix string) []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(envs)) {
		if prefix == "" || len(key) > len(prefix)+1 && strings.HasPrefix(key, prefix+".") {
			keys = append(keys, key)
		}
	}
	return keys
}

func noSuchApp() *wire.HintResponse {
	return &wire.HintResponse{Err: wire.ErrInvalidParameters, Hint: "invalid app name"}
}
