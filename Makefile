# broadsheet: `make help` lists the targets. Everything built lies below build/.

# As many jobs as there are processors, unless this make was told or is another's.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

PREFIX     ?= /usr/local
SYSCONFDIR ?= /etc
VERSION    := 0.1

# The variant: plain, or SAN=1 (address and undefined-behaviour sanitizers), COVER=1, FUZZ=1 (clang).
CC       = gcc
OPTIMISE = -O2 -D_FORTIFY_SOURCE=2
ifdef SAN
VARIANT  := san
OPTIMISE  = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
else ifdef COVER
VARIANT  := cover
OPTIMISE  = -O0 --coverage
else ifdef FUZZ
VARIANT  := fuzz
CC        = clang
OPTIMISE  = -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
else ifdef MUTATE_BUILD
VARIANT  := mutate
OPTIMISE  = -O0
else
VARIANT  := release
endif
OUT := build/$(VARIANT)
BIN := $(if $(filter release,$(VARIANT)),build/broadsheet,$(OUT)/broadsheet)
IMPORT_BIN := $(BIN)-import

LIBRARIES := openssl libuv sqlite3 libgit2 libmagic inih libcmark libseccomp
# broadsheet-import is a program of its own, so that no server links its parsers.
IMPORT_LIBRARIES := libxml-2.0
WARNINGS  := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wswitch-enum \
	-Wmissing-prototypes -Wstrict-prototypes -Wvla -Wformat=2 -Wpointer-arith -Wwrite-strings
CFLAGS    ?= -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DBROADSHEET_VERSION='"$(VERSION)"' -Isrc $(WARNINGS) \
	-fPIE -fstack-protector-strong $(OPTIMISE) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(OPTIMISE) $(LDFLAGS)

IMPORT_SOURCES := $(wildcard src/formats/*.c src/import/*.c)
IMPORT_OBJECTS := $(filter-out %/main.o,$(IMPORT_SOURCES:src/%.c=$(OUT)/%.o))
SOURCES := $(filter-out $(IMPORT_SOURCES),$(wildcard src/*/*.c))
OBJECTS := $(SOURCES:src/%.c=$(OUT)/%.o)
TESTS   := $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(wildcard tests/unit/test_*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,build/fuzz/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

all: $(BIN) $(IMPORT_BIN) ## build build/broadsheet and build/broadsheet-import
.PHONY: all run test unit e2e cover fuzz fuzzers mutate mutants bench lint format hooks install clean help packages-%
.DELETE_ON_ERROR:
.SECONDARY:

# The compiler flags come from pkg-config, which a fresh machine gets on the first build.
ifeq ($(filter help clean,$(MAKECMDGOALS)),)
include build/packages.mk
endif
build/packages.mk: src/packages.sh Makefile
	@src/packages.sh build
	@mkdir -p build
	@printf 'PKG_CFLAGS := %s\nPKG_LIBS := %s\nIMPORT_CFLAGS := %s\nIMPORT_LIBS := %s\n' \
	    "$$(pkg-config --cflags $(LIBRARIES))" "$$(pkg-config --libs $(LIBRARIES))" \
	    "$$(pkg-config --cflags $(IMPORT_LIBRARIES))" \
	    "$$(pkg-config --libs $(IMPORT_LIBRARIES))" >$@
packages-%:
	@src/packages.sh $*

$(OUT)/formats/%.o $(OUT)/import/%.o $(OUT)/unit/test_import_%: PKG_CFLAGS += $(IMPORT_CFLAGS)
$(OUT)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(OUT)/libbroadsheet.a: $(OBJECTS)
	@rm -f $@
	ar rcs $@ $^
$(BIN): $(OUT)/main.o $(OUT)/libbroadsheet.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(OUT)/libimport.a: $(IMPORT_OBJECTS)
	@rm -f $@
	ar rcs $@ $^
$(IMPORT_BIN): $(OUT)/import/main.o $(OUT)/libimport.a $(OUT)/libbroadsheet.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(IMPORT_LIBS)

run: all ## serve the sample publication at gemini://localhost/
	@$(BIN) cert new localhost --if-missing
	$(BIN) serve

$(OUT)/unit/%: tests/unit/%.c $(OUT)/libbroadsheet.a | packages-test
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/unit $(ALL_LDFLAGS) -o $@ $< $(OUT)/libbroadsheet.a $(PKG_LIBS) \
	    -lcmocka -luriparser
$(OUT)/unit/test_import_%: tests/unit/test_import_%.c $(OUT)/libimport.a $(OUT)/libbroadsheet.a \
    | packages-test
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/unit $(ALL_LDFLAGS) -o $@ $< $(OUT)/libimport.a \
	    $(OUT)/libbroadsheet.a $(PKG_LIBS) $(IMPORT_LIBS) -lcmocka

test: $(TESTS) $(BIN) $(IMPORT_BIN) ## run every test (SAN=1: under the sanitizers)
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory e2e
unit: $(TESTS)
	@tests/unit/run.sh $(TESTS)
e2e: $(BIN) $(IMPORT_BIN) packages-test
	BROADSHEET=$(abspath $(BIN)) tests/e2e/run.sh

cover: packages-cover ## test coverage, as build/cover/html/index.html
	$(MAKE) COVER=1 test
	lcov -q -c -d build/cover -o build/cover/lcov.info --include '*/src/*'
	genhtml -q build/cover/lcov.info -o build/cover/html
	lcov --summary build/cover/lcov.info

build/fuzz/fuzz/%: tests/fuzz/%.c build/fuzz/libbroadsheet.a
	@mkdir -p $(@D)
	clang $(ALL_CFLAGS) -fsanitize=fuzzer,address,undefined -pie -o $@ $< \
	    build/fuzz/libbroadsheet.a $(PKG_LIBS)
FUZZ_SECONDS ?= 30
build/fuzz/fuzz/fuzz_import_%: tests/fuzz/fuzz_import_%.c build/fuzz/libimport.a \
    build/fuzz/libbroadsheet.a
	@mkdir -p $(@D)
	clang $(ALL_CFLAGS) -fsanitize=fuzzer,address,undefined -pie -o $@ $(filter-out %.h,$^) \
	    $(PKG_LIBS) $(IMPORT_LIBS)
fuzz: packages-fuzz ## fuzz every parser, FUZZ_SECONDS (30) each
	@$(MAKE) --no-print-directory FUZZ=1 fuzzers
	tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZERS)
