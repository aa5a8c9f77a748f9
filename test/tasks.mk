# What `make help` lists. Each task is a script that says what it does, a step a line, and fails loudly.
.DEFAULT_GOAL := help
.PHONY: $(TASKS)
BASH = bash

help:
	@echo 'ddm, dynamic data masking for PostgreSQL'
	@echo
	@echo '  make demo         on a bare Debian: install what is needed, build, start a private server, show masking'
	@echo '  make demo-stop    stop that server and take it away'
	@echo '  make check        the same set-up, then every test there is'
	@echo '  make check-core   the PostgreSQL regression suite with ddm loaded, without a policy and with all masked'
	@echo '  make check-modes  our tests with generic plans, parallel workers, compiled expressions'
	@echo '  make check-assert the same, and more, on a PostgreSQL built with assertions, and under valgrind; takes an hour'
	@echo '  make check-smith  statements that sqlsmith makes up, as a masked role'
	@echo '  make check-kill   kill -9 of backends, workers, the postmaster and more, 100 rounds of each (PG_CONFIG=...)'
	@echo '  make matrix       build and test on Debian 13 (PostgreSQL 17) and Debian testing (18), in chroots'
	@echo '  make bench        what masking costs; takes some minutes'
	@echo
	@echo '  make, make install, make installcheck     as with every extension (PG_CONFIG=...)'
	@echo '  make unit         the tests of the core alone (Catch2, CMake)'
	@echo '  make fuzz         the fuzzers, FUZZ_SECONDS=20 each (libFuzzer, clang)'
	@echo '  make dist         the archive for PGXN, of what is committed'
	@echo '  make lint         the rules of the house'
	@echo '  make format       lay the C++ out as .clang-format says (clang-format 14)'
	@echo '  make tap          the TAP tests against an installed ddm (PG_CONFIG=..., TAP="test/t/x.pl ...")'

demo:
	@$(BASH) test/demo.sh start
demo-stop:
	@$(BASH) test/demo.sh stop
check:
	@$(BASH) test/check.sh
check-core:
	@$(BASH) test/check_core.sh
check-modes:
	@$(BASH) test/check_modes.sh
check-assert:
	@$(BASH) test/check_assert.sh
check-smith:
	@$(BASH) test/check_smith.sh
check-kill:
	@PG_CONFIG="$(or $(PG_CONFIG),pg_config)" DDM_KILL_ROUNDS=100 TAP="test/t/audit_kill.pl test/t/audit_retention.pl" $(BASH) test/tap.sh
matrix:
	@$(BASH) test/matrix/run.sh
bench:
	@$(BASH) test/bench/run.sh
unit:
	@$(BASH) test/unit.sh
fuzz:
	@$(BASH) test/fuzz.sh
lint:
	@$(BASH) test/lint.sh
dist:
	@$(BASH) test/dist.sh
format:
	@$(BASH) test/format.sh
tap:
	@PG_CONFIG="$(or $(PG_CONFIG),pg_config)" TAP="$(TAP)" $(BASH) test/tap.sh
