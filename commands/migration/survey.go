package migration

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"pegashell/commands/command"
	"pegashell/commands/complete"
	"pegashell/commands/ensemble"
	"pegashell/internal/journal"
	"pegashell/internal/manifest"
	"pegashell/internal/message"
	"pegashell/internal/outcome"
	"pegashell/internal/serverfile"
	"pegashell/migration"
	"pegashell/migration/look"
	"pegashell/zkcopy"
	"pegashell/zkcopy/session"
)

// surveyUsage is the part of a usage line that surveyFlags read.
const surveyUsage = "[--target HOSTS[/PATH]] [--from HOSTS[/PATH]] [--config FILE...] "

// surveyFlags say what a command of this family looks at.
type surveyFlags struct {
	target, from string
	files        []string
	deep, stored bool
	connect      ensemble.Flags
	// recalled are the flags that were not typed in this line but earlier in this shell.
	recalled command.NamedMigration
}

// declare adds the flags, but for deep, to those of a command.
func (f *surveyFlags) declare(flags *command.FlagSet) {
	flags.StringVar(&f.target, "target", "", "the new ZooKeeper, HOSTS[/PATH] or its name in plugins.toml; the default is found out from the configurations and earlier commands")
	flags.StringVar(&f.from, "from", "", "the old ZooKeeper, named like the new one")
	flags.StringArrayVar(&f.files, "config", nil, "a meta server's configuration file, and all words of the line that are not options; plugins.toml can name them")
	flags.Complete("target", complete.OwnTree)
	flags.Complete("from", complete.OwnTree)
	flags.Complete("config", complete.File)
	f.connect.Declare(flags.FlagSet)
	for _, name := range ensemble.FileFlags {
		flags.Complete(name, complete.File)
	}
}

// words reads what is on the line besides flags: further files after --config.
func (f *surveyFlags) words(name string, args []string) error {
	if len(args) > 0 && len(f.files) == 0 {
		return outcome.WrongUse("%s: unexpected argument %q; configuration files come after --config", name, args[0])
	}
	f.files = append(f.files, args...)
	return nil
}

// procedure reads the value of --by.
func procedure(name, by string) (migration.Procedure, error) {
	switch p := migration.Procedure(by); p {
	case "", migration.ByCopy, migration.ByRecovery:
		return p, nil
	}
	return "", outcome.WrongUse("%s: --by: %q is not a procedure: copy or recovery", name, by)
}

// recall adds what was named earlier in this shell to what the line does not name. by is the value of
// --by; nil for a command without it.
func (f *surveyFlags) recall(env Env, by *string) {
	named := env.Session().Named
	fill := func(value, recalled *string, earlier string) {
		if *value == "" {
			*value, *recalled = earlier, earlier
		}
	}
	fill(&f.target, &f.recalled.Target, named.Target)
	fill(&f.from, &f.recalled.From, named.From)
	if by != nil {
		fill(by, &f.recalled.By, named.By)
	}
}

// remember keeps what the line has named for later ones.
func (f *surveyFlags) remember(env Env, by string) {
	env.Session().Named = command.NamedMigration{Target: f.target, From: f.from, By: cmp.Or(by, env.Session().Named.By)}
}

// describeRecalled says which flags were typed earlier in this shell; zero for none.
func (f *surveyFlags) describeRecalled() message.Text {
	var typed []string
	for _, flag := range []struct{ name, value string }{{"--from", f.recalled.From}, {"--target", f.recalled.Target}, {"--by", f.recalled.By}} {
		if flag.value != "" {
			typed = append(typed, flag.name+" "+flag.value)
		}
	}
	if typed == nil {
		return message.Text{}
	}
	return message.New("named earlier in this shell: %s", strings.Join(typed, " "))
}

// separate keeps a line from naming one tree as the old and the new one. A tree that was named
// earlier gives way to one that the line names.
func (f *surveyFlags) separate(name string, o *look.Options) error {
	switch {
	case o.Target == nil || o.From == nil || !isSameTree(*o.Target, *o.From):
	case f.recalled.From != "" && f.recalled.Target == "":
		f.from, f.recalled.From, o.From = "", "", nil
	case f.recalled.Target != "" && f.recalled.From == "":
		f.target, f.recalled.Target, o.Target = "", "", nil
	default:
		return outcome.WrongUse("%s: --from and --target name the same tree: %s is the old tree, %s has to be the new one", name, f.from, f.target)
	}
	return nil
}

// survey looks at the connected cluster, its configurations and both trees.
func (f *surveyFlags) survey(ctx context.Context, env Env, name, by string) (*migration.Survey, error) {
	o, err := f.options(ctx, env, name)
	if err != nil {
		return nil, err
	}
	f.remember(env, by)
	s, err := look.Look(ctx, o)
	if err != nil {
		return nil, err
	}
	addFollow(env, s)
	if m := env.Manifest(); m != nil {
		s.ZooKeepers = slices.Sorted(maps.Keys(m.ZooKeepers))
	}
	env.Observe(s.Seen())
	return s, nil
}

