package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// manifest is models/manifest.json: what to fetch, and how to know it is that.
type manifest struct {
	Artifacts []artifact `json:"artifacts"`

	sum string // SHA-256 of the manifest's text and the C header, hex
}

// artifact is one download.
type artifact struct {
	Name    string    `json:"name"`           // for people
	Arch    string    `json:"arch,omitempty"` // GOARCH; empty: any
	Client  string    `json:"client"`         // mvn or pip
	Package string    `json:"package"`        // in the client's own notation
	Bytes   int64     `json:"bytes"`
	SHA256  string    `json:"sha256"` // of the download, hex
	Take    []member  `json:"take"`
	Set     []setting `json:"set,omitempty"`
}

// member is a file of the download, or a folder if From ends in a slash.
type member struct {
	From   string `json:"from"`
	To     string `json:"to"`
	SHA256 string `json:"sha256,omitempty"` // of the file, hex
}

// setting replaces one option of an unpacked configuration file. The shipped
// file stays beside it, with .orig at the end of its name.
type setting struct {
	File   string `json:"file"`
	Option string `json:"option"`
	Value  string `json:"value"`
}

func readManifest(name, header string) (manifest, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return manifest{}, fmt.Errorf("read manifest: %w", err)
	}
	declared, err := os.ReadFile(header)
	if err != nil {
		return manifest{}, fmt.Errorf("read the C header: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return manifest{}, fmt.Errorf("read manifest %s: %w", name, err)
	}
	sum := sha256.Sum256(append(text, declared...))
	m.sum = hex.EncodeToString(sum[:])
	return m, nil
}

// wanted returns the downloads for one processor, or an error if there is no
// recogniser library for it.
func (m manifest) wanted(arch string) ([]artifact, error) {
	var out []artifact
	native := false
	for _, a := range m.Artifacts {
		if a.Arch == "" || a.Arch == arch {
			out = append(out, a)
		}
		native = native || a.Arch == arch
	}
	if !native {
		return nil, fmt.Errorf("there is no recogniser library for %s; a plain `go build ./...` gives a till for typed orders", arch)
	}
	return out, nil
}

// fileSum is the SHA-256 of a file, hex.
func fileSum(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
