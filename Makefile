# What a person types is what CI runs. `make help` lists the targets.

SWIFT ?= swift
# The standard library is linked statically: the program runs where Swift is not installed.
RELEASE := $(SWIFT) build -c release --product redwing --static-swift-stdlib
PACKAGES := libmicrohttpd-dev libsimdjson-dev librocksdb-dev libhiredis-dev libgnutls28-dev
LINT_PACKAGES := python3 git
TEST_PACKAGES := redis-server redis-tools python3-venv curl gcc libc6-dev fiu-utils util-linux chromium-headless-shell \
	nginx-light
BENCH_PACKAGES := redis-server redis-tools webdis wrk gcc libc6-dev util-linux python3

# What does not ask for a directory of its own, or speak of no data at all: it is run on the disk engine, too.
ENGINE_TESTS := $(filter-out $(addprefix Tests/integration/test_, persistence.py redis_interop.py command_line.py \
	quick_start.py disk_engine.py slow_clients.py stopping.py events_browser.py storm.py access.py), \
	$(wildcard Tests/integration/test_*.py))

# Run through a Redis Cluster too, but for what Tests/integration/cluster_list.py names.
CLUSTER_TESTS := $(filter-out $(addprefix Tests/integration/test_, cluster_engine.py contract.py schemathesis.py \
	large_answers.py waiting_pops.py waiting_random.py), $(ENGINE_TESTS))

.PHONY: help run build test torture lint docs format bench fuzz cluster install-packages clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: build ## build and serve on 127.0.0.1:8080 (ARGS adds options)
	.build/release/redwing serve $(ARGS)

build: ## build the release program: .build/release/redwing
	@./scripts/packages $(PACKAGES)
	$(RELEASE)

test: ## run every test
	@./scripts/packages $(PACKAGES) $(TEST_PACKAGES)
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	./Tests/integration/run
	REDWING_TEST_ENGINE=disk ./Tests/integration/run $(ENGINE_TESTS)
	REDWING_TEST_ENGINE=cluster ./Tests/integration/run $(CLUSTER_TESTS)
	./Tests/CrashTests/run

torture: ## run the crash tests at length: SEEDS seeds each (default 20), every byte, every step (ARGS go to pytest)
	@./scripts/packages $(PACKAGES) $(TEST_PACKAGES)
	$(SWIFT) build --product redwing
	./Tests/CrashTests/run --every --seeds $(or $(SEEDS),20) $(ARGS)

lint: ## check formatting, imports, linkage and the documents
	@./scripts/packages $(PACKAGES) $(LINT_PACKAGES)
	./scripts/lint

docs: ## write docs/commands.md anew, from the command table
	@./scripts/packages $(PACKAGES)
	REDWING_WRITE_DOCS=1 $(SWIFT) test --filter CommandsDocumentTests

format: ## format the Swift sources
	$(SWIFT) format format --in-place --recursive --configuration .swift-format Package.swift Sources Tests Fuzz

bench: build ## measure Redwing beside bare libmicrohttpd, webdis and redis (ARGS: --quick, --only get …)
	@./scripts/packages $(BENCH_PACKAGES)
	./Benchmarks/run.py $(ARGS)

fuzz: ## run the fuzz targets (SECONDS each, default 60)
	./Fuzz/run.sh $(or $(SECONDS),60)

install-packages: ## install all system packages that the targets need
	@./scripts/packages $(PACKAGES) $(LINT_PACKAGES) $(TEST_PACKAGES) $(BENCH_PACKAGES)

cluster: ## run a Redis Cluster of six nodes and two Redwings behind nginx, on loopback ports (DIR, PORT: the nodes'; FRONT: nginx's; ARGS: Redwing's)
	@./scripts/packages $(PACKAGES) redis-server redis-tools nginx-light curl
	$(RELEASE)
	./scripts/cluster $(or $(DIR),/tmp/redwing-cluster) $(or $(PORT),7400) \
		./scripts/fronts $(or $(DIR),/tmp/redwing-cluster) $(or $(FRONT),8080) .build/release/redwing \
		--engine cluster --cluster-nodes 127.0.0.1:$(or $(PORT),7400) $(ARGS)

clean: ## remove what was built
	rm -rf .build Benchmarks/out