fuzzers: $(FUZZERS)

mutate: packages-test ## change the sources in small ways, and name what no test notices
	/usr/bin/python3 tests/mutate/mutate.py $(MUTATE)
mutants: $(TESTS) $(TESTS:=.o) $(OUT)/libimport.a
$(OUT)/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/unit -c -o $@ $<

bench: $(BIN) packages-bench ## measure, see tests/bench/README.md
	tests/bench/run

lint: packages-lint ## warnings of gcc, clang, clang-tidy, cppcheck, mandoc and shellcheck are errors
	tests/lint.sh $(SOURCES) $(IMPORT_SOURCES) src/main.c
format: ## lay out the sources as .clang-format says
	clang-format -i $(SOURCES) $(IMPORT_SOURCES) src/main.c $(shell find src tests -name '*.h') $(shell find tests -name '*.c')

hooks: ## have git build and unit-test what is committed, before it is
	git config core.hooksPath tests/hooks

install: $(BIN) $(IMPORT_BIN) ## install below PREFIX (/usr/local), honours DESTDIR
	install -Dm755 $(BIN) $(DESTDIR)$(PREFIX)/bin/broadsheet
	install -Dm755 $(IMPORT_BIN) $(DESTDIR)$(PREFIX)/bin/broadsheet-import
	install -Dm644 src/man/broadsheet.1 $(DESTDIR)$(PREFIX)/share/man/man1/broadsheet.1
	install -Dm644 src/man/broadsheet.ini.5 $(DESTDIR)$(PREFIX)/share/man/man5/broadsheet.ini.5
	install -Dm644 src/man/broadsheet-article.5 $(DESTDIR)$(PREFIX)/share/man/man5/broadsheet-article.5
	install -Dm644 src/man/broadsheet-desk.7 $(DESTDIR)$(PREFIX)/share/man/man7/broadsheet-desk.7
	install -Dm644 conf/broadsheet.service $(DESTDIR)$(SYSCONFDIR)/systemd/system/broadsheet.service
	install -Dm644 conf/broadsheet.socket $(DESTDIR)$(SYSCONFDIR)/systemd/system/broadsheet.socket

clean: ## remove build/
	rm -rf build
help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

-include $(wildcard $(OUT)/*.d $(OUT)/*/*.d)
