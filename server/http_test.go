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

	"github.com/xuri/excelize/v2"

	"voicetill/catalog"
	"voicetill/payments/money"
	"voicetill/speech/speechtest"
)

const csv = "number,name,also,price,unit,tax,category,gtin,stock,min_age\n" +
	"1203,oat milk,,2.59,each,7,dairy,,40,\n" +
	"7777,dragon fruit,,3.20,each,7,fruit,,9,\n"

func TestAnUploadReachesTheConversationThatRuns(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	if r := p.say("1", "dragon fruit"); r.Cart.Count != 0 {
		t.Fatalf("got %s", r.raw)
	}
	m := x.merchant()
	status, body := x.call(m, "PUT", "/v1/places/demo/catalog", csv)
	if status != 200 || body["items"] != 2.0 || body["added"] != 1.0 || body["changed"] != 1.0 || body["removed"] != 51.0 {
		t.Fatalf("got %d %v", status, body)
	}
	if r := p.say("2", "two dragon fruit"); r.Cart.Total != "6.40" {
		t.Errorf("got %s", r.raw)
	}
	x.engine.Hears("dragon fruit")
	p.send(map[string]any{"type": "played"})
	p.audio(append(speechtest.Silence(300*time.Millisecond), speechtest.Voice(300*time.Millisecond)...))
	p.send(map[string]any{"type": "end"})
	if r := p.want("reply"); r.Cart.Count != 3 {
		t.Errorf("got %s", r.raw)
	}
	if _, found := x.call(x.browser(), "GET", "/v1/items?q=dragon", ""); len(found["items"].([]any)) != 1 {
		t.Errorf("got %v", found)
	}
}

func TestAnImportByAnotherProcessIsSeen(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	p.say("1", "oat milk")
	item := catalog.Item{Number: "7777", Name: "dragon fruit", Price: money.Of(320, "EUR"), Unit: catalog.Each, TaxBP: 700}
	if _, err := x.db.ReplaceCatalog(t.Context(), "demo", append(demoItems(t), item)); err != nil {
		t.Fatal(err)
	}
	x.wait(time.Second)
	if r := p.say("2", "dragon fruit"); r.Cart.Count != 2 {
		t.Errorf("got %s", r.raw)
	}
}

func TestABadUploadChangesNothingAndNamesEveryRow(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	bad := csv + "7777,again,,1.00,each,7,fruit,,,\n8888,cheap,,-1,each,7,fruit,,,\n"
	status, body := x.call(m, "PUT", "/v1/places/demo/catalog", bad)
	rows, _ := body["errors"].([]any)
	if status != 422 || len(rows) != 2 {
		t.Fatalf("got %d %v", status, body)
	}
	row := rows[1].(map[string]any)
	if row["line"] != 5.0 || row["column"] != "price" || row["value"] != "-1" || row["reason"] == "" {
		t.Errorf("got %v", row)
	}
	if _, items := x.call(m, "GET", "/v1/merchant/items", ""); len(items["items"].([]any)) != 52 {
		t.Errorf("got %d items", len(items["items"].([]any)))
	}
}

