# Everything a developer types. A bare Debian 12 with Go and make is enough:
# what is missing is installed when root runs it, and named when not.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-short lint check bench migration journey psql fmt build services browser compiler

ARGS ?=
PKG ?= ./...
ROLE ?= exchange
# Browser and database tests share two cores with the race detector.
TEST := bin/shanqiao with-services -- go test -race -timeout 12m -p 2

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: services build ## private Postgres and Redis, migrations, the demo city, portal and workers (ARGS=...)
	@exec bin/shanqiao up --demo $(ARGS)

test: services browser compiler build ## everything, with the race detector, on throw-away services (PKG=./needs/...)
	@$(TEST) $(ARGS) $(PKG)

test-short: ## the packages that need no service
	@go test -short $$(go list -f '{{$$p := .ImportPath}}{{$$slow := false}}{{range .TestImports}}{{if eq . "shanqiao/internal/pgtest" "shanqiao/internal/redistest"}}{{$$slow = true}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "shanqiao/internal/pgtest" "shanqiao/internal/redistest"}}{{$$slow = true}}{{end}}{{end}}{{if not $$slow}}{{$$p}}{{end}}' ./needs/... ./charities/... ./matcher/... ./portal/...)

lint: ## gofmt and vet
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi
	@go vet ./...

check: lint test ## what CI runs, in the same order

bench: services build ## benchmarks, written to docs/benchmarks.md with the machine they ran on (BENCHTIME=3s SIZES="10000 200000" PEER=...)
	@bin/shanqiao with-services -- docs/bench.sh

migration: ## next number, empty file (name=what_it_does)
	@[[ "$(name)" =~ ^[a-z0-9_]+$$ ]] || { echo "make migration name=what_it_does"; exit 2; }
	@last=$$(ls migrations/*.sql | sed -E 's#.*/0*([0-9]+)_.*#\1#' | sort -n | tail -1); \
	file=$$(printf 'migrations/%05d_%s.sql' $$((last + 1)) "$(name)"); \
	printf -- '-- +goose Up\n' > $$file; echo $$file

journey: services browser compiler build ## browser tests only
	@$(TEST) -run Journey -v ./cmd/shanqiao/journey

psql: build ## a shell on the running database as one login (ROLE=records ARGS='--region 110105')
	@exec bin/shanqiao psql --role $(ROLE) $(ARGS)

fmt: ## gofmt everything
	@gofmt -w .

build:
	@go build -o bin/shanqiao ./cmd/shanqiao

services:
	@.ci/install postgres redis

browser:
	@.ci/install chromium cjk-font

# The race detector is linked with C.
compiler:
	@.ci/install gcc
