package server_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"voicetill/payments/deliver"
	"voicetill/server"
	"voicetill/store"
)

// shopper is a browser that Ada has signed in with.
func (x *till) shopper() *http.Client {
	x.t.Helper()
	c := x.browser()
	if status, body := x.call(c, "POST", "/v1/session", `{"role":"shopper","account":"1001","password":"till-demo-1"}`); status != 200 {
		x.t.Fatalf("sign in: %d %v", status, body)
	}
	return c
}

// sell makes a sale and returns its receipt's message.
func (x *till) sell(kind string) message {
	x.t.Helper()
	p := x.open("")
	p.want("welcome")
	p.send(map[string]any{"type": "hello", "client": kind, "lang": "en"})
	p.want("welcome")
	p.say("1", "three oat milk")
	p.buy("till-demo-1")
	return p.want("receipt")
}

// file is what GET answers.
func (x *till) file(path string) (status int, kind string, data []byte) {
	x.t.Helper()
	res, err := x.browser().Get(x.http.URL + path)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	if data, err = io.ReadAll(res.Body); err != nil {
		x.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), data
}

// delivering is a till with a mail server and a printer in the demo shop.
func delivering(c *server.Config) {
	c.Delivering = server.Delivering{Base: "https://till.example", Mail: true, Prints: func(place string) bool { return place == "demo" }}
}

func TestTheLinkGivesTheSameReceiptInEveryForm(t *testing.T) {
	x := newTill(t, delivering)
	link := "/v1" + x.sell("phone").URL
	for _, tt := range []struct{ path, kind, begins string }{
		{link + ".pdf", "application/pdf", "%PDF-"},
		{link + ".pdf?size=80mm&lang=zh", "application/pdf", "%PDF-"},
		{link + ".escpos", "application/octet-stream", "\x1b@"},
	} {
		status, kind, first := x.file(tt.path)
		if status != 200 || kind != tt.kind || !bytes.HasPrefix(first, []byte(tt.begins)) {
			t.Errorf("%s: %d %s %.20q", tt.path, status, kind, first)
		}
		if _, _, second := x.file(tt.path); !bytes.Equal(first, second) {
			t.Errorf("%s is another the second time", tt.path)
		}
	}
	_, _, paper := x.file(link + ".escpos")
	for _, want := range []string{"COPY", "oat milk", "7.47", "Prepaid balance", "Password", "https://till.example/receipt/", "v4.public."} {
		if !bytes.Contains(paper, []byte(want)) {
			t.Errorf("the paper lacks %q", want)
		}
	}
	x.wait(31 * time.Minute)
	if _, _, paper := x.file(link + ".escpos"); bytes.Contains(paper, []byte("v4.public.")) {
		t.Error("a pass that opens no more is on the paper")
	}
	for path, want := range map[string]int{"/v1/receipt/guess.pdf": 404, "/v1/receipt/guess.escpos": 404, "/v1/receipt/.pdf": 404, link + ".pdf?size=a0": 400} {
		if status, _, _ := x.file(path); status != want {
			t.Errorf("%s: got %d, want %d", path, status, want)
		}
	}
}

func TestALostReceiptIsMailedAgainButNotForEver(t *testing.T) {
	x := newTill(t, delivering)
	c := x.browser()
	link := "/v1" + x.sell("phone").URL
	if _, body := x.call(c, "GET", link, ""); body["mail"] != true || body["paper"] != false {
		t.Errorf("got %v", body)
	}
	for n, want := range []int{202, 202, 429} { // the first went out by itself
		if status, body := x.call(c, "POST", link+"/send", ""); status != want {
			t.Errorf("%d: got %d %v, want %d", n, status, body, want)
		}
	}
	if status, _ := x.call(c, "POST", "/v1/receipt/guess/send", ""); status != 404 {
		t.Errorf("an unknown receipt: %d", status)
	}
	if status, _ := x.call(c, "POST", link+"/send", "", "Sec-Fetch-Site", "cross-site"); status != 403 {
		t.Errorf("from another site: %d", status)
	}
	copies := 0
	for range 3 {
		d, err := x.db.TakeDelivery(t.Context(), deliver.Mail, "", x.now(), time.Minute)
		if err != nil || d.To != "demo-ada" {
			t.Fatalf("got %+v, %v", d, err)
		}
		if d.Copy() {
			copies++
		}
	}
	if copies != 2 {
		t.Errorf("%d copies", copies)
	}
}

