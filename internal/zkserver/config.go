package zkserver

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"pegashell/internal/atomicfile"
)

// ErrNotInstalled says that Apache ZooKeeper or java is not on this machine; the error that wraps
// it names the Debian package to install.
var ErrNotInstalled = errors.New("ZooKeeper is not installed")

// jarFolder is where Debian's java packages keep their jars.
const jarFolder = "/usr/share/java"

// mainClass reads zoo.cfg and runs a standalone server or a member of an ensemble, as it says
// there.
const mainClass = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

// Defaults of the fields of Config that are zero.
const (
	DefaultHeapMB   = 128
	DefaultTickTime = 500 * time.Millisecond
)

// Config describes one server. The zero value of every field but Dir is usable with Start; Command
// needs ClientPort too.
type Config struct {
	// Dir is the server's folder: zoo.cfg, zookeeper.log and the data live in it. It is created.
	Dir string
	// ClientPort is the port for clients on 127.0.0.1; 0 lets Start pick a free one.
	ClientPort int
	// ID is the number of this member in Peers; not used without Peers.
	ID int
	// Peers are all members of the ensemble, this one too; empty for a standalone server.
	Peers []Peer
	// HeapMB bounds the java heap, in MiB.
	HeapMB int
	// TickTime is ZooKeeper's unit of time. Sessions can ask for timeouts from 1 s (2 ticks if that
	// is longer) to 60 s.
	TickTime time.Duration
	// SkipFsync answers writes before they are on the disk. Killing the process loses nothing
	// either way, because the kernel keeps what was written; only a crash of the machine would.
	SkipFsync bool
	// Jar is the ZooKeeper to run: a jar of a release, whose folder (in ZooKeeper 3.4 also the folder
	// lib in it) has what it needs, or a class path as java takes it. "" is Debian's.
	Jar string
	// MaxBuffer bounds a packet and a znode's data, in bytes (jute.maxbuffer); 0 is java's default,
	// 1 MiB - 1.
	MaxBuffer int
	// TLS makes the server serve TLS too, on a port of its own; nil for plain connections alone.
	TLS *TLS
	// Properties are further lines of zoo.cfg, or replacements of those written by default.
	Properties map[string]string
	// SystemProperties are further properties of java, without -D.
	SystemProperties map[string]string
}

// Peer is a member of an ensemble. Both ports are on 127.0.0.1.
type Peer struct {
	ID           int
	QuorumPort   int
	ElectionPort int
}

// Addr returns the address for clients, 127.0.0.1:PORT.
func (c Config) Addr() string { return "127.0.0.1:" + strconv.Itoa(c.ClientPort) }

func (c Config) dataDir() string { return filepath.Join(c.Dir, "data") }

// logFile returns the path of the file that Start sends the server's output to.
func (c Config) logFile() string { return filepath.Join(c.Dir, "zookeeper.log") }

// Command writes the server's configuration into c.Dir and returns the command that runs it in the
// foreground. Its output and its process attributes are left to the caller.
func Command(c Config) (*exec.Cmd, error) {
	if c.ClientPort == 0 {
		return nil, fmt.Errorf("configure ZooKeeper in %s: no client port", c.Dir)
	}
	java, classpath, err := c.installation()
	if err != nil {
		return nil, err
	}
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return nil, fmt.Errorf("configure ZooKeeper: %w", err)
	}
	if err := c.writeFiles(); err != nil {
		return nil, fmt.Errorf("configure ZooKeeper in %s: %w", c.Dir, err)
	}
	cmd := exec.Command(java, c.javaArgs(classpath)...)
	cmd.Dir = c.Dir
	// Under another locale java finds no files whose path is not ASCII.
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	return cmd, nil
}

// jar is one of java's libraries and Debian's package that has it.
type jar struct{ name, pkg string }

// JarVariable is the variable of the environment that names another ZooKeeper than Debian's to those
// who leave the choice to the environment, as tests do: see Config.Jar.
const JarVariable = "ZOOKEEPER_JAR"

// debianJar is what that variable has when it names Debian's.
const debianJar = jarFolder + "/zookeeper.jar"

// installation returns the java program and the class path.
func (c Config) installation() (java, classpath string, err error) {
	if c.Jar == "" || c.Jar == debianJar {
		return findInstallation(jarFolder, c.TLS.jars()...)
	}
	if java, err = findJava(); err != nil {
		return "", "", err
	}
	if strings.ContainsAny(c.Jar, ":*") {
		return java, c.Jar, nil
	}
	info, err := os.Stat(c.Jar)
	switch {
	case err != nil:
		return "", "", fmt.Errorf("%w: %w", ErrNotInstalled, err)
	case !info.Mode().IsRegular():
		return "", "", fmt.Errorf("%w: %s is no jar; a class path of several has a colon or a star", ErrNotInstalled, c.Jar)
	}
	jar, err := filepath.Abs(c.Jar) // the server runs in its own folder
	if err != nil {
		return "", "", err
	}
	folder := filepath.Dir(jar)
	return java, strings.Join([]string{jar, filepath.Join(folder, "*"), filepath.Join(folder, "lib", "*")}, ":"), nil
}

