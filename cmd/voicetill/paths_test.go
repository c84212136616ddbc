package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheModelFolder(t *testing.T) {
	project, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(project, "cmd", "deep")
	model := filepath.Join(project, modelPlace)
	for _, dir := range []string{below, model} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, env, cwd, want string }{
		{"is the environment's, even if it is not there", "/no/such", project, "/no/such"},
		{"is below the working folder", "", project, model},
		{"is below a folder above the working folder", "", below, model},
		{"is named beside the binary when there is none", "", "/", filepath.Join(filepath.Dir(binary), "..", modelPlace)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("VOICETILL_MODEL", tt.env)
			t.Chdir(tt.cwd)
			if got := modelDir(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