func TestATillWithoutMailSaysSo(t *testing.T) {
	x := newTill(t)
	link := "/v1" + x.sell("phone").URL
	if status, body := x.call(x.browser(), "POST", link+"/send", ""); status != 501 {
		t.Errorf("got %d %v", status, body)
	}
	if status, body := x.call(x.browser(), "POST", link+"/print", ""); status != 409 {
		t.Errorf("got %d %v", status, body)
	}
}

func TestAKioskPrintsAsItsPlaceSays(t *testing.T) {
	x := newTill(t, delivering)
	m := x.merchant()
	set := func(print string) {
		t.Helper()
		if status, body := x.call(m, "PUT", "/v1/merchant/printing", fmt.Sprintf(`{"print": %q}`, print)); status != 204 {
			t.Fatalf("%s: got %d %v", print, status, body)
		}
	}
	due := func() int {
		t.Helper()
		for n := 0; ; n++ {
			if _, err := x.db.TakeDelivery(t.Context(), deliver.Print, "demo", x.now(), time.Hour); err != nil {
				return n
			}
		}
	}
	x.sell("kiosk")
	if n := due(); n != 0 {
		t.Errorf("never: %d prints", n)
	}
	set("ask")
	link := "/v1" + x.sell("kiosk").URL
	if n := due(); n != 0 {
		t.Errorf("ask: %d prints", n)
	}
	if _, body := x.call(x.browser(), "GET", link, ""); body["paper"] != true {
		t.Errorf("got %v", body)
	}
	if status, body := x.call(x.browser(), "POST", link+"/print", ""); status != 202 || due() != 1 {
		t.Errorf("asked: %d %v", status, body)
	}
	set("always")
	x.sell("kiosk")
	x.sell("phone")
	if n := due(); n != 1 {
		t.Errorf("always: %d prints, want that of the kiosk", n)
	}
	x.wait(31 * time.Minute)
	if status, _ := x.call(x.browser(), "POST", link+"/print", ""); status != 409 {
		t.Errorf("long after: got %d", status)
	}
	if status, _ := x.call(m, "PUT", "/v1/merchant/printing", `{"print": "often"}`); status != 400 {
		t.Errorf("got %d", status)
	}
	if status, body := x.call(m, "GET", "/v1/merchant/printing", ""); status != 200 || body["print"] != "always" || body["printer"] != true {
		t.Errorf("got %d %v", status, body)
	}
	for _, method := range []string{"GET", "PUT"} {
		if status, _ := x.call(x.browser(), method, "/v1/merchant/printing", `{"print": "ask"}`); status != 401 {
			t.Errorf("%s by a stranger: %d", method, status)
		}
	}
}

func TestTheAccountsHistoryInPages(t *testing.T) {
	x := newTill(t)
	for range 3 {
		x.sell("phone")
	}
	if status, _ := x.call(x.browser(), "GET", "/v1/account/receipts", ""); status != 401 {
		t.Errorf("a stranger: %d", status)
	}
	ada := x.shopper()
	var seen []float64
	for next, page := "", 0; page == 0 || next != ""; page++ {
		status, body := x.call(ada, "GET", "/v1/account/receipts?limit=2&before="+next, "")
		if status != 200 {
			t.Fatalf("got %d %v", status, body)
		}
		for _, one := range body["receipts"].([]any) {
			r := one.(map[string]any)
			seen = append(seen, r["no"].(float64))
			if r["total"] != "7.47" || r["payer"] != true || !strings.HasPrefix(r["url"].(string), "/receipt/") {
				t.Errorf("got %v", r)
			}
		}
		next, _ = body["next"].(string)
	}
	if fmt.Sprint(seen) != "[3 2 1]" {
		t.Errorf("got %v", seen)
	}
	for _, bad := range []string{"x", "!", "MTIz", "IA"} {
		if status, _ := x.call(ada, "GET", "/v1/account/receipts?before="+bad, ""); status != 400 {
			t.Errorf("before=%s: got %d", bad, status)
		}
	}
}

