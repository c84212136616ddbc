package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestRepliesAreSpokenAsTheShopperLikes(t *testing.T) {
	x := newTill(t)
	audio := x.open("").want("welcome").Audio
	for style, want := range map[string]string{"": "<>0", "&voice=lower&speed=125": "<lower>125", "&voice=nobody&speed=9999": "<>0", "&voice=low&speed=100": "<>0",
		"&speed=fast": "<>0", "&voice=lower%20-o/etc/passwd": "<>0"} {
		answer, err := http.Get(x.http.URL + audio + style)
		if err != nil {
			t.Fatal(err)
		}
		wav, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != 200 || !strings.HasSuffix(string(wav), want) {
			t.Errorf("%s: got %d %q, %v, want %s", style, answer.StatusCode, wav, err, want)
		}
	}
	if status, body := x.call(x.browser(), "GET", "/v1/voices?lang=en", ""); status != 200 || len(body["voices"].([]any)) != 2 || len(body["speeds"].([]any)) != 4 {
		t.Errorf("got %d %v", status, body)
	}
}
