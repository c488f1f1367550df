// Package commandline defines the program's own options, their help, and the scripts that complete
// them in a Unix shell.
package commandline

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"pegashell/internal/manifest"
	"pegashell/internal/secret"
	"pegashell/internal/shellcompletion"
	"pegashell/internal/tableformat"
	"pegashell/internal/words"
)

// DefaultMetas are the meta servers of a onebox.
const DefaultMetas = "127.0.0.1:34601,127.0.0.1:34602,127.0.0.1:34603"

// Target is what to connect to: meta servers, or a cluster of the manifest, whose default cluster this is.
func (o Options) Target(defaultCluster string) (metas, name string) {
	if name = cmp.Or(o.Name, defaultCluster); name == "" {
		return cmp.Or(o.Cluster, DefaultMetas), ""
	}
	return o.Cluster, name
}

// Usage is the help, with a place for the usage of the flags.
const Usage = `pegashell is a shell for Apache Pegasus clusters.

Usage: pegashell [OPTIONS] [COMMAND WORDS...]

Commands are typed at the prompt, piped in a line each, given with -x, or as one command after the options, whose words
then stand for themselves; "help" lists them. Options:
%s
Exit code: 0 if every command of a script succeeded and after a session at the prompt, 1 if a command of a
script failed or the output cannot be written, 2 for wrong use of the program, 128 + N if signal N ended it
(130: Ctrl-C in a script, or twice within a second at the prompt). Some commands fail with a code of their own,
as "help COMMAND" shows; a script ends with that code if all its failures have it, and with 1 otherwise.
`

// Options are the options on the command line.
type Options struct {
	Cluster       string // HOST:PORT,...; empty if not set
	Name          string // of a cluster in the manifest; empty if not set
	Config        string // manifest file; empty to search for one
	StopAtFailure bool
	Lines         []string // commands to carry out, and then leave; none to read standard input
	Quiet         bool
	Format        tableformat.Format // of tables; empty if not set
	Help          bool
	Version       bool
	Completion    string // shell whose completion script is requested; empty if none is
	ClusterNames  bool   // the names of the manifest's clusters are requested
}

// Parse reads the command line. The flags are returned after an error too, for the help.
func Parse(args []string) (Options, *pflag.FlagSet, error) {
	var opt Options
	flags := pflag.NewFlagSet("pegashell", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.SortFlags = false
	flags.StringVarP(&opt.Cluster, "cluster", "m", "", "meta servers, `HOST:PORT,...` (default: default_cluster of the\nmanifest, or "+DefaultMetas+")")
	flags.StringVarP(&opt.Name, "cluster_name", "n", "", "`NAME` of a cluster in the manifest")
	flags.StringVarP(&opt.Config, "config", "c", "", "manifest `FILE` (default: ./plugins.toml, or plugins.toml beside\nthe program); ~/.config/pegashell/plugins.toml overrides it")
	flags.BoolVarP(&opt.StopAtFailure, "exit_on_error", "e", false, "stop a script at its first command that fails")
	flags.StringArrayVarP(&opt.Lines, "execute", "x", nil, "carry out this `COMMAND` and leave, without the banner; may be repeated")
	flags.BoolVarP(&opt.Quiet, "quiet", "q", false, "leave out the banner of a script, and the list of all commands\nafter an unknown one")
	flags.Var((*formatValue)(&opt.Format), "format", "print tables in this `FORMAT`: plain, lines, markdown, html or csv")
	flags.BoolVarP(&opt.Help, "help", "h", false, "show this help")
	flags.BoolVar(&opt.Version, "version", false, "show the version")
	flags.StringVar(&opt.Completion, "completion", "", "print the completion script for `SHELL`, bash or zsh: add\neval \"$(pegashell --completion bash)\" to ~/.bashrc")
	flags.BoolVar(&opt.ClusterNames, clusterNames, false, "print the names of the manifest's clusters")
	flags.MarkHidden(clusterNames)
	flags.SetInterspersed(false) // what follows a command's name is its own
	err := flags.Parse(args)
	switch {
	case err != nil:
	case flags.NArg() > 0 && len(opt.Lines) > 0:
		err = fmt.Errorf("%q stands beside -x: give either one command after the options, or each with -x", flags.Arg(0))
	case slices.ContainsFunc(opt.Lines, hasLines):
		err = errors.New("a COMMAND of -x has several lines: give each with a -x of its own, or pipe them in")
	case flags.NArg() > 0:
		opt.Lines = []string{quoted(flags.Args())}
	}
	if option := secretIn(opt.Lines); option != "" && err == nil {
		err = fmt.Errorf("%s in an argument of the program: every user of this machine can read it in the list of processes. "+
			"Set %s, use auth or auth_file in plugins.toml, or pipe the line in", option, authVariable)
	}
	switch {
	case err != nil:
	case flags.Changed("cluster") && flags.Changed("cluster_name"):
		err = errors.New("can not specify both cluster and cluster_name at the same time")
	case flags.Changed("completion") && !slices.Contains(shellcompletion.Shells, opt.Completion):
		err = fmt.Errorf("--completion: %q is not one of %s", opt.Completion, strings.Join(shellcompletion.Shells, ", "))
	case flags.Changed("cluster") && opt.Cluster == "":
		err = errors.New("--cluster is empty: HOST:PORT,HOST:PORT,... is required")
	}
	return opt, flags, err
}

// authVariable has credentials for ZooKeeper (source: commands/ensemble).
const authVariable = "PEGASHELL_ZK_AUTH"

// hasLines reports whether a command is several lines, which would be one line to the shell.
func hasLines(command string) bool { return strings.Contains(strings.Trim(command, "\r\n"), "\n") }

// quoted is the line with these words, each as it stands. What joins commands is not quoted: the shell refuses it.
func quoted(of []string) string {
	var line []string
	for _, word := range of {
		if !words.IsJoiner(word) {
			word = words.Quote(word)
		}
		line = append(line, word)
	}
	return strings.Join(line, " ")
}

// secretIn is the option with a secret that one of the lines has, "" for none.
func secretIn(lines []string) string {
	for _, line := range lines {
		all, err := words.Split(line)
		if err != nil {
			continue // the shell says what is wrong
		}
		for _, word := range all {
			if secret.IsAuth(word) {
				name, _, _ := strings.Cut(word, "=")
				return name
			}
		}
	}
	return ""
}

// clusterNames is the option with which completion scripts request names.
const clusterNames = "cluster_names"

// WriteCompletion writes the script with which a Unix shell completes the options.
func WriteCompletion(w io.Writer, flags *pflag.FlagSet, shell string) error {
	return shellcompletion.Program{Name: "pegashell", Flags: flags, Values: map[string]shellcompletion.Value{
		"cluster_name": {Query: clusterNames, With: []string{"config"}},
		"config":       {Files: true},
		"format":       {Words: tableformat.Names()},
		"completion":   {Words: shellcompletion.Shells},
	}}.Write(w, shell)
}

// WriteClusterNames writes the names of a manifest's clusters, a line each.
func WriteClusterNames(w io.Writer, config string) error {
	m, err := manifest.Load(config)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m.Clusters)) {
		if _, err := fmt.Fprintln(w, name); err != nil {
			return err
		}
	}
	return nil
}