func TestAWorkbookIsUploadedAsACSVFileIs(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	put := func(price any) (int, map[string]any) {
		f := excelize.NewFile()
		defer f.Close()
		for i, row := range [][]any{{"number", "name", "price"}, {1203, "oat milk", 2.59}, {7777, "dragon fruit", price}} {
			if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		b, err := f.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		return x.call(m, "PUT", "/v1/places/demo/catalog", b.String(), "Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	}
	status, body := put("free")
	rows, _ := body["errors"].([]any)
	if status != 422 || len(rows) != 1 {
		t.Fatalf("got %d %v", status, body)
	}
	if row := rows[0].(map[string]any); row["sheet"] != "Sheet1" || row["line"] != 3.0 || row["column"] != "price" || row["cell"] != "C3" || row["value"] != "free" || row["reason"] == "" {
		t.Errorf("got %v", row)
	}
	if status, body = put(3.2); status != 200 || body["items"] != 2.0 || body["added"] != 1.0 || body["changed"] != 1.0 {
		t.Errorf("got %d %v", status, body)
	}
}

func TestTheMerchantsOwn(t *testing.T) {
	x := newTill(t)
	stranger := x.browser()
	for _, path := range []string{"/v1/merchant/sales", "/v1/merchant/report", "/v1/merchant/receipts", "/v1/merchant/calls", "/v1/merchant/items", "/v1/merchant/tokens"} {
		if status, body := x.call(stranger, "GET", path, ""); status != 401 {
			t.Errorf("%s for a stranger: %d %v", path, status, body)
		}
	}
	m := x.merchant()
	p := x.open("")
	resume := p.want("welcome").Resume
	p.say("1", "three oat milk")
	if _, sales := x.call(m, "GET", "/v1/merchant/sales", ""); len(sales["carts"].([]any)) != 1 || strings.Contains(sprint(sales), resume) {
		t.Errorf("got %v", sales)
	}
	p.buy("till-demo-1")
	if _, sales := x.call(m, "GET", "/v1/merchant/sales", ""); sales["total"] != "7.47" || sales["count"] != 1.0 || len(sales["carts"].([]any)) != 0 {
		t.Errorf("got %v", sales)
	}

	p.say("2", "call staff")
	status, _ := x.call(stranger, "POST", "/v1/calls", `{"from": "phone", "reason": "spilt milk"}`, "Authorization", "Bearer "+resume)
	if status != 201 {
		t.Errorf("got %d", status)
	}
	_, calls := x.call(m, "GET", "/v1/merchant/calls", "")
	list := calls["calls"].([]any)
	if len(list) != 1 {
		t.Fatalf("got %v", calls)
	}
	id := list[0].(map[string]any)["id"].(string)
	if status, _ := x.call(m, "POST", "/v1/merchant/calls/"+id+"/done", ""); status != 204 {
		t.Errorf("got %d", status)
	}
	if status, _ := x.call(m, "POST", "/v1/merchant/calls/"+id+"/done", ""); status != 404 {
		t.Errorf("a second time: got %d", status)
	}

	if status, _ := x.call(m, "PUT", "/v1/merchant/items/1203/stock", `{"stock": "12"}`); status != 204 {
		t.Errorf("got %d", status)
	}
	if status, _ := x.call(m, "PUT", "/v1/merchant/items/2112/stock", `{"stock": null}`); status != 204 {
		t.Errorf("got %d", status)
	}
	for body, want := range map[string]int{`{"stock": "-1"}`: 400, `{`: 400} {
		if status, _ := x.call(m, "PUT", "/v1/merchant/items/1203/stock", body); status != want {
			t.Errorf("stock %s: got %d, want %d", body, status, want)
		}
	}
	_, items := x.call(m, "GET", "/v1/merchant/items", "")
	if stockOf(items, "1203") != "12" || stockOf(items, "2112") != nil {
		t.Errorf("got %v and %v", stockOf(items, "1203"), stockOf(items, "2112"))
	}
}

func TestAnAPITokenMayUploadUntilItIsRevoked(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	status, body := x.call(m, "POST", "/v1/merchant/tokens", `{"name": "till roll"}`)
	if status != 201 || body["token"] == "" || body["id"] == "" {
		t.Fatalf("got %d %v", status, body)
	}
	auth := []string{"Authorization", "Bearer " + body["token"].(string)}
	if status, body := x.call(x.browser(), "PUT", "/v1/places/demo/catalog", csv, auth...); status != 200 {
		t.Errorf("got %d %v", status, body)
	}
	if status, _ := x.call(m, "DELETE", "/v1/merchant/tokens/"+body["id"].(string), ""); status != 204 {
		t.Errorf("got %d", status)
	}
	if status, _ := x.call(x.browser(), "PUT", "/v1/places/demo/catalog", csv, auth...); status != 401 {
		t.Errorf("after it was revoked: got %d", status)
	}
}

func TestSigningInAndOut(t *testing.T) {
	x := newTill(t)
	c := x.browser()
	for body, want := range map[string]int{
		`{"role":"merchant","account":"merchant@example.com","password":"guess"}`: 401,
		`{"role":"merchant","account":"1001","password":"till-demo-1"}`:           401,
		`{"role":"shopper","account":"nobody","password":"x"}`:                    401,
		`[]`: 400,
	} {
		if status, got := x.call(c, "POST", "/v1/session", body); status != want {
			t.Errorf("%s: got %d %v", body, status, got)
		}
	}
	m := x.merchant()
	if status, _ := x.call(m, "DELETE", "/v1/session", ""); status != 204 {
		t.Errorf("got %d", status)
	}
	if _, who := x.call(m, "GET", "/v1/session", ""); who["merchant"] != nil {
		t.Errorf("still signed in: %v", who)
	}
	if status, _ := x.call(m, "GET", "/v1/merchant/sales", ""); status != 401 {
		t.Errorf("got %d", status)
	}
}

func TestRepliesAreSpokenAndNothingElse(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	audio := p.say("1", "oat milk").Audio
	get := func(path string) (int, string) {
		res, err := http.Get(x.http.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(data)
	}
	for range 2 {
		if status, body := get(audio); status != 200 || body != "RIFF en One oat milk, two forty-nine. <>0" {
			t.Errorf("%s: %d %s", audio, status, body)
		}
	}
	if status, body := get(strings.Replace(audio, "two", "one", 1)); status != 404 {
		t.Errorf("a forged text: %d %s", status, body)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestPagesKeepToThemselves(t *testing.T) {
	x := newTill(t)
	c := x.browser()
	for path, kind := range map[string]string{"/": "text/html", "/kiosk": "text/html", "/merchant": "text/html", "/gate": "text/html", "/receipt/abc": "text/html", "/receipts": "text/html"} {
		res, err := c.Get(x.http.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		h := res.Header
		if res.StatusCode != 200 || !strings.HasPrefix(h.Get("Content-Type"), kind) || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
			!strings.Contains(h.Get("Permissions-Policy"), "microphone=(self)") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, res.StatusCode, h)
		}
	}
	status, body := x.call(c, "POST", "/v1/session", `{}`, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Accept", "application/json")
	if status != 403 {
		t.Errorf("a request from another site: %d %v", status, body)
	}
	if status, body := x.call(c, "GET", "/v1/nothing", ""); status != 404 || body["error"] == nil {
		t.Errorf("got %d %v", status, body)
	}
}

func TestTheOperatorsMinimum(t *testing.T) {
	x := newTill(t)
	p := x.open("")
	p.want("welcome")
	p.say("1", "oat milk")
	if status, body := x.call(x.browser(), "GET", "/healthz", ""); status != 200 || body["ok"] != true {
		t.Errorf("got %d %v", status, body)
	}
	if status, body := x.call(x.browser(), "GET", "/readyz", ""); status != 200 || body["ready"] != true || body["speech"] != true {
		t.Errorf("got %d %v", status, body)
	}
	res, err := x.browser().Get(x.http.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, res.Body); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"voicetill_sockets 1", `voicetill_replies_total{state="shopping"} 1`, "voicetill_lost_frames_total 0"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

func TestWhatWasHeardIsForTheShopperAlone(t *testing.T) {
	x := newTill(t)
	if status, _ := x.call(x.browser(), "GET", "/v1/heard", ""); status != 401 {
		t.Errorf("got %d", status)
	}
	if status, _ := x.call(x.browser(), "GET", "/v1/heard", "", "Authorization", "Bearer guess"); status != 404 {
		t.Errorf("got %d", status)
	}
}

func TestAMethodThatAnAddressLacksIsSaidWithThoseThatItHas(t *testing.T) {
	x := newTill(t)
	for _, c := range []struct {
		method, path, allow string
		status              int
		code                string
	}{
		{"GET", "/v1/calls", "POST", 405, "wrong_method"},
		{"PUT", "/v1/session", "GET, POST, DELETE", 405, "wrong_method"},
		{"DELETE", "/v1/places/demo/catalog", "PUT", 405, "wrong_method"},
		{"POST", "/v1/merchant/items/1203", "PATCH", 405, "wrong_method"},
		{"POST", "/v1/nothing", "", 404, "not_found"},
	} {
		r, err := http.NewRequest(c.method, x.http.URL+c.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := x.browser().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != c.status || res.Header.Get("Allow") != c.allow || !strings.Contains(string(body), c.code) {
			t.Errorf("%s %s: got %d %s, Allow %q, %v", c.method, c.path, res.StatusCode, body, res.Header.Get("Allow"), err)
		}
	}
}

func TestABodyIsOneJSONValueAndNotTooBig(t *testing.T) {
	x := newTill(t)
	login := `{"role": "merchant", "account": "merchant@example.com", "password": "` + strings.Repeat("x", 20<<10) + `"}`
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"too big": {login, 413}, "two values": {`{"role":"merchant"}{}`, 400}, "cut off": {`{"role":`, 400}, "empty": {"", 400}, "a list": {"[]", 400},
	} {
		if status, body := x.call(x.browser(), "POST", "/v1/session", c.body); status != c.status {
			t.Errorf("%s: got %d %v", name, status, body)
		}
	}
}

func TestAnUploadWithColumnsOfItsOwn(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	const text = "number,name,Endpreis,Notiz\n1203,oat milk,\"2,59 €\",cold\n"
	status, body := x.call(m, "PUT", "/v1/places/demo/catalog", text)
	if first := body["errors"].([]any)[0].(map[string]any); status != 422 || first["column"] != "endpreis" || first["unknown"] != true {
		t.Errorf("got %d %v", status, body)
	}
	status, body = x.call(m, "PUT", "/v1/places/demo/catalog?columns="+url.QueryEscape(`{"endpreis": "price", "notiz": ""}`), text)
	if status != 200 || body["items"] != 1.0 {
		t.Errorf("got %d %v", status, body)
	}
	if status, body = x.call(m, "PUT", "/v1/places/demo/catalog?columns=price", text); status != 400 || !strings.Contains(fmt.Sprint(body), "not_json") {
		t.Errorf("got %d %v", status, body)
	}
}
