# SPDX-License-Identifier: MIT
#
#   make              build/ax650n-tune
#   make demo         try it on the board in tests/boards/cm3588.board; no card needed
#   make check        everything from lint to check-vm: a quarter of an hour
#   make check-quick  unit and command line tests: half a minute
#   make check-faults whatever a machine can answer, kills and races: half a minute
#   make property     what the program promises, on N=500 random machines from SEED=1 on: two minutes
#   make fuzz         the parsers and a whole machine, SECONDS=60 in all; COVERAGE=1: what they reach
#   make check-vm     a real arm64 kernel with systemd in QEMU: ten minutes
#   make bench-self   what the program costs, next to other ways, and on boards that grow: minutes
#   make lint         static checks of the C, the shell and the manual pages
#   make install      files only, no systemctl; make uninstall removes the same files
#   make install-strip  the same, without what debuggers read
#   make deb          build/ax650n-tune_VERSION_ARCHITECTURE.deb, of the same files
#   make check-deb    install, upgrade and purge the package in a fresh Debian: two minutes
#   make dist         build/ax650n-tune-VERSION.tar.gz of the last commit, and its checksum
#   make deps         install what building takes; make deps-check: what testing takes (apt)
#
#   WERROR=1: warnings are errors.  SAN=1: with ASan and UBSan.  VALGRIND=1: tests under valgrind.
#   CROSS=aarch64-linux-gnu-: all, install, deb and deps for another architecture of Debian.
#   V=1: show the commands.
#   DESTDIR, PREFIX, the directories below, CC, CFLAGS, CPPFLAGS, LDFLAGS, STRIP, PKG_CONFIG and
#   BUILD are yours to set. So is DEB_MAINTAINER='NAME <ADDRESS>', who is named in the package.

# Also in systemd/deb/changelog and, with what is new, in man/ax650n-tune.8.
VERSION := 0.2.0

PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR  ?= $(DATADIR)/man
# systemd, udev and bash look below /usr, where their .pc files tell, and below /usr/local.
# $(1): variable, $(2): package, $(3): otherwise.
pc_dir       = $(or $(if $(filter /usr,$(PREFIX)),$(shell $(PKG_CONFIG) --variable=$(1) $(2) 2>/dev/null)),$(3))
UNITDIR     ?= $(call pc_dir,systemdsystemunitdir,systemd,$(PREFIX)/lib/systemd/system)
CATALOGDIR  ?= $(call pc_dir,catalogdir,systemd,$(PREFIX)/lib/systemd/catalog)
UDEVDIR     ?= $(call pc_dir,udevdir,udev,$(PREFIX)/lib/udev)
BASHCOMPDIR ?= $(call pc_dir,completionsdir,bash-completion,$(DATADIR)/bash-completion/completions)
ZSHCOMPDIR  ?= $(DATADIR)/zsh/site-functions
FISHCOMPDIR ?= $(DATADIR)/fish/vendor_completions.d

# The name of the architecture, in the names of Debian's tools for it. Its directories have
# another one on i386.
triplet := $(CROSS:-=)
ifdef CROSS
multiarch  := $(shell dpkg-architecture -f -t$(triplet) -qDEB_HOST_MULTIARCH)
PKG_CONFIG ?= env PKG_CONFIG_LIBDIR=/usr/lib/$(multiarch)/pkgconfig:/usr/share/pkgconfig pkg-config
ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
endif

BUILD      ?= build$(if $(SAN),/san)$(if $(CROSS),/$(triplet))
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
STRIP      ?= $(CROSS)strip
CFLAGS     ?= -O2 -g

