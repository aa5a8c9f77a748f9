# ddm: dynamic data masking for PostgreSQL. `make help` lists what there is to run.
MODULE_big = ddm
EXTENSION  = ddm
DDM_VERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" ddm.control)

OBJS = $(patsubst %.cpp,%.o,$(sort $(wildcard src/core/*.cpp src/pg/*.cpp))) \
       $(patsubst %.c,%.o,$(sort $(wildcard src/shim/*.c)))
BUILT_SCRIPT = sql/ddm--$(DDM_VERSION).sql
DATA    = $(BUILT_SCRIPT)
REGRESS = $(sort $(filter-out ddm--%,$(patsubst sql/%.sql,%,$(wildcard sql/*.sql))))
REGRESS_OPTS = --dbname=ddm_regress

WARNINGS    = -Wall -Wextra -Werror
PG_CFLAGS   = $(WARNINGS) -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare -Wno-declaration-after-statement -Wno-vla
PG_CXXFLAGS = -std=c++20 -O2 $(WARNINGS) -fvisibility=hidden -fPIC
PG_CPPFLAGS = -I$(CURDIR)/src -DDDM_VERSION='"$(DDM_VERSION)"' -DFMT_HEADER_ONLY
SHLIB_LINK += -lstdc++ -lcrypto -lre2
EXTRA_CLEAN = $(BUILT_SCRIPT) $(wildcard src/*/*.d)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
override with_llvm = no
include $(PGXS)

# The error boundary: core throws within itself and nowhere else; the server's side cannot throw at all.
src/pg/%.o: CXXFLAGS += -fno-exceptions -Wno-unused-parameter -Wno-missing-field-initializers -Wno-register
src/pg/%.o src/core/%.o src/shim/%.o: CPPFLAGS += -MMD -MP
-include $(wildcard src/*/*.d)

all: $(BUILT_SCRIPT)
$(BUILT_SCRIPT): $(sort $(wildcard sql/install/*.sql)) ddm.control
	@cat $(sort $(wildcard sql/install/*.sql)) > $@.tmp && mv $@.tmp $@
