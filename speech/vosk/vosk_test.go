//go:build vosk

package vosk

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"voicetill/speech"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// modelDir is where `make models` puts the model, or where VOICETILL_MODEL says.
func modelDir() string {
	if dir := os.Getenv("VOICETILL_MODEL"); dir != "" {
		return dir
	}
	return "../../models/vosk/model-en"
}

var shared = sync.OnceValues(func() (speech.Engine, error) { return Open(modelDir()) })

// model is the real model, loaded once for all tests.
func model(t *testing.T) speech.Engine {
	t.Helper()
	e, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// say has espeak-ng say a text: s16le at speech.SampleRate, with half a second
// of silence on either side.
func say(t *testing.T, text string) []byte {
	t.Helper()
	wav := filepath.Join(t.TempDir(), "said.wav")
	if out, err := exec.Command("espeak-ng", "-v", "en-us", "-s", "140", "-w", wav, text).CombinedOutput(); err != nil {
		t.Fatalf("espeak-ng, which `make test` installs: %v\n%s", err, out)
	}
	f, err := os.Open(wav)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	samples, rate, err := speech.ReadWAV(f)
	if err == nil {
		samples, err = speech.Resample(samples, rate)
	}
	if err != nil {
		t.Fatal(err)
	}
	quiet := make([]float32, speech.SampleRate/2)
	return speech.PCM16(slices.Concat(quiet, samples, quiet))
}

func open(t *testing.T, e speech.Engine, phrases ...string) speech.Recognizer {
	t.Helper()
	r, err := e.Open(phrases)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// frameBytes is 100 ms.
const frameBytes = 2 * speech.SampleRate / 10

// hear gives the recogniser one utterance and returns its final hypothesis.
func hear(t *testing.T, r speech.Recognizer, pcm []byte) speech.Hypothesis {
	t.Helper()
	h, err := heard(r, pcm)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func heard(r speech.Recognizer, pcm []byte) (speech.Hypothesis, error) {
	var pieces []speech.Hypothesis
	for part := range slices.Chunk(pcm, frameBytes) {
		h, err := r.Accept(part)
		if err != nil {
			return h, err
		}
		if h.Final {
			pieces = append(pieces, h)
		}
	}
	h, err := r.Flush()
	return speech.Join(append(pieces, h)...), err
}

// till are phrases that differ in what is easily misheard.
var till = []string{"item one two zero three times three", "item one two zero three times two", "item one two three zero times three",
	"item one two zero three nine three", "three oat milk", "three goat milk", "two oat milk", "two goat milk", "check out"}

// folder is a copy of the model, by links, with one file changed.
func folder(t *testing.T, change, file string) string {
	t.Helper()
	from, err := filepath.Abs(modelDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "model")
	err = filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(dir, name), 0o755)
		}
		if filepath.ToSlash(name) != file {
			return os.Symlink(path, filepath.Join(dir, name))
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch change {
		case "missing":
			return nil
		case "empty":
			data = nil
		case "cut in half":
			data = data[:len(data)/2]
		case "a byte short":
			data = data[:len(data)-1]
		case "something else":
			data = []byte(strings.Repeat("not this\n", 1+len(data)/9))
		}
		return os.WriteFile(filepath.Join(dir, name), data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAFolderThatIsNoModelIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("model"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"nothing there": filepath.Join(t.TempDir(), "none"), "a file": file,
		"an empty folder": t.TempDir(), "no name": ""} {
		e, err := Open(dir)
		if !errors.Is(err, ErrModel) {
			t.Errorf("%s: got %v, %v", name, e, err)
		}
		if err != nil && !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v does not name the folder", name, err)
		}
	}
}

func TestAModelWithABrokenFileIsRefused(t *testing.T) {
	for _, file := range []string{"am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst",
		"ivector/final.dubm", "ivector/final.mat", "ivector/global_cmvn.stats", "ivector/online_cmvn.conf", "ivector/splice.conf"} {
		for _, change := range []string{"missing", "empty"} {
			e, err := Open(folder(t, change, file))
			if !errors.Is(err, ErrModel) {
				t.Errorf("%s is %s: got %v, %v", file, change, e, err)
				continue
			}
			if !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "make models") {
				t.Errorf("%s is %s: %v does not say so, or what to do", file, change, err)
			}
		}
	}
	for _, file := range []string{"am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "ivector/final.ie", "ivector/final.dubm"} {
		for _, change := range []string{"cut in half", "a byte short", "something else"} {
			if e, err := Open(folder(t, change, file)); !errors.Is(err, ErrModel) {
				t.Errorf("%s is %s: got %v, %v", file, change, e, err)
			}
		}
	}
}

func TestTheCopyOfTheModelIsAModel(t *testing.T) { // or the tests above prove nothing
	e, err := Open(folder(t, "whole", "am/final.mdl"))
	if err != nil {
		t.Fatal(err)
	}
	if !e.Knows("milk") {
		t.Error("milk is unknown")
	}
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Error(err)
	}
}

