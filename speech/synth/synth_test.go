package synth

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestOnlyWhatIsInstalledSpeaks(t *testing.T) {
	with := func(programs ...string) func(string) (string, error) {
		return func(p string) (string, error) {
			if slices.Contains(programs, p) {
				return "/usr/bin/" + p, nil
			}
			return "", exec.ErrNotFound
		}
	}
	kal := func(_, voice string) bool { return voice == "kal_diphone" }
	for name, c := range map[string]struct {
		programs []string
		piper    string
		want     map[string]int // voices by family
	}{
		"nothing":               {nil, "joe.onnx", map[string]int{}},
		"flite":                 {[]string{"flite"}, "", map[string]int{"flite": 8}},
		"espeak-ng":             {[]string{"espeak-ng"}, "", map[string]int{"espeak-ng": 16}},
		"festival with a voice": {[]string{"text2wave"}, "", map[string]int{"festival": 1}},
		"piper without a voice": {[]string{"piper"}, "", map[string]int{}},
		"piper with a voice":    {[]string{"piper"}, "joe.onnx", map[string]int{"piper": 2}},
	} {
		got, names := map[string]int{}, map[string]bool{}
		for _, v := range find(c.piper, with(c.programs...), kal) {
			got[v.Family()]++
			if names[v.Name] {
				t.Errorf("%s: two voices are called %q", name, v.Name)
			}
			names[v.Name] = true
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
		for family, n := range c.want {
			if got[family] != n {
				t.Errorf("%s: got %v, want %v", name, got, c.want)
			}
		}
	}
}

func TestAStudioKeepsWhatWasSaid(t *testing.T) {
	voices := Find("")
	if i := slices.IndexFunc(voices, func(v Voice) bool { return v.Family() == "espeak-ng" }); i >= 0 {
		voices = voices[i:]
	} else {
		t.Fatal("espeak-ng is not installed; make test installs it")
	}
	s := Studio{Dir: filepath.Join(t.TempDir(), "said")}
	first, err := s.Say(t.Context(), voices[0], "three oat milk")
	if err != nil {
		t.Fatal(err)
	}
	if len(first) < 8000 {
		t.Errorf("got %d samples of three words", len(first))
	}
	broken := voices[0]
	broken.program = filepath.Join(t.TempDir(), "none")
	again, err := s.Say(t.Context(), broken, "three oat milk")
	if err != nil || !slices.Equal(first, again) {
		t.Errorf("said again: %d samples, %v, want what was kept", len(again), err)
	}
	if _, err := s.Say(t.Context(), broken, "two oat milk"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), broken.Name) {
		t.Errorf("a program that is not there: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Say(ctx, voices[0], "four oat milk"); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: got %v", err)
	}
	files, err := os.ReadDir(s.Dir)
	if err != nil || len(files) != 1 {
		t.Errorf("got %v, %v in the folder, want one recording and nothing unfinished", files, err)
	}
}

func TestFestivalsVoicesAreLookedUp(t *testing.T) {
	prefix := t.TempDir()
	if err := os.MkdirAll(filepath.Join(prefix, "share/festival/voices/us/cmu_us_slt_arctic_hts"), 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(prefix, "bin", "text2wave")
	for voice, want := range map[string]bool{"cmu_us_slt_arctic_hts": true, "kal_diphone": false, "none": false} {
		if got := festivalHas(program, voice); got != want {
			t.Errorf("%s: got %v, want %v", voice, got, want)
		}
	}
}
