package main

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// errNotInstalled says that the folder is missing, of another manifest, or
// damaged.
var errNotInstalled = errors.New("the recogniser is not installed")

// receiptName lists what was installed; it is the last file to be written.
const receiptName = "installed.json"

// receipt says of which manifest a folder was made, and what is in it.
type receipt struct {
	Manifest string            `json:"manifest"` // SHA-256, hex
	Files    map[string]string `json:"files"`    // path in the folder to SHA-256, hex
}

// verify returns errNotInstalled unless dir holds, byte for byte, what was
// installed from this manifest.
func verify(dir, manifestSum string) error {
	text, err := os.ReadFile(filepath.Join(dir, receiptName))
	if err != nil {
		return errNotInstalled
	}
	var r receipt
	if err := json.Unmarshal(text, &r); err != nil || r.Manifest != manifestSum {
		return errNotInstalled
	}
	found, err := sums(dir)
	if err != nil || !maps.Equal(found, r.Files) {
		return errNotInstalled
	}
	return nil
}

// sums maps each file under dir, but for the receipt, to its SHA-256.
func sums(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == receiptName {
			return err
		}
		out[filepath.ToSlash(name)], err = fileSum(path)
		return err
	})
	return out, err
}

// unpack takes an artifact's members out of its archive into dir.
func unpack(archive string, a artifact, dir string) error {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("open %s: %w", a.Package, err)
	}
	defer z.Close()
	for _, m := range a.Take {
		if err := take(&z.Reader, m, dir); err != nil {
			return fmt.Errorf("unpack %s: %w", a.Package, err)
		}
	}
	for _, s := range a.Set {
		if err := s.apply(dir); err != nil {
			return err
		}
	}
	return nil
}

func take(z *zip.Reader, m member, dir string) error {
	taken := 0
	for _, f := range z.File {
		name, ok := m.target(f.Name)
		if !ok {
			continue
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("%s would be written outside its folder", f.Name)
		}
		if err := extract(f, filepath.Join(dir, name), m.SHA256); err != nil {
			return err
		}
		taken++
	}
	if taken == 0 {
		return fmt.Errorf("%s is not in it", m.From)
	}
	return nil
}

// target says where a file of the archive goes, if this member covers it.
func (m member) target(name string) (string, bool) {
	if !strings.HasSuffix(m.From, "/") {
		return m.To, name == m.From
	}
	rest, ok := strings.CutPrefix(name, m.From)
	return m.To + rest, ok && rest != "" && !strings.HasSuffix(rest, "/")
}

func extract(f *zip.File, to, sum string) error {
	in, err := f.Open()
	if err != nil {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	defer in.Close()
	if err := write(to, in); err != nil {
		return err
	}
	if sum == "" {
		return nil
	}
	return check(f.Name, to, sum)
}

// check compares a file with the sum that the manifest gives.
func check(what, name, want string) error {
	got, err := fileSum(name)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%s is not the file that models/manifest.json names: its SHA-256 is %s, want %s", what, got, want)
	}
	return nil
}

// write makes the file and its folders, and syncs the file.
func write(name string, in io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), out.Close())
	}
	return errors.Join(out.Sync(), out.Close())
}

func (s setting) apply(dir string) error {
	name := filepath.Join(dir, s.File)
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("set %s: %w", s.Option, err)
	}
	lines := strings.Split(string(text), "\n")
	found := false
	for i, line := range lines {
		if strings.HasPrefix(line, s.Option+"=") {
			lines[i], found = s.Option+"="+s.Value, true
		}
	}
	if !found {
		return fmt.Errorf("set %s: %s has no such option", s.Option, s.File)
	}
	if err := os.Rename(name, name+".orig"); err != nil {
		return err
	}
	return write(name, strings.NewReader(strings.Join(lines, "\n")))
}

// seal writes the receipt and syncs the folders, so that a folder with a
// receipt is whole even after a power cut.
func seal(dir, manifestSum string) error {
	files, err := sums(dir)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(receipt{Manifest: manifestSum, Files: files}, "", "  ")
	if err != nil {
		return err
	}
	if err := write(filepath.Join(dir, receiptName), strings.NewReader(string(text)+"\n")); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
}

func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// replace puts a sealed folder in the place of an older one.
func replace(fresh, place string) error {
	old := place + staleSuffix
	if err := os.Rename(place, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, place); err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Dir(place)), os.RemoveAll(old))
}