func TestKnows(t *testing.T) {
	e := model(t)
	for _, w := range []string{"milk", "checkout", "kombucha", "nutella", "quinoa", "lavazza", "item"} {
		if !e.Knows(w) {
			t.Errorf("%q is known", w)
		}
	}
	for _, w := range []string{"", "chobani", "haribo", "oatly", "1203", "[unk]", "<eps>", "#0", "Milk", "oat milk"} {
		if e.Knows(w) {
			t.Errorf("%q is not known", w)
		}
	}
}

func TestUnknownWordsAreRefusedByName(t *testing.T) {
	r, err := model(t).Open([]string{"three oat milk", "chobani yogurt", "haribo", "two chobani", "[unk]"})
	var unknown *speech.UnknownWordsError
	if !errors.As(err, &unknown) || !slices.Equal(unknown.Words, []string{"chobani", "haribo"}) {
		t.Errorf("got %v, %v", r, err)
	}
	_, err = model(t).Speak(speech.NGrams([]string{"three oat milk", "oatly"}))
	if !errors.As(err, &unknown) || !slices.Equal(unknown.Words, []string{"oatly"}) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsSaidIsHeardWithAlternatives(t *testing.T) {
	r := open(t, model(t), till...)
	h := hear(t, r, say(t, "item one two zero three times three"))
	if h.Text() != "item one two zero three times three" {
		t.Errorf("got %q", h.Text())
	}
	// One alternative only: the model runs with the narrow lattice it ships with.
	if n := len(h.Alternatives); n < 2 || n > Alternatives {
		t.Errorf("got %d alternatives", n)
	}
	for i, a := range h.Alternatives {
		if i > 0 && a.Score > h.Alternatives[i-1].Score {
			t.Errorf("alternative %d is better than the one before", i)
		}
		end := 0.0
		for _, w := range a.Words {
			if w.Start < end-0.001 || w.End <= w.Start || w.Text == "" {
				t.Errorf("alternative %d, %q: times %v", i, a.Text(), a.Words)
				break
			}
			end = w.End
		}
	}
}

func TestPartialsComeWhileSomeoneSpeaks(t *testing.T) {
	r := open(t, model(t), till...)
	var last string
	for part := range slices.Chunk(say(t, "item one two zero three times three"), frameBytes) {
		h, err := r.Accept(part)
		if err != nil {
			t.Fatal(err)
		}
		if h.Final {
			break
		}
		if len(h.Alternatives) > 1 {
			t.Fatalf("a partial of %d alternatives", len(h.Alternatives))
		}
		if h.Text() != "" {
			last = h.Text()
		}
	}
	if !strings.HasPrefix(last, "item one two") {
		t.Errorf("the last partial was %q", last)
	}
}

// near compares the best alternatives. The features are dithered, so that the
// same audio has slightly other scores and times whenever it is heard.
func near(a, b speech.Hypothesis) bool {
	if len(a.Alternatives) == 0 || len(b.Alternatives) == 0 {
		return len(a.Alternatives) == len(b.Alternatives)
	}
	x, y := a.Alternatives[0], b.Alternatives[0]
	within := func(v, w, most float64) bool { return math.Abs(v-w) <= most }
	return within(x.Score, y.Score, 4) && slices.EqualFunc(x.Words, y.Words, func(v, w speech.Word) bool {
		return v.Text == w.Text && within(v.Start, w.Start, 0.1) && within(v.End, w.End, 0.1)
	})
}

func texts(h speech.Hypothesis) string {
	var list []string
	for _, a := range h.Alternatives {
		list = append(list, a.Text())
	}
	return strings.Join(list, " / ")
}

func TestAfterAResetARecogniserIsAsNew(t *testing.T) {
	e := model(t)
	second := say(t, "two goat milk")
	want := hear(t, open(t, e, till...), second)
	if want.Text() != "two goat milk" {
		t.Fatalf("a new one hears %q", want.Text())
	}
	for name, before := range map[string]func(speech.Recognizer){
		"a finished utterance": func(r speech.Recognizer) { hear(t, r, say(t, "item one two three zero times three")) },
		"half an utterance": func(r speech.Recognizer) {
			pcm := say(t, "item one two three zero times three")
			if _, err := r.Accept(pcm[:len(pcm)/4*2]); err != nil {
				t.Fatal(err)
			}
		},
		"nothing":  func(r speech.Recognizer) {},
		"silence":  func(r speech.Recognizer) { hear(t, r, make([]byte, 10*frameBytes)) },
		"two uses": func(r speech.Recognizer) { hear(t, r, second); r.Reset(); hear(t, r, second) },
	} {
		r := open(t, e, till...)
		before(r)
		r.Reset()
		got := hear(t, r, second)
		if !near(got, want) {
			t.Errorf("after %s:\n got %s %+v\nwant %s %+v", name, texts(got), got.Alternatives[:min(1, len(got.Alternatives))], texts(want), want.Alternatives[0])
		}
		if len(got.Alternatives) > 0 && (got.Alternatives[0].Words[0].Start < 0.2 || got.Alternatives[0].Words[0].Start > 1) {
			t.Errorf("after %s the first word begins at %.2f s of its stream", name, got.Alternatives[0].Words[0].Start)
		}
	}
}

func TestTwoShopsShareNothing(t *testing.T) {
	e := model(t)
	dairy, coffee := []string{"three oat milk", "two goat milk", "check out"}, []string{"a large latte", "two espresso", "pay now"}
	vocabulary := func(phrases []string) map[string]bool {
		words := map[string]bool{}
		for _, p := range phrases {
			for _, w := range strings.Fields(p) {
				words[w] = true
			}
		}
		return words
	}
	a, b := open(t, e, dairy...), open(t, e, coffee...)
	ended := map[speech.Recognizer][]speech.Hypothesis{}
	// Each hears both shops' orders, frame by frame in turn.
	pcm := slices.Concat(say(t, "three oat milk"), say(t, "a large latte"))
	for part := range slices.Chunk(pcm, frameBytes) {
		for _, r := range []speech.Recognizer{a, b} {
			h, err := r.Accept(part)
			if err != nil {
				t.Fatal(err)
			}
			if h.Final {
				ended[r] = append(ended[r], h)
			}
		}
	}
	for _, shop := range []struct {
		r       speech.Recognizer
		phrases []string
		want    string
	}{{a, dairy, "three oat milk"}, {b, coffee, "a large latte"}} {
		h, err := shop.r.Flush()
		if err != nil {
			t.Fatal(err)
		}
		h = speech.Join(append(ended[shop.r], h)...)
		known := vocabulary(shop.phrases)
		for _, alt := range h.Alternatives {
			for _, w := range alt.Words {
				if !known[w.Text] {
					t.Errorf("%q is a word of the other shop", w.Text)
				}
			}
		}
		if !strings.Contains(h.Text(), shop.want) {
			t.Errorf("got %q, want %q in it", h.Text(), shop.want)
		}
	}
}

func TestManyTalkAtOnce(t *testing.T) {
	e := model(t)
	clips := map[string][]byte{}
	for _, text := range []string{"three oat milk", "two goat milk", "item one two zero three times two"} {
		clips[text] = say(t, text)
	}
	var wg sync.WaitGroup
	for text, pcm := range clips {
		for range 2 {
			wg.Go(func() {
				r, err := e.Open(till)
				if err != nil {
					t.Error(err)
					return
				}
				defer r.Close()
				for range 2 {
					if h, err := heard(r, pcm); err != nil || h.Text() != text {
						t.Errorf("got %q, %v; want %q", h.Text(), err, text)
					}
					if !e.Knows("milk") {
						t.Error("milk is unknown")
					}
					r.Reset()
				}
			})
		}
	}
	wg.Wait()
}

func TestALanguageOfItsOwnIsHeard(t *testing.T) {
	e, err := model(t).Speak(speech.NGrams(till))
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	pcm := say(t, "item one two zero three times two")
	h := hear(t, r, pcm)
	if h.Text() != "item one two zero three times two" {
		t.Errorf("got %s", texts(h))
	}
	r.Reset()
	if again := hear(t, r, pcm); !near(h, again) {
		t.Errorf("after a reset: got %s, want %s", texts(again), texts(h))
	}
	if !e.Knows("goat") || e.Knows("chobani") {
		t.Error("what the model has a pronunciation of is the same in every language")
	}
	// The first engine is as it was.
	if h := hear(t, open(t, model(t), till...), say(t, "three oat milk")); h.Text() != "three oat milk" {
		t.Errorf("the first engine hears %q", h.Text())
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	// The model lives as long as its last recogniser.
	r.Reset()
	if again := hear(t, r, pcm); !near(h, again) {
		t.Errorf("after its engine was closed: got %s", texts(again))
	}
}

func TestWhatCannotBeHeardIsAnError(t *testing.T) {
	r := open(t, model(t), till...)
	if _, err := r.Accept(make([]byte, 321)); !errors.Is(err, speech.ErrOddLength) {
		t.Errorf("got %v", err)
	}
	if h, err := r.Accept(nil); err != nil || h.Text() != "" {
		t.Errorf("got %+v, %v for no audio", h, err)
	}
	if h, err := r.Flush(); err != nil || len(h.Alternatives) != 0 || !h.Final {
		t.Errorf("got %+v, %v for nothing heard", h, err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if _, err := r.Accept(make([]byte, 320)); err == nil {
		t.Error("a closed recogniser heard something")
	}
	if _, err := r.Flush(); err == nil {
		t.Error("a closed recogniser finished something")
	}
	r.Reset() // does nothing
}

func TestAClosedEngineOpensNothing(t *testing.T) {
	e, err := Open(modelDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Error(err)
	}
	if r, err := e.Open(till); err == nil {
		t.Errorf("got %v", r)
	}
	if e.Knows("milk") {
		t.Error("a closed engine knows a word it was never asked")
	}
}

func TestRepliesOfTheLibrary(t *testing.T) {
	r := &recognizer{base: speech.SampleRate}
	h, err := r.final(`{"alternatives": [
		{"confidence": 200.5, "text": "oat milk", "result": [{"word": "oat", "start": 1.5, "end": 1.75}, {"word": "milk", "start": 1.75, "end": 2}]},
		{"confidence": 199, "text": "goat milk"},
		{"confidence": 198, "text": ""}]}`)
	want := speech.Hypothesis{Final: true, Alternatives: []speech.Alternative{
		{Score: 200.5, Words: []speech.Word{{Text: "oat", Start: 0.5, End: 0.75}, {Text: "milk", Start: 0.75, End: 1}}},
		{Score: 199, Words: []speech.Word{{Text: "goat"}, {Text: "milk"}}}}}
	if err != nil || !near(h, want) || !h.Final {
		t.Errorf("got %+v, %v", h, err)
	}
	for _, reply := range []string{"", "nonsense", `{"alternatives": 7}`} {
		if h, err := r.final(reply); err == nil {
			t.Errorf("%q: got %+v", reply, h)
		}
	}
	if h, err := partial(`{"partial": "item one two"}`); err != nil || h.Text() != "item one two" || h.Final {
		t.Errorf("got %+v, %v", h, err)
	}
	if h, err := partial(`{"partial": 7}`); err == nil {
		t.Errorf("got %+v", h)
	}
}
