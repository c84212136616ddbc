package main

import (
	"fmt"
	"os"
	"testing"
)

// TestMain takes away what the tests have shared.
func TestMain(m *testing.M) {
	var err error
	if builds.folder, err = os.MkdirTemp("", "voicetill-builds-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	browsers.end()
	os.RemoveAll(builds.folder)
	os.Exit(code)
}