// options say what is looked at, and how ZooKeepers are connected to.
func (f *surveyFlags) options(ctx context.Context, env Env, name string) (o look.Options, err error) {
	zk, err := env.ZooKeepers(ctx, &f.connect)
	if err != nil {
		return o, err
	}
	zk.Options.ConnectTimeout = min(zk.Options.ConnectTimeout, look.Patience)
	zk.Options.SessionTimeout = min(zk.Options.SessionTimeout, 2*look.Patience)
	o = look.Options{
		Files: f.files, Deep: f.deep, Stored: f.stored, Location: env.Location(), History: history(env), Now: env.Now,
		Open: func(ctx context.Context, at look.Address) (zkcopy.Tree, error) {
			return zk.Open(ctx, ensemble.Address(at))
		},
		Session: func(at look.Address) (session.Options, error) { return zk.OptionsFor(ensemble.Address(at)) },
		Parse:   func(text string) (look.Address, error) { at, err := zk.Parse(text); return look.Address(at), err },
	}
	if o.Target, err = parseTree(name, "target", f.target, o.Parse); err != nil {
		return o, err
	}
	if o.From, err = parseTree(name, "from", f.from, o.Parse); err != nil {
		return o, err
	}
	if err := f.separate(name, &o); err != nil {
		return o, err
	}
	if c := env.Cluster(); c != nil {
		o.Admin, o.Metas, o.Servers = c.Admin, c.Metas, siteServers(env.Manifest(), c.Metas)
	}
	configurations := serverfile.Directory{Manifest: env.Manifest(), Metas: o.Metas, State: env.State(), Now: env.Now, Location: env.Location()}
	o.Read = func(ctx context.Context, name string) ([]byte, error) {
		file, err := configurations.Find(name)
		if err != nil {
			return nil, err
		}
		return file.Read(ctx)
	}
	if kept := env.Session().Kept; kept != nil {
		memory, ok := kept[name].(*look.Memory)
		if !ok {
			memory = look.NewMemory()
			kept[name] = memory
		}
		o.Memory = memory
	}
	if o.Admin == nil {
		_, err := env.Admin()
		return o, err
	}
	return o, nil
}

// parseTree reads the value of a flag that names a tree; nil for none.
func parseTree(name, flag, text string, parse func(string) (look.Address, error)) (*look.Address, error) {
	if text == "" {
		return nil, nil
	}
	at, err := parse(text)
	if err != nil {
		return nil, outcome.WrongUse("%s: --%s: %v", name, flag, err)
	}
	return &at, nil
}

// isSameTree reports whether two addresses name one tree: servers of one ensemble, and one path. A
// new tree without a path gets that of the old one, below its own chroot.
func isSameTree(target, from look.Address) bool {
	return target.SharesServer(from.Servers) &&
		(target.Path == from.Path || target.Path == "" && target.Chroot == from.Chroot)
}

// siteServers are the servers of the manifest's clusters that have a meta server in common with the
// list.
func siteServers(m *manifest.Manifest, metas []string) map[string]manifest.Server {
	all := map[string]manifest.Server{}
	if m == nil {
		return all
	}
	for _, c := range m.Clusters {
		if !slices.ContainsFunc(c.MetaServers, func(server string) bool { return slices.Contains(metas, server) }) {
			continue
		}
		for _, server := range c.MetaServers {
			all[server] = c.Servers[server]
		}
	}
	return all
}

// addFollow adds what follows the cluster's tree now, which is known without a journal: a fallback
// counts where it keeps the old tree current.
func addFollow(env Env, s *migration.Survey) {
	if env.Cluster() == nil {
		return
	}
	for _, f := range command.Followings(env.State()) {
		if !f.Of(env.Cluster().Metas) {
			continue
		}
		s.History.Follow = f.Describe()
		hosts, path, _ := strings.Cut(f.Target, "/")
		s.History.Fallback = s.History.Fallback || f.Fallback && isAt(s.Source, hosts, "/"+path)
	}
}

// history is what the journal says of the connected cluster; nothing where there is none that can be
// read, for it only suggests.
func history(env Env) migration.History {
	file, cluster := env.Journal(), env.Cluster()
	if cluster == nil {
		return migration.History{}
	}
	var h migration.History
	if file != nil {
		if contents, err := journal.ReadFile(file.Path()); err == nil {
			h = migration.HistoryOf(contents.Records, cluster.Metas)
		}
	}
	return h
}

// unknown is the word for what cannot be known.
func unknown() message.Text { return message.New("unknown") }
