# Everything here works on a fresh Debian machine with Go: what is missing is installed first.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
SUDO    := $(if $(filter 0,$(shell id -u)),,sudo)

# The programs that check the source have a module file of their own.
TOOLS := -modfile=internal/tools/go.mod

# The ZooKeeper that tests and demos run: the jar of Debian's package, or that of a release elsewhere (or a
# class path), which has to be there.
DEBIAN_JAR    := /usr/share/java/zookeeper.jar
ZOOKEEPER_JAR ?= $(DEBIAN_JAR)
export ZOOKEEPER_JAR
DEMO_DIR      ?= $(CURDIR)/onebox.d

.PHONY: help build deps browser kerberos demo demo-recovery demo-live onebox stop-onebox test quick lint unit bench docs readme picture guides install release vulnerabilities schedules torture fuzz clean

help:
	@echo 'make demo           carry out a whole migration on a cluster on this machine'
	@echo 'make demo-recovery  the same migration by the other way, rebuilding the metadata'
	@echo 'make demo-live      the migration by copying while tables are changed and used all the time'
	@echo 'make test           format check, vet, staticcheck and all tests'
	@echo 'make quick          the tests that need no ZooKeeper, in less than a minute'
	@echo 'make build          bin/pegashell and bin/onebox'
	@echo 'make onebox         start a cluster on this machine and open the shell on it'
	@echo 'make stop-onebox    stop and remove that cluster'
	@echo 'make docs           write the reference, the man page and the sample help texts anew'
	@echo 'make readme         write the session in README.md anew, from a run of the demo'
	@echo 'make picture        draw the picture of the prompt in README.md anew, from a run on a onebox'
	@echo 'make guides         write the screens in the guides to migrations anew, from onebox clusters'
	@echo 'make install        install pegashell, its manifest and its man page below PREFIX (/usr/local)'
	@echo 'make release        archives, Debian packages and checksums in dist/'
	@echo 'make vulnerabilities  compare what is compiled in with the database of known vulnerabilities'
	@echo 'make bench          measure, with ratios within one run'
	@echo 'make schedules      copies that are repeated, or follow their source, through random disturbances: COUNT=50 SEED=N'
	@echo 'make torture        the built program through faults of every kind, on ensembles: COUNT=50 SEED=N'
	@echo 'make fuzz           fuzz every parser for a while'

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/pegashell .
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/onebox ./onebox

deps: $(if $(filter $(DEBIAN_JAR),$(ZOOKEEPER_JAR)),$(DEBIAN_JAR))

# The browser in which a test looks at the report of a migration, with a font.
BROWSER := /usr/bin/chromium-headless-shell

browser: $(BROWSER)

$(BROWSER):
	$(SUDO) apt-get update -q
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium-headless-shell fonts-dejavu-core

# The Kerberos server that tests log in to a ZooKeeper with.
KERBEROS := /usr/sbin/krb5kdc /usr/sbin/kadmin.local

kerberos: $(KERBEROS)

$(KERBEROS) &:
	$(SUDO) apt-get update -q
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends krb5-kdc krb5-admin-server

$(DEBIAN_JAR):
	$(SUDO) apt-get update -q
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends zookeeper default-jre-headless

demo: deps build
	onebox/demo/migrate_by_copy.sh bin/pegashell bin/onebox

demo-recovery: deps build
	onebox/demo/migrate_by_recovery.sh bin/pegashell bin/onebox

demo-live: deps build
	onebox/demo/migrate_live.sh bin/pegashell bin/onebox

onebox: deps build
	@exec onebox/demo/prompt.sh bin/pegashell bin/onebox '$(DEMO_DIR)'

stop-onebox: build
	bin/onebox clear --dir '$(DEMO_DIR)'

test: deps browser kerberos lint unit

# Memory is spent for time: these programs collect garbage as seldom as is sensible.
lint:
	@unformatted="$$(gofmt -l .)"; if [ -n "$$unformatted" ]; then echo "not formatted by gofmt: $$unformatted"; exit 1; fi
	GOGC=400 $(GO) vet ./...
	GOGC=400 $(GO) tool $(TOOLS) staticcheck ./...

