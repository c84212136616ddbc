package server_test

import (
	"testing"
)

func TestASettingThatIsNotNamedIsNotChanged(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	for path, c := range map[string]struct{ field, wrong, right string }{
		"registration":     {"open", `{"opne": true}`, `{"open": false}`},
		"checks":           {"base", `{"floors": 1}`, `{"base": 0.5, "decay": 1}`},
		"confirmations":    {"always", `{"rule": {"always": true}}`, `{"age": true}`},
		"gates":            {"gates", `{"name": "front"}`, `{"gates": ["front"]}`},
		"zone":             {"zone", `{"timezone": "Asia/Tokyo"}`, `{"zone": "Asia/Tokyo"}`},
		"tariff":           {"tariff", `{"item": "1203"}`, `{"tariff": null, "plans": []}`},
		"items/1203/stock": {"stock", `{"level": "4"}`, `{"stock": "4"}`},
	} {
		at := "/v1/merchant/" + path + "?place=demo"
		for _, body := range []string{`{}`, c.wrong} {
			status, answer := x.call(m, "PUT", at, body)
			e, _ := answer["error"].(map[string]any)
			if status != 400 || e["code"] != "left_out" || e["field"] != c.field {
				t.Errorf("%s %s: %d %v, want 400 left_out in %s", path, body, status, answer, c.field)
			}
		}
		for _, body := range []string{``, `[]`, `"x"`, `null`, `7`} {
			if status, _ := x.call(m, "PUT", at, body); status != 400 {
				t.Errorf("%s %q: %d, want 400", path, body, status)
			}
		}
		if status, answer := x.call(m, "PUT", at, c.right); status >= 300 {
			t.Errorf("%s %s: %d %v", path, c.right, status, answer)
		}
	}
}
