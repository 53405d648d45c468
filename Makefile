# Coppice: `make test` runs everything that a machine with Go, git and Chromium can test; `make bench` measures.
GO ?= go
FUZZTIME ?= 3s
# Built by go itself the first time, so that a fresh machine needs nothing installed for it. Its cache is the checkout's
# own: findings that are kept for another checkout name the files there, and the exceptions by path would not hold.
GOLANGCI ?= GOLANGCI_LINT_CACHE=$(CURDIR)/bin/lint-cache $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.12.2

.PHONY: build test unit lint fuzz bench bench-build generate clean

build:
	$(GO) build -o bin/coppice ./cmd/coppice

test: lint unit fuzz bench-build

# A package may take long on a slow and busy machine: a limit is for what hangs.
unit:
	$(GO) test -race -timeout 40m ./...

lint:
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	$(GO) vet ./...
	$(GOLANGCI) run ./...

# Each fuzz target for a short while: enough to find what a change has just broken. Targets are found, not listed. One that ends
# in nothing but its own deadline has met a race of Go 1.26 (go.dev/issue/75804) and is fuzzed once more; a finding is written to a file.
fuzz:
	@set -e; log=$$(mktemp); trap 'rm -f $$log' EXIT; for pkg in $$($(GO) list ./...); do \
	  dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go 2>/dev/null | sed 's/func //'); do \
	    echo "fuzz $$pkg $$target"; \
	    fuzz="$(GO) test -run ^$$ -fuzz ^$$target$$ -fuzztime $(FUZZTIME) -fuzzminimizetime 5x $$pkg"; \
	    if $$fuzz > $$log 2>&1; then cat $$log; continue; fi; \
	    cat $$log; grep -q '^ *context deadline exceeded$$' $$log && ! grep -q 'Failing input' $$log && $$fuzz || exit 1; \
	  done; done

bench-build:
	$(GO) build -o bin/bench ./cmd/bench
	$(GO) test -run '^$$' -bench . -benchtime 1x ./... > /dev/null

# Prints every figure beside its yardstick, both measured in the same run.
bench:
	$(GO) run ./cmd/bench

clean:
	rm -rf bin
