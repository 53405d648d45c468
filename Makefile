# Coppice: `make test` runs everything that a machine with Go, git and Chromium can test; `make bench` measures.
GO ?= go
FUZZTIME ?= 5s
# The packages that have fuzz targets, and the targets, are found, not listed.
.PHONY: build test unit lint fuzz bench bench-build generate clean

build:
	$(GO) build -o bin/coppice ./cmd/coppice

test: lint unit fuzz bench-build

unit:
	$(GO) test -race ./...

lint:
	test -z "$$(gofmt -l $$(git ls-files '*.go'))"
	$(GO) vet ./...
	golangci-lint run ./...

# Each fuzz target for a short while: enough to find what a change has just broken.
fuzz:
	@set -e; for pkg in $$($(GO) list ./...); do \
	  dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go 2>/dev/null | sed 's/func //'); do \
	    echo "fuzz $$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; done

bench-build:
	$(GO) build -o bin/bench ./cmd/bench
	$(GO) test -run '^$$' -bench . -benchtime 1x ./... > /dev/null

# Prints every figure beside its yardstick, both measured in the same run.
bench:
	$(GO) run ./cmd/bench

clean:
	rm -rf bin
