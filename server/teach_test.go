package server_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"testing"
	"time"

	"voicetill/catalog"
	"voicetill/server"
	"voicetill/speech"
	"voicetill/speech/speechtest"
)

// wavOf wraps PCM at speech.SampleRate.
func wavOf(pcm []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+len(pcm)))
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = le.AppendUint32(b, speech.SampleRate)
	b = le.AppendUint32(b, 2*speech.SampleRate)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = le.AppendUint32(b, uint32(len(pcm)))
	return append(b, pcm...)
}

func formOf(t *testing.T, recordings ...[]byte) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i, r := range recordings {
		part, err := w.CreateFormFile("wav", fmt.Sprint(i, ".wav"))
		if err == nil {
			_, err = part.Write(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

const brandCSV = "number,name,price\n101,haribo,1\n102,oatly,2\n103,milk,1\n"

// brandTill sells names that its engine lacks, of which one can be respelled.
func brandTill(t *testing.T) (*till, *http.Client) {
	t.Helper()
	x := newTill(t, func(c *server.Config) {
		c.Respell = func(_ context.Context, items []catalog.Item) ([]catalog.Item, error) {
			items = slices.Clone(items)
			for i := range items {
				if items[i].Name == "haribo" && len(items[i].Taught) == 0 {
					items[i].Respelled = []string{"hari beau"}
				}
			}
			return items, nil
		}
	})
	x.engine.Lacks("haribo", "oatly")
	return x, x.merchant()
}

func TestAnUploadSaysHowItsItemsCanBeSaid(t *testing.T) {
	x, m := brandTill(t)
	status, body := x.call(m, "PUT", "/v1/places/demo/catalog", brandCSV)
	said, ok := body["said"].(map[string]any)
	if status != 200 || !ok || said["ready"] != 1.0 || said["respelled"] != 1.0 || said["by_number"] != 1.0 || said["taught"] != 0.0 {
		t.Errorf("got %d %v", status, body)
	}
}

func TestAnItemIsTaughtBySayingIt(t *testing.T) {
	x, m := brandTill(t)
	if status, body := x.call(m, "PUT", "/v1/places/demo/catalog", brandCSV); status != 200 {
		t.Fatalf("got %d %v", status, body)
	}
	recording := wavOf(speechtest.Voice(time.Second))
	x.engine.Hears("oat lee", "goat lee")
	form, kind := formOf(t, recording, recording)
	status, body := x.call(m, "POST", "/v1/places/demo/items/102/teach", form, "Content-Type", kind)
	if status != 200 || fmt.Sprint(body["taught"]) != "[oat lee goat lee]" || body["name"] != "oatly" {
		t.Fatalf("got %d %v", status, body)
	}
	p := x.open("")
	p.want("welcome")
	x.engine.Hears("two oat lee")
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(300*time.Millisecond)...))
	p.send(map[string]any{"type": "end"})
	if r := p.want("reply"); r.Cart.Count != 2 {
		t.Errorf("got %s", r.raw)
	}
	_, again := x.call(m, "PUT", "/v1/places/demo/catalog", brandCSV)
	if said, ok := again["said"].(map[string]any); !ok || said["taught"] != 1.0 || said["by_number"] != 0.0 {
		t.Errorf("after the next upload: %v", again)
	}
}

func TestWhatIsNotTaught(t *testing.T) {
	x, m := brandTill(t)
	if status, body := x.call(m, "PUT", "/v1/places/demo/catalog", brandCSV); status != 200 {
		t.Fatalf("got %d %v", status, body)
	}
	voice := string(wavOf(speechtest.Voice(time.Second)))
	long := string(wavOf(speechtest.Voice(11 * time.Second)))
	for name, c := range map[string]struct {
		client *http.Client
		path   string
		body   string
		kind   string
		heard  string
		status int
		code   string
	}{
		"no WAV":               {m, "demo/items/102", "hello", "audio/wav", "", 400, "no_wav"},
		"a form without parts": {m, "demo/items/102", "--x--\r\n", "multipart/form-data; boundary=x", "", 400, "no_wav"},
		"a form that is cut":   {m, "demo/items/102", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nRI", "multipart/form-data; boundary=x", "", 400, "no_wav"},
		"a speech":             {m, "demo/items/102", long, "audio/wav", "", 413, "too_big"},
		"silence":              {m, "demo/items/102", voice, "audio/wav", "", 422, "not_taught"},
		"another item":         {m, "demo/items/102", voice, "audio/wav", "milk", 422, "sounds_like_another"},
		"an item that is not":  {m, "demo/items/999", voice, "audio/wav", "oat lee", 404, "not_found"},
		"a stranger":           {x.browser(), "demo/items/102", voice, "audio/wav", "oat lee", 401, "sign_in"},
		"a place that is not":  {m, "nowhere/items/102", voice, "audio/wav", "oat lee", 404, "no_place"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.heard != "" {
				x.engine.Hears(c.heard)
				defer x.engine.Forget()
			}
			status, body := x.call(c.client, "POST", "/v1/places/"+c.path+"/teach", c.body, "Content-Type", c.kind)
			fault, _ := body["error"].(map[string]any)
			if status != c.status || fault["code"] != c.code {
				t.Errorf("got %d %v, want %d %s", status, body, c.status, c.code)
			}
		})
	}
}
