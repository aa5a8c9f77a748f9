# ddm: dynamic data masking for PostgreSQL. `make help` lists what there is to run.

# Tasks of their own: they need nothing of PostgreSQL's build system, not even that it is installed.
TASKS = help demo demo-stop check check-core check-modes check-assert check-smith check-kill matrix bench unit fuzz lint format dist tap
ifneq (,$(filter $(TASKS),$(MAKECMDGOALS)))
include test/tasks.mk
else

MODULE_big = ddm
EXTENSION  = ddm
DDM_VERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" ddm.control)

OBJS = $(patsubst %.cpp,%.o,$(sort $(wildcard src/core/*.cpp src/pg/*.cpp src/pg/*/*.cpp))) \
       $(patsubst %.c,%.o,$(sort $(wildcard src/shim/*.c)))
# PGXS has variables named VERSION and INSTALL_SCRIPT of its own.
BUILT_SCRIPT = sql/ddm--$(DDM_VERSION).sql
DATA    = $(BUILT_SCRIPT) $(wildcard sql/upgrade/ddm--*--*.sql)
REGRESS = $(sort $(filter-out ddm--%,$(patsubst sql/%.sql,%,$(wildcard sql/*.sql))))

WARNINGS    = -Wall -Wextra -Werror
# The hooks are called by every statement, and call the server: not by way of the linkage table (-fno-plt).
PG_CFLAGS   = $(WARNINGS) -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare -Wno-declaration-after-statement -Wno-vla
PG_CXXFLAGS = -std=c++20 -O2 -fno-plt $(WARNINGS) -fvisibility=hidden -fPIC
PG_CPPFLAGS = -Isrc -DDDM_VERSION='"$(DDM_VERSION)"' -DFMT_HEADER_ONLY
SHLIB_LINK += -lstdc++ -lcrypto -lre2
EXTRA_CLEAN = $(BUILT_SCRIPT) $(wildcard src/*/*.d src/*/*/*.d) build

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq (,$(PGXS))
$(error $(PG_CONFIG) is not there: install postgresql-server-dev for your server, or name its pg_config in PG_CONFIG; `make demo` installs it all)
endif
override with_llvm = no
include $(PGXS)

# The error boundary: core throws within itself and nowhere else; the server's side cannot throw at all.
PG_RING_FLAGS = -fno-exceptions -Wno-unused-parameter -Wno-missing-field-initializers -Wno-register
src/pg/%.o: CXXFLAGS += $(PG_RING_FLAGS)
src/pg/%.o src/core/%.o src/shim/%.o: CPPFLAGS += -MMD -MP
-include $(wildcard src/*/*.d src/*/*/*.d)

all: $(BUILT_SCRIPT)
$(BUILT_SCRIPT): $(sort $(wildcard sql/install/*.sql)) ddm.control Makefile
	@cat $(sort $(wildcard sql/install/*.sql)) > $@.tmp && mv $@.tmp $@

# For tools that compile a file of their own accord (test/lint.sh).
print-flags:
	@echo '$(CPPFLAGS) $(PG_CXXFLAGS) $(filter -W%,$(PG_RING_FLAGS))'
.PHONY: print-flags

endif
