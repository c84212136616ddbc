# voicetill: `make run` starts the demo shop, `make test` proves it.
# Both do all their own set-up on Debian and Ubuntu; `make help` lists the rest.

PORT ?= 8080
DATA ?= data

VOSK := models/vosk
export CGO_ENABLED  := 1
export CGO_CPPFLAGS := "-I$(CURDIR)/$(VOSK)/include"
export CGO_LDFLAGS  := "-ljemalloc" "-L$(CURDIR)/$(VOSK)/lib" "-Wl,-rpath,$$ORIGIN/../$(VOSK)/lib" "-Wl,-rpath,$(CURDIR)/$(VOSK)/lib"

.PHONY: help run build models test lint lighthouse licences env clean
.DEFAULT_GOAL := help

help:
	@echo 'make run [PORT=8080] [DATA=data]  set up, build, start the till with the demo shop'
	@echo 'make test                         set up, then every check and every test'
	@echo 'make build                        bin/voicetill, which works from any folder'
	@echo 'make models                       fetch the recogniser library and the acoustic model'
	@echo 'make lint                         formatting, vet, licences, pages; no tests'
	@echo 'make lighthouse                   what Lighthouse thinks of the pages; fails below 95'
	@echo 'make licences                     write THIRD_PARTY.md anew after a change of dependencies'
	@echo 'eval "$$(make -s env)"             this shell then runs: go test -tags vosk ./...'
	@echo 'make clean                        remove what was built and fetched; never the data'

run: build
	@mkdir -p '$(DATA)'
	@exec bin/voicetill serve --listen 'localhost:$(PORT)' --db 'sqlite:$(DATA)/voicetill.db'

build: models
	go build -tags vosk -o bin/voicetill ./cmd/voicetill

models:
	@.ci/need build
	@go run ./models/fetch

env:
	@echo "export CGO_ENABLED=1"
	@echo "export CGO_CPPFLAGS='$$CGO_CPPFLAGS'"
	@echo "export CGO_LDFLAGS='$$CGO_LDFLAGS'"

lint: models
	@.ci/need test
	@.ci/lint

lighthouse: build
	@.ci/need test
	@.ci/lighthouse

licences:
	go run .ci/licences.go -write

test: lint
	@.ci/counterparties
	@.ci/test

clean:
	rm -rf bin $(VOSK) web/node_modules