func findJava() (string, error) {
	java, err := exec.LookPath("java")
	if err != nil {
		return "", fmt.Errorf("%w: no java found, install Debian's package default-jre-headless: %w", ErrNotInstalled, err)
	}
	return java, nil
}

// findInstallation returns the java program and the class path of Debian's packages. The manifest of zookeeper.jar names
// every jar it needs to serve plain connections, so only the logger has to be added, and more.
func findInstallation(jars string, more ...jar) (java, classpath string, err error) {
	if java, err = findJava(); err != nil {
		return "", "", err
	}
	var paths []string
	for _, jar := range append([]jar{{"zookeeper", "zookeeper"}, {"slf4j-simple", "libslf4j-java"}}, more...) {
		path := filepath.Join(jars, jar.name+".jar")
		if _, err := os.Stat(path); err != nil {
			return "", "", fmt.Errorf("%w: install Debian's package %s: %w", ErrNotInstalled, jar.pkg, err)
		}
		paths = append(paths, path)
	}
	return java, strings.Join(paths, ":"), nil
}

func (c Config) writeFiles() error {
	if err := os.MkdirAll(c.dataDir(), 0o755); err != nil {
		return err
	}
	if len(c.Peers) > 0 {
		if err := atomicfile.WriteBytes(filepath.Join(c.dataDir(), "myid"), 0o644, fmt.Appendln(nil, c.ID)); err != nil {
			return err
		}
	}
	return atomicfile.WriteBytes(filepath.Join(c.Dir, "zoo.cfg"), 0o644, c.zooCfg())
}

// zooCfg renders zoo.cfg, its keys in order, so that two equal configurations give equal files.
func (c Config) zooCfg() []byte {
	tick := c.TickTime
	if tick == 0 {
		tick = DefaultTickTime
	}
	properties := map[string]string{
		"dataDir":                c.dataDir(),
		"clientPort":             strconv.Itoa(c.ClientPort),
		"clientPortAddress":      "127.0.0.1",
		"tickTime":               strconv.FormatInt(tick.Milliseconds(), 10),
		"minSessionTimeout":      strconv.FormatInt(max(2*tick, time.Second).Milliseconds(), 10),
		"maxSessionTimeout":      "60000",
		"initLimit":              "20",
		"syncLimit":              "10",
		"maxClientCnxns":         "0",
		"admin.enableServer":     "false",
		"extendedTypesEnabled":   "true",
		"4lw.commands.whitelist": "srvr,ruok,stat,mntr,conf,cons",
	}
	for _, p := range c.Peers {
		properties["server."+strconv.Itoa(p.ID)] = fmt.Sprintf("127.0.0.1:%d:%d", p.QuorumPort, p.ElectionPort)
	}
	maps.Copy(properties, c.TLS.properties())
	maps.Copy(properties, c.Properties)
	var b []byte
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		b = fmt.Appendf(b, "%s=%s\n", key, escape(properties[key]))
	}
	return b
}

// escape writes a value for java's property files, which are ASCII with escapes of UTF-16 units.
func escape(value string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(value)) {
		switch {
		case unit == '\\':
			b.WriteString(`\\`)
		case unit < ' ' || unit > '~':
			fmt.Fprintf(&b, `\u%04x`, unit)
		default:
			b.WriteByte(byte(unit))
		}
	}
	return b.String()
}

func (c Config) javaArgs(classpath string) []string {
	heap := c.HeapMB
	if heap == 0 {
		heap = DefaultHeapMB
	}
	properties := map[string]string{
		"org.slf4j.simpleLogger.defaultLogLevel": "warn",
		"org.slf4j.simpleLogger.showDateTime":    "true",
		"org.slf4j.simpleLogger.dateTimeFormat":  "yyyy-MM-dd HH:mm:ss.SSS",
		"zookeeper.jmx.log4j.disable":            "true",
		// KiB by which the transaction log grows: the default of 64 MiB is too large for small
		// disks.
		"zookeeper.preAllocSize": "1024",
	}
	if c.SkipFsync {
		properties["zookeeper.forceSync"] = "no"
	}
	if c.MaxBuffer > 0 {
		properties["jute.maxbuffer"] = strconv.Itoa(c.MaxBuffer)
	}
	maps.Copy(properties, c.SystemProperties)
	args := []string{
		"-Xmx" + strconv.Itoa(heap) + "m",
		// What makes a short-lived java start sooner: the shared class archive, only the quick
		// compiler, the collector without threads of its own, no performance counters on disk.
		"-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData",
	}
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		args = append(args, "-D"+key+"="+properties[key])
	}
	return append(args, "-cp", classpath, mainClass, filepath.Join(c.Dir, "zoo.cfg"))
}