func TestTheMerchantFindsAReceiptByItsNumber(t *testing.T) {
	x := newTill(t, delivering)
	r := x.sell("phone")
	m := x.merchant()
	status, body := x.call(m, "GET", "/v1/merchant/receipts/1", "")
	list, _ := body["deliveries"].([]any)
	if status != 200 || body["url"] != r.URL || body["pass"] != "" || len(list) != 1 || list[0].(map[string]any)["state"] != "waiting" {
		t.Errorf("got %d %v", status, body)
	}
	for path, want := range map[string]int{"2": 404, "0": 404, "-1": 404, "one": 404, "99999999999999999999": 404} {
		if status, _ := x.call(m, "GET", "/v1/merchant/receipts/"+path, ""); status != want {
			t.Errorf("%s: got %d", path, status)
		}
	}
	if status, _ := x.call(x.browser(), "GET", "/v1/merchant/receipts/1", ""); status != 401 {
		t.Errorf("a stranger: %d", status)
	}
	if err := x.db.AddPlace(t.Context(), store.Place{ID: "other", Merchant: "other", Name: "o", Payee: "o", Currency: "EUR"}); err != nil {
		t.Fatal(err)
	}
	token, err := x.db.AddToken(t.Context(), "other", "t")
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := x.call(x.browser(), "GET", "/v1/merchant/receipts/1", "", "Authorization", "Bearer "+token); status != 404 {
		t.Errorf("another merchant: %d", status)
	}
}

// Ben shops in Chinese, signed in, and Ada pays: both have the receipt, in
// Chinese.
func TestWhoShopsAndWhoPaysBothHaveTheReceipt(t *testing.T) {
	x := newTill(t, delivering)
	ben := x.browser()
	if status, body := x.call(ben, "POST", "/v1/session", `{"role":"shopper","account":"1002","password":"till-demo-2"}`); status != 200 {
		t.Fatalf("sign in: %d %v", status, body)
	}
	at, err := url.Parse(x.http.URL)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	for _, c := range ben.Jar.Cookies(at) {
		header.Add("Cookie", c.String())
	}
	conn, _, err := x.dial("/v1/checkout?place=demo", header)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	p := &page{t: t, conn: conn}
	p.send(map[string]any{"type": "hello", "client": "phone", "lang": "zh"})
	p.want("welcome")
	p.say("1", "three oat milk")
	p.buy("till-demo-1") // Ada's
	link := "/v1" + p.want("receipt").URL
	if _, _, paper := x.file(link + ".escpos?lang=en"); !bytes.Contains(paper, []byte("Receipt 1")) {
		t.Error("asked for in English, it is not")
	}
	if _, _, paper := x.file(link + ".escpos"); bytes.Contains(paper, []byte("Receipt 1")) {
		t.Error("it is in English")
	}
	for name, tt := range map[string]struct {
		client *http.Client
		payer  bool
	}{"ben": {ben, false}, "ada": {x.shopper(), true}} {
		_, body := x.call(tt.client, "GET", "/v1/account/receipts", "")
		list, _ := body["receipts"].([]any)
		if len(list) != 1 || list[0].(map[string]any)["payer"] != tt.payer {
			t.Errorf("%s has %v", name, body)
		}
	}
	to := map[string]bool{}
	for range 2 {
		d, err := x.db.TakeDelivery(t.Context(), deliver.Mail, "", x.now(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		to[d.To] = true
	}
	if !to["demo-ada"] || !to["demo-ben"] {
		t.Errorf("mail goes to %v", to)
	}
}
