package other

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

var (
	secret = []byte("a secret of thirty-two bytes....")
	noon   = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
)

// The values of docs/payments.md, for those who write the other side.
func TestSignaturesAsDocumented(t *testing.T) {
	body := []byte(`{"key":"k"}`)
	request := SignRequest(secret, noon, "POST", "/till/v1/charges", body)
	if want := "t=1795521600,v1=4271fa45fdb6232ded77f726f04b1fc051376a9a7137e7fdddd55d941cb06450"; request != want {
		t.Errorf("request: got %s, want %s", request, want)
	}
	reply := SignReply(secret, noon, request, http.StatusOK, body)
	if want := "t=1795521600,v1=940683a2439c8482ac1fb0fb18c06af6b0f2bfc453071ad98e8aa0714617a5f1"; reply != want {
		t.Errorf("reply: got %s, want %s", reply, want)
	}
}

func TestCheckRequest(t *testing.T) {
	type message struct {
		header, method, uri, body string
		now                       time.Time
		secret                    string
	}
	good := message{SignRequest(secret, noon, "POST", "/v1/charges", []byte("body")), "POST", "/v1/charges", "body", noon, string(secret)}
	with := func(change func(*message)) message {
		m := good
		change(&m)
		return m
	}
	for name, tt := range map[string]struct {
		message
		ok bool
	}{
		"as signed":              {good, true},
		"300 seconds later":      {with(func(m *message) { m.now = noon.Add(Tolerance) }), true},
		"300 seconds earlier":    {with(func(m *message) { m.now = noon.Add(-Tolerance) }), true},
		"301 seconds later":      {with(func(m *message) { m.now = noon.Add(Tolerance + time.Second) }), false},
		"301 seconds earlier":    {with(func(m *message) { m.now = noon.Add(-Tolerance - time.Second) }), false},
		"another body":           {with(func(m *message) { m.body = "bodY" }), false},
		"another path":           {with(func(m *message) { m.uri = "/v1/refunds" }), false},
		"another method":         {with(func(m *message) { m.method = "GET" }), false},
		"another secret":         {with(func(m *message) { m.secret += "." }), false},
		"no header":              {with(func(m *message) { m.header = "" }), false},
		"no time":                {with(func(m *message) { m.header = m.header[len("t=1795521600"):] }), false},
		"another time":           {with(func(m *message) { m.header = "t=1795521601" + m.header[len("t=1795521600"):] }), false},
		"a part of a signature":  {with(func(m *message) { m.header = m.header[:len(m.header)-2] }), false},
		"a signature and more":   {with(func(m *message) { m.header += "00" }), false},
		"a time that overflows":  {with(func(m *message) { m.header = "t=99999999999999999999,v1=00" }), false},
		"path and body shifted":  {with(func(m *message) { m.uri, m.body = "/v1/charges\nbody", "" }), false},
		"a reply as a request":   {with(func(m *message) { m.header = SignReply(secret, noon, "POST", 200, []byte("body")) }), false},
		"the letters upper-case": {with(func(m *message) { m.header = "T" + m.header[1:] }), false},
	} {
		err := CheckRequest([]byte(tt.secret), tt.now, tt.header, tt.method, tt.uri, []byte(tt.body))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrSignature) {
			t.Errorf("%s: got %v, want ok %t", name, err, tt.ok)
		}
	}
}

func TestAReplyFitsOneRequest(t *testing.T) {
	request := SignRequest(secret, noon, "GET", "/v1/charges/a", nil)
	another := SignRequest(secret, noon, "GET", "/v1/charges/b", nil)
	reply := SignReply(secret, noon, request, 200, []byte("body"))
	for name, err := range map[string]error{
		"another request": CheckReply(secret, noon, reply, another, 200, []byte("body")),
		"another status":  CheckReply(secret, noon, reply, request, 409, []byte("body")),
		"another body":    CheckReply(secret, noon, reply, request, 200, []byte("bodY")),
		"too late":        CheckReply(secret, noon.Add(Tolerance+time.Second), reply, request, 200, []byte("body")),
	} {
		if !errors.Is(err, ErrSignature) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := CheckReply(secret, noon, reply, request, 200, []byte("body")); err != nil {
		t.Error(err)
	}
}

func FuzzCheckRequest(f *testing.F) {
	good := SignRequest(secret, noon, "POST", "/v1/charges", []byte("body"))
	f.Add(good, "POST", "/v1/charges", []byte("body"))
	f.Add("t=1,v1=00", "GET", "/", []byte(nil))
	f.Fuzz(func(t *testing.T, header, method, uri string, body []byte) {
		err := CheckRequest(secret, noon, header, method, uri, body)
		if err == nil && (method != "POST" || uri != "/v1/charges" || string(body) != "body") {
			t.Errorf("accepted %q for %s %s", header, method, uri)
		}
	})
}