# The packages that take longest come first, so that the others run beside them. lint has run vet.
unit:
	$(GO) test -race -vet=off -shuffle=on -timeout 12m ./zkcopy ./internal/test/e2e ./zkcopy/session ./internal/packaging ./internal/test/torture ./...

# No test may start java here: one that tries gets a program that fails.
quick:
	@mkdir -p bin/no-java
	@printf '#!/bin/sh\necho "go test -short must not start java" >&2\nexit 1\n' > bin/no-java/java
	@chmod +x bin/no-java/java
	PATH="$(CURDIR)/bin/no-java:$$PATH" $(GO) test -short ./...

# Ratios within one run; absolute times mean little on a shared machine. A part is measured with, for example,
# make bench BENCH='Copy$$' BENCH_ZNODES=20000, without the trees of a million znodes with BENCH_LARGEST=100000.
BENCH         ?= .
BENCH_ZNODES  ?= 100000
BENCH_LARGEST ?= 1000000
BENCH_RUNS    ?= 7x
bench: deps
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCH_RUNS) -timeout 90m ./internal/test/bench
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCH_RUNS) -timeout 90m ./zkcopy -znodes $(BENCH_ZNODES) -largest $(BENCH_LARGEST)

readme: deps build
	onebox/demo/migrate_by_copy.sh bin/pegashell bin/onebox > bin/demo.out
	$(GO) run ./internal/docgen -demo bin/demo.out

picture: deps
	$(GO) test ./internal/test/e2e -run 'TestScreensOfThePicture' -count 1 -update-screens
	$(GO) run ./internal/docgen

guides: deps
	$(GO) test ./internal/test/e2e -run 'TestTheGuides' -count 1 -guides

docs:
	$(GO) run ./internal/docgen

# The program looks for plugins.toml beside itself, links followed. One that is there already may have been
# changed and stays.
PREFIX ?= /usr/local
install: build
	install -d '$(DESTDIR)$(PREFIX)/lib/pegashell' '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/man/man1'
	install -m 755 bin/pegashell '$(DESTDIR)$(PREFIX)/lib/pegashell/pegashell'
	test -e '$(DESTDIR)$(PREFIX)/lib/pegashell/plugins.toml' || install -m 644 plugins.toml '$(DESTDIR)$(PREFIX)/lib/pegashell/plugins.toml'
	ln -sf ../lib/pegashell/pegashell '$(DESTDIR)$(PREFIX)/bin/pegashell'
	install -m 644 docs/man/pegashell.1 '$(DESTDIR)$(PREFIX)/share/man/man1/pegashell.1'

# The programs that make a release have a module file of their own.
RELEASE_TOOLS := -modfile=internal/tools/release.mod
DIST          ?= dist
release:
	$(GO) run ./internal/packaging -out '$(DIST)' -version '$(VERSION)' -tools '$(GO) tool $(RELEASE_TOOLS)'

# It downloads the database: a network is needed.
vulnerabilities:
	$(GO) tool $(RELEASE_TOOLS) govulncheck ./...

# Random schedules, some of them with servers that are killed. A failure prints its seed.
COUNT ?= 50
SEED  ?= 0
schedules: deps
	$(GO) test -race ./zkcopy -run 'TestRepeatsInRandomSchedules$$' -schedules $(COUNT) -seed $(SEED) -timeout 60m
	$(GO) test -race ./zkcopy -run 'TestFollowInRandomSchedules$$' -schedules $(COUNT) -seed $(SEED) -timeout 60m
	$(GO) test -race ./zkcopy -run 'TestFollowInRandomSchedulesOfOutages$$' -schedules $(COUNT) -seed $(SEED) -timeout 60m

# Faults of servers, connections, disks and of the program itself, one in each of COUNT runs; and COUNT commands that
# lose the leader of their cluster in the middle.
torture: deps
	$(GO) test ./commands -run HostileServers -count 1 -timeout 60m -args -patient
	$(GO) test ./internal/test/torture -count 1 -v -timeout 6h -args -seed $(if $(filter 0,$(SEED)),1,$(SEED)) -count $(COUNT) -leaders $(COUNT)

FUZZTIME ?= 30s
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "== $$pkg $$target"; $(GO) test $$pkg -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME); \
		done; \
	done

clean:
	rm -rf bin dist
