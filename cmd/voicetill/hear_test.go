//go:build vosk

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/payments/money"
	"voicetill/speech"
)

var update = flag.Bool("update", false, "rewrite testdata")

// utter writes what one voice says to a new WAV file: "flite" or "espeak-ng", a
// blank, the voice's name. Both programs come with `make test`.
func utter(t *testing.T, voice, text string) string {
	t.Helper()
	wav := filepath.Join(t.TempDir(), strings.ReplaceAll(text, " ", "-")+".wav")
	program, name, _ := strings.Cut(voice, " ")
	args := []string{"-voice", name, "-t", text, "-o", wav}
	if program == "espeak-ng" {
		args = []string{"-v", name, "-s", "140", "-w", wav, text}
	}
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return wav
}

func samplesOf(t *testing.T, wav string) (samples []float32, rate int) {
	t.Helper()
	f, err := os.Open(wav)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if samples, rate, err = speech.ReadWAV(f); err != nil {
		t.Fatal(err)
	}
	return samples, rate
}

// writeWAV writes the samples on every channel: PCM of 16 or 24 bits, or float
// of 32.
func writeWAV(t *testing.T, name string, rate, channels, bits int, samples []float32) string {
	t.Helper()
	var data []byte
	le, format := binary.LittleEndian, 1
	for _, s := range samples {
		for range channels {
			switch bits {
			case 16:
				data = append(data, speech.PCM16([]float32{s})...)
			case 24:
				v := int32(s * (1<<23 - 1))
				data = append(data, byte(v), byte(v>>8), byte(v>>16))
			case 32:
				format = 3
				data = le.AppendUint32(data, math.Float32bits(s))
			}
		}
	}
	head := []byte("RIFF")
	head = le.AppendUint32(head, uint32(36+len(data)))
	head = append(head, "WAVEfmt \x10\x00\x00\x00"...)
	head = le.AppendUint16(head, uint16(format))
	head = le.AppendUint16(head, uint16(channels))
	head = le.AppendUint32(head, uint32(rate))
	head = le.AppendUint32(head, uint32(rate*channels*bits/8))
	head = le.AppendUint16(head, uint16(channels*bits/8))
	head = le.AppendUint16(head, uint16(bits))
	head = append(head, "data"...)
	head = le.AppendUint32(head, uint32(len(data)))
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, append(head, data...), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// heardLine is one line that hear prints.
type heardLine struct {
	WAV      string             `json:"wav"`
	Text     string             `json:"text"`
	Commands []checkout.Command `json:"commands"`
}

// hearing runs `voicetill hear` and reads its lines. Nothing else may be on
// stdout.
func hearing(t *testing.T, args ...string) []heardLine {
	t.Helper()
	stdout := redirect(t, &os.Stdout)
	err := Main(t.Context(), append([]string{"hear"}, args...))
	out := stdout()
	if err != nil {
		t.Fatal(err)
	}
	return heardLines(t, out)
}

// redirect sends what is written to a standard file elsewhere, until it is asked
// for.
func redirect(t *testing.T, file **os.File) (read func() []byte) {
	t.Helper()
	was := *file
	to, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	*file = to
	return func() []byte {
		*file = was
		to.Close()
		out, err := os.ReadFile(to.Name())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func heardLines(t *testing.T, out []byte) []heardLine {
	t.Helper()
	var lines []heardLine
	for _, line := range bytes.Split(bytes.TrimSpace(out), []byte("\n")) {
		var h heardLine
		if err := json.Unmarshal(line, &h); err != nil {
			t.Fatalf("%q is not JSON: %v", line, err)
		}
		if !bytes.Contains(line, []byte(`"commands":[`)) || !bytes.Contains(line, []byte(`"text":`)) {
			t.Errorf("%s lacks its text or commands", line)
		}
		lines = append(lines, h)
	}
	return lines
}

// spokenGolden holds what each voice says and what it means. Commands are
// compared as labels are: by do, item, quantity, unit, options and n.
const spokenGolden = "testdata/spoken.jsonl"

// saying is one line of spokenGolden.
type saying struct {
	Voice    string             `json:"voice"`
	Say      string             `json:"say"`
	Commands []checkout.Command `json:"commands"`
}

func TestHearWhatIsSaid(t *testing.T) {
	want := readSayings(t)
	var files []string
	for _, s := range want {
		files = append(files, utter(t, s.Voice, s.Say))
	}
	got := hearing(t, files...)
	if len(got) != len(want) {
		t.Fatalf("%d lines for %d files", len(got), len(want))
	}
	if *update {
		var b bytes.Buffer
		out := json.NewEncoder(&b)
		out.SetEscapeHTML(false)
		for i, h := range got {
			if err := out.Encode(saying{want[i].Voice, want[i].Say, h.Commands}); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(spokenGolden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for i, w := range want {
		if got[i].WAV != filepath.Base(files[i]) {
			t.Errorf("line %d is about %s, want %s", i+1, got[i].WAV, filepath.Base(files[i]))
		}
		if !slices.EqualFunc(got[i].Commands, w.Commands, same) {
			t.Errorf("%s says %q, heard as %q:\n got %s\nwant %s", w.Voice, w.Say, got[i].Text, show(got[i].Commands), show(w.Commands))
		}
	}
}

func readSayings(t *testing.T) []saying {
	t.Helper()
	data, err := os.ReadFile(spokenGolden)
	if err != nil {
		t.Fatal(err)
	}
	var list []saying
	for _, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
		var s saying
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, s)
	}
	return list
}

func show(commands []checkout.Command) string {
	b, err := json.Marshal(commands)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// adds reports whether the commands are one add of so much of an item.
func adds(commands []checkout.Command, item, quantity string) bool {
	q, err := catalog.ParseQty(quantity)
	return err == nil && slices.EqualFunc(commands, []checkout.Command{{Do: "add", Item: item, Quantity: &q}}, same)
}

func TestHearEveryKindOfWAV(t *testing.T) {
	const text = "item one two zero three times three"
	telephone := utter(t, "flite kal", text)
	if _, rate := samplesOf(t, telephone); rate != 8000 {
		t.Fatalf("this voice speaks at %d Hz, no more at 8,000", rate)
	}
	half, rate := samplesOf(t, utter(t, "espeak-ng en-us", text))
	if rate != 22050 {
		t.Fatalf("this voice speaks at %d Hz, no more at 22,050", rate)
	}
	full := make([]float32, 2*len(half)-1) // at 44,100 Hz
	for i := range full {
		full[i] = (half[i/2] + half[(i+1)/2]) / 2
	}
	plain, rate := samplesOf(t, utter(t, "flite slt", text))
	faint, leaning := make([]float32, len(plain)), make([]float32, len(plain))
	for i, x := range plain {
		faint[i], leaning[i] = 0.005*x, 0.5*x+0.2
	}
	names := map[string]string{
		"46 dB too quiet":           writeWAV(t, "faint.wav", rate, 1, 24, faint),
		"with an offset":            writeWAV(t, "leaning.wav", rate, 1, 16, leaning),
		"8,000 Hz":                  telephone,
		"44,100 Hz stereo, 24 bits": writeWAV(t, "stereo.wav", 44100, 2, 24, full),
		"float of 32 bits":          writeWAV(t, "float.wav", rate, 1, 32, plain),
		"16 bits, six channels":     writeWAV(t, "six.wav", rate, 6, 16, plain),
	}
	kinds := slices.Sorted(maps.Keys(names))
	var files []string
	for _, kind := range kinds {
		files = append(files, names[kind])
	}
	for i, h := range hearing(t, files...) {
		if !adds(h.Commands, "1203", "3") {
			t.Errorf("%s: heard %q, %s", kinds[i], h.Text, show(h.Commands))
		}
	}
}

func TestHearNamesWhatIsNoWAVAndGoesOn(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "notes.wav")
	if err := os.WriteFile(bad, []byte("item one two zero three"), 0o644); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none.wav")
	good := utter(t, "flite slt", "three bagels")
	run := exec.Command(buildTill(t, "vosk"), "hear", "--model", modelDir(), bad, good, none)
	var stdout, stderr bytes.Buffer
	run.Stdout, run.Stderr = &stdout, &stderr
	err := run.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("got %v, want exit status 1", err)
	}
	lines := heardLines(t, stdout.Bytes())
	if len(lines) != 1 || !adds(lines[0].Commands, "2112", "3") {
		t.Errorf("got %s", stdout.String())
	}
	for _, name := range []string{bad, none} {
		if !strings.Contains(stderr.String(), name) {
			t.Errorf("stderr does not name %s:\n%s", name, stderr.String())
		}
	}
	if strings.Contains(stderr.String(), good) {
		t.Errorf("stderr names the file that is good:\n%s", stderr.String())
	}
}

func TestHearWithoutFilesShowsItsUsage(t *testing.T) {
	stderr := redirect(t, &os.Stderr)
	err := Main(t.Context(), []string{"hear"})
	if out := stderr(); !errors.Is(err, errUsage) || !bytes.Contains(out, []byte("voicetill hear")) {
		t.Errorf("got %v, %s", err, out)
	}
}

func TestHearSaysWhatIsWrongWithACatalogue(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.csv")
	if err := os.WriteFile(file, []byte("number,name,price\n1203,oat milk,-1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := Main(t.Context(), []string{"hear", "--catalog", file, "none.wav"})
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v", err)
	}
}

func TestHearSeveralUtterancesInOneFile(t *testing.T) {
	var whole []float32
	rate := 0
	for _, text := range []string{"item one two zero three times three", "two bagels", "checkout"} {
		var said []float32
		said, rate = samplesOf(t, utter(t, "flite rms", text))
		whole = slices.Concat(whole, make([]float32, rate/2), said, make([]float32, 2*rate))
	}
	got := hearing(t, writeWAV(t, "three.wav", rate, 1, 16, whole))[0]
	three, two := catalog.Qty(3000), catalog.Qty(2000)
	want := []checkout.Command{{Do: "add", Item: "1203", Quantity: &three}, {Do: "add", Item: "2112", Quantity: &two}, {Do: "checkout"}}
	if !slices.EqualFunc(got.Commands, want, same) {
		t.Errorf("heard %q, %s", got.Text, show(got.Commands))
	}
	for _, words := range []string{"one two zero three", "two bagels", "check"} {
		if !strings.Contains(got.Text, words) {
			t.Errorf("%q lacks %q", got.Text, words)
		}
	}
}

func TestHearNothingInSilenceAndNoise(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 3))
	make5 := func(sample func(i int) float64) []float32 {
		x := make([]float32, 5*speech.SampleRate)
		for i := range x {
			x[i] = float32(sample(i))
		}
		return x
	}
	last := 0.0
	sounds := map[string][]float32{
		"no samples": {},
		"silence":    make5(func(int) float64 { return 0 }),
		"hiss":       make5(func(int) float64 { return 0.05 * rng.NormFloat64() }),
		"rumble":     make5(func(int) float64 { last = 0.98*last + 0.02*rng.NormFloat64(); return last }),
		"a tone":     make5(func(i int) float64 { return 0.3 * math.Sin(2*math.Pi*440*float64(i)/speech.SampleRate) }),
		"knocks": make5(func(i int) float64 {
			return 0.8 * math.Exp(-float64(i%8000)/200) * rng.NormFloat64()
		}),
	}
	names := slices.Sorted(maps.Keys(sounds))
	var files []string
	for _, name := range names {
		files = append(files, writeWAV(t, strings.ReplaceAll(name, " ", "-")+".wav", speech.SampleRate, 1, 16, sounds[name]))
	}
	for i, h := range hearing(t, files...) {
		if h.Commands == nil || len(h.Commands) > 0 {
			t.Errorf("%s: heard %q, %s", names[i], h.Text, show(h.Commands))
		}
	}
}

func TestHearInACatalogueOfAThousand(t *testing.T) {
	milk := catalog.Item{Number: "1203", Name: "oat milk", Price: money.Of(249, "EUR"), Unit: catalog.Each, TaxBP: 700}
	items := catalog.Grow([]catalog.Item{milk}, 1000, 3)
	file := filepath.Join(t.TempDir(), "thousand.csv")
	if err := os.WriteFile(file, asCSV(t, items), 0o644); err != nil {
		t.Fatal(err)
	}
	spell := func(number string) string {
		var words []string
		for _, d := range number {
			words = append(words, strings.Fields("zero one two three four five six seven eight nine")[d-'0'])
		}
		return strings.Join(words, " ")
	}
	byNumber, byName := items[500], items[700]
	got := hearing(t, "--catalog", file, utter(t, "flite rms", "item "+spell(byNumber.Number)+" times two"),
		utter(t, "flite rms", "three "+byName.Name))
	if !adds(got[0].Commands, byNumber.Number, "2") {
		t.Errorf("item %s: heard %q, %s", byNumber.Number, got[0].Text, show(got[0].Commands))
	}
	if !adds(got[1].Commands, byName.Number, "3") {
		t.Errorf("%s: heard %q, %s", byName.Name, got[1].Text, show(got[1].Commands))
	}
}

func asCSV(t *testing.T, items []catalog.Item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"number", "name", "price", "tax"}}
	for _, it := range items {
		rows = append(rows, []string{it.Number, it.Name, fmt.Sprintf("%d.%02d", it.Price.Minor/100, it.Price.Minor%100), fmt.Sprint(it.TaxBP / 100)})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTheCatalogueChoosesAmongAlternatives hears "change item one two zero three
// to five" (flite's slt in white noise, 12 dB). The recogniser's best guess lacks
// the first word, without which it is no sentence.
func TestTheCatalogueChoosesAmongAlternatives(t *testing.T) {
	e, err := newEars("", "")
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	h, err := e.hearFile(t.Context(), "testdata/best-guess-is-wrong.wav")
	if err != nil {
		t.Fatal(err)
	}
	five := catalog.Qty(5000)
	want := []checkout.Command{{Do: "set", Item: "1203", Quantity: &five}}
	if !slices.EqualFunc(h.Commands, want, same) {
		t.Errorf("heard %q, %s", h.Text, show(h.Commands))
	}
	if len(h.Evidence.Texts) < 2 {
		t.Fatalf("got the alternatives %q", h.Evidence.Texts)
	}
	alone := e.understander.Understand(speech.Typed(h.Evidence.Texts[0]), checkout.Situation{})
	if slices.EqualFunc(alone.Commands, want, same) {
		t.Errorf("the best guess %q is right by itself: this clip proves nothing any more", h.Evidence.Texts[0])
	}
}