# What the code needs stands apart from what its builder wants.
libraries   := libpci libsystemd json-c smartcols inih
# Compilers may define _FORTIFY_SOURCE by themselves, and the builder may choose another level.
fortify     := $(if $(SAN)$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
hard_flags  := -fPIE -fstack-protector-strong $(fortify)
san_flags   := -fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all
ax_cppflags := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Iinclude $(shell $(PKG_CONFIG) --cflags $(libraries) 2>/dev/null)
ax_cflags   := -std=gnu11 -Wall -Wextra -Wshadow -Wconversion -Wvla -Wstrict-prototypes \
	       '-ffile-prefix-map=$(CURDIR)=.' $(hard_flags) -MMD -MP $(if $(WERROR),-Werror) $(if $(SAN),$(san_flags))
ax_ldflags  := -pie -Wl,-z,relro,-z,now,-z,noexecstack $(if $(SAN),$(san_flags))
ax_libs     := $(shell $(PKG_CONFIG) --libs $(libraries) 2>/dev/null && echo -lm)

compile = $(CC) $(ax_cppflags) $(CPPFLAGS) $(ax_cflags) $(CFLAGS)
link    = $(CC) $(ax_ldflags) $(CFLAGS) $(LDFLAGS)

# With V=1 make shows the commands, otherwise one line for each.
Q   := $(if $(V),,@)
say  = $(if $(V),,@echo '  $(1)  $(2)')

sources := $(sort $(wildcard src/*.c src/*/*.c))
objects := $(sources:%.c=$(BUILD)/%.o)
# The program without its main(), for the tests.
parts   := $(filter-out $(BUILD)/src/main.o,$(objects))
units   := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test-*.c)))
pages   := $(wildcard man/*.[578])

MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.PHONY: FORCE all demo check check-quick check-faults check-deb check-vm property fuzz bench-self lint format install \
	install-strip uninstall deb dist deps deps-cross deps-check clean

all: $(BUILD)/ax650n-tune

$(BUILD)/ax650n-tune: $(objects)
	$(call say,LINK,$@)
	$(Q)$(link) -o $@ $^ $(ax_libs)

versioned := $(addprefix $(BUILD)/src/cmd/,cmd.o capture.o bench-run.o)
$(versioned): ax_cppflags += -DVERSION='"$(VERSION)"'
$(versioned): Makefile

$(BUILD)/src/%.o: src/%.c
	$(if $(ax_libs),,$(error the libraries $(libraries) are not all here: run 'make deps'))
	$(call say,CC  ,$@)
	@mkdir -p $(@D)
	$(Q)$(compile) -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(parts)
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(compile) -o $@ $< $(parts) $(ax_ldflags) $(LDFLAGS) $(ax_libs) -lcmocka

$(BUILD)/board-expand: tests/boards/board-expand.c $(parts)
	$(call say,LINK,$@)
	$(Q)$(compile) -o $@ $< $(parts) $(ax_ldflags) $(LDFLAGS) $(ax_libs)

$(BUILD)/runner: tests/cli/runner.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ax_cppflags) -std=gnu11 -Wall -Wextra -Wshadow -O2 -o $@ $<

property := $(sort $(wildcard tests/property/*.c))

$(BUILD)/property-test: $(property) $(wildcard tests/property/*.h) $(parts)
	$(call say,LINK,$@)
	$(Q)$(compile) -o $@ $(property) $(parts) $(ax_ldflags) $(LDFLAGS) $(ax_libs)

$(BUILD)/fault.so: tests/fault/fault.c
$(BUILD)/openat2.so: tests/valgrind/openat2.c
$(BUILD)/fault.so $(BUILD)/openat2.so:
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -std=gnu11 -Wall -Wextra -Wshadow -O2 -shared -fPIC -o $@ $< -ldl

-include $(wildcard $(BUILD)/*.d $(BUILD)/src/*.d $(BUILD)/src/*/*.d $(BUILD)/unit/*.d)

# --- Trying and testing ---------------------------------------------------------------------
# These install what is missing, so they look for the libraries again in a make of their own.

demo: deps
	$(Q)$(MAKE) -s $(BUILD)/ax650n-tune $(BUILD)/board-expand
	$(Q)BUILD=$(BUILD) sh tests/boards/demo.sh

check: deps deps-check
	$(Q)$(MAKE) lint
	$(Q)$(MAKE) check-quick
	$(Q)$(MAKE) check-faults
	$(Q)$(MAKE) property
	$(Q)$(MAKE) -j2 -O fuzz check-deb SECONDS=30
	$(Q)$(MAKE) check-vm

# These make and remove some 100,000 small files.
check-quick check-faults property: export TMPDIR ?= $(shell [ -w /dev/shm ] && \
	! grep -q ' /dev/shm .*noexec' /proc/mounts && echo /dev/shm || echo /tmp)

check-quick:
	$(Q)$(MAKE) -s -j$(shell nproc) $(BUILD)/ax650n-tune $(BUILD)/board-expand $(BUILD)/runner $(units) $(if $(VALGRIND),$(BUILD)/openat2.so)
	$(Q)BUILD=$(BUILD) VALGRIND=$(VALGRIND) sh tests/check-quick.sh $(units)

check-faults:
	$(Q)$(MAKE) -s $(BUILD)/ax650n-tune $(BUILD)/board-expand $(BUILD)/fault.so
	$(Q)BUILD=$(BUILD) tests/fault/run.sh

property:
	$(Q)$(MAKE) -s $(BUILD)/ax650n-tune $(BUILD)/property-test
	$(Q)BUILD=$(BUILD) tests/property/run.sh $(or $(N),500) $(or $(SEED),1)

# As an ordinary user even if root asks for it; SECONDS are shared by all targets.
fuzz: deps deps-check
	$(if $(COVERAGE),$(call install_missing,llvm))
	$(Q)BUILD=$(BUILD) CPPFLAGS='$(ax_cppflags)' LIBS='$(ax_libs)' SECONDS=$(or $(SECONDS),60) \
		tests/fuzz/run.sh

# SAN= and VALGRIND= are not meant for what is installed in a fresh Debian and in the virtual machine.
check-deb: deps deps-check
	$(Q)MAKEFLAGS= tests/deb/check.sh

check-vm: deps deps-check
	$(Q)MAKEFLAGS= tests/vm/check.sh

lint: deps deps-check
	$(Q)BUILD=$(BUILD) CPPFLAGS='$(ax_cppflags)' sh tests/lint.sh

bench-self: deps
	$(call install_missing,$(bench_packages))
	$(Q)$(MAKE) -s $(BUILD)/ax650n-tune $(BUILD)/board-expand
	$(Q)BUILD=$(BUILD) LIBS='$(ax_libs)' tests/bench/run.sh
	$(Q)BUILD=$(BUILD) tests/bench/growth.sh

format:
	clang-format -i $(sources) include/*/*.h tests/*/*.[ch]

# --- Installing -----------------------------------------------------------------------------

# SOURCE:TARGET of each file that is only copied.
files = $(foreach p,$(pages),$(p):$(MANDIR)/man$(subst .,,$(suffix $(p)))/$(notdir $(p))) \
	$(BUILD)/ax650n-tune.service:$(UNITDIR)/ax650n-tune.service \
	systemd/ax650n-tune-check.service:$(UNITDIR)/ax650n-tune-check.service \
	systemd/ax650n-tune-check.timer:$(UNITDIR)/ax650n-tune-check.timer \
	systemd/irqbalance.conf:$(UNITDIR)/irqbalance.service.d/50-ax650n-tune.conf \
	$(BUILD)/90-ax650n-tune.rules:$(UDEVDIR)/rules.d/90-ax650n-tune.rules \
	systemd/ax650n-tune.catalog:$(CATALOGDIR)/ax650n-tune.catalog \
	src/completion/ax650n-tune.bash:$(BASHCOMPDIR)/ax650n-tune \
	src/completion/_ax650n-tune:$(ZSHCOMPDIR)/_ax650n-tune \
	src/completion/ax650n-tune.fish:$(FISHCOMPDIR)/ax650n-tune.fish

$(BUILD)/ax650n-tune.service $(BUILD)/90-ax650n-tune.rules: $(BUILD)/%: systemd/%.in FORCE
	$(Q)mkdir -p $(@D)
	$(Q)sed 's,@BINDIR@,$(BINDIR),' $< > $@

install: all $(BUILD)/ax650n-tune.service $(BUILD)/90-ax650n-tune.rules
	$(Q)$(INSTALL) -Dm 0755 $(BUILD)/ax650n-tune $(DESTDIR)$(BINDIR)/ax650n-tune
	$(Q)for f in $(files); do \
		$(INSTALL) -Dm 0644 "$${f%:*}" "$(DESTDIR)$${f#*:}" || exit; \
	done

install-strip: install
	$(Q)$(STRIP) $(DESTDIR)$(BINDIR)/ax650n-tune

# The directory of a unit that is not ours is removed if it was made for our file alone.
uninstall:
	$(Q)rm -f $(DESTDIR)$(BINDIR)/ax650n-tune
	$(Q)for f in $(files); do rm -f "$(DESTDIR)$${f#*:}"; done
	$(Q)rmdir $(DESTDIR)$(UNITDIR)/irqbalance.service.d 2>/dev/null || true

# Where every Debian looks, whichever builds it; its zsh looks elsewhere for what packages bring.
deb: deps
	$(call install_missing,dpkg-dev)
	$(Q)rm -rf $(BUILD)/deb
	$(Q)$(MAKE) -s install-strip DESTDIR=$(BUILD)/deb/root PREFIX=/usr UNITDIR=/usr/lib/systemd/system \
		CATALOGDIR=/usr/lib/systemd/catalog UDEVDIR=/usr/lib/udev ZSHCOMPDIR=/usr/share/zsh/vendor-completions
	$(Q)BUILD=$(BUILD) VERSION=$(VERSION) CROSS=$(CROSS) sh systemd/deb/build.sh

# The same bytes from every clone: the time is that of the commit.
tarball := ax650n-tune-$(VERSION)
dist:
	$(Q)git diff --quiet HEAD || { echo 'make dist packs what is committed: commit first' >&2; exit 1; }
	$(Q)mkdir -p $(BUILD)
	$(Q)git -c tar.umask=0022 archive --prefix=$(tarball)/ -o $(BUILD)/$(tarball).tar HEAD
	$(Q)cd $(BUILD) && gzip -9nf $(tarball).tar && sha256sum $(tarball).tar.gz | tee $(tarball).tar.gz.sha256

clean:
	rm -rf build

# --- Packages -------------------------------------------------------------------------------

build_packages := $(if $(CROSS),,gcc make pkg-config) libc6-dev libpci-dev libsystemd-dev libjson-c-dev \
		  libsmartcols-dev libinih-dev
# The compiler for $(1), which is gcc where that is at home.
gcc_for         = gcc$(if $(filter $(1),$(shell gcc -dumpmachine 2>/dev/null)),,-$(subst _,-,$(1)))
cross_packages  = $(call gcc_for,$(triplet)) make pkg-config dpkg-dev
check_packages  = bats libcmocka-dev jq strace pciutils zsh fish valgrind clang libclang-rt-dev clang-tidy \
		  clang-format cppcheck shellcheck mandoc mmdebstrap \
		  qemu-system-arm device-tree-compiler $(call gcc_for,aarch64-linux-gnu) cpio kmod \
		  debian-archive-keyring lintian git procps

bench_packages := hyperfine strace time pciutils jq

# Installs those of the Debian packages $(1) that are missing, of the architecture $(2).
define install_missing
$(Q)missing=; for p in $(1); do \
	dpkg-query -Wf '$${db:Status-Status} $${Architecture}\n' $$p 2>/dev/null | \
		grep -qE "^installed (all|$(or $(2),$$(dpkg --print-architecture)))$$" || \
		missing="$$missing $$p$(2:%=:%)"; \
done; \
[ -z "$$missing" ] && exit 0; \
command -v apt-get >/dev/null || { echo "install by hand what these are on Debian:$$missing" >&2; exit 1; }; \
sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
echo "installing:$$missing"; \
apt="$$sudo env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get -qq"; \
$(if $(2),$$sudo dpkg --add-architecture $(2) || exit;) \
$$apt update || echo "not every package source answers; trying without it" >&2; \
$$apt -y -o Dpkg::Use-Pty=0 install --no-install-recommends $$missing >/dev/null
endef

# What Debian calls the architecture of CROSS.
foreign = $(if $(CROSS),$(shell dpkg-architecture -f -t$(triplet) -qDEB_HOST_ARCH))

deps: $(if $(CROSS),deps-cross)
	$(call install_missing,$(build_packages),$(foreign))

deps-cross:
	$(call install_missing,$(cross_packages))

deps-check:
	$(call install_missing,$(check_packages))
