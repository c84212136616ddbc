package server_test

import (
	"fmt"
	"testing"
)

// TestAnErrorNamesItsField is what a form needs to say what is wrong where.
func TestAnErrorNamesItsField(t *testing.T) {
	x := newTill(t)
	m := x.merchant()
	_, company := x.call(m, "PUT", "/v1/merchant/companies", `{"name": "Acme", "limit": "500", "due": 14}`)
	members := fmt.Sprintf("/v1/merchant/companies/%v/members", company["id"])
	bills := fmt.Sprintf("/v1/merchant/companies/%v/bills", company["id"])
	for _, tt := range []struct{ method, path, body, code, field string }{
		{"PUT", "/v1/merchant/checks", `{"base": 1.5}`, "check_rule", "base"},
		{"PUT", "/v1/merchant/checks", `{"late_removal": -0.1}`, "check_rule", "late_removal"},
		{"PUT", "/v1/merchant/checks", `{"amount_of": -1}`, "check_rule", "amount_of"},
		{"PUT", "/v1/merchant/confirmations", `{"from": "a lot"}`, "confirm_rule", "from"},
		{"PUT", "/v1/merchant/confirmations", `{"from": "0"}`, "confirm_rule", "from"},
		{"PUT", "/v1/merchant/confirmations", `{"items": [""]}`, "confirm_rule", "items"},
		{"PUT", "/v1/merchant/tariff", `{"tariff": {"item": "1203", "unit_min": 2000}}`, "bad_tariff", "unit_min"},
		{"PUT", "/v1/merchant/tariff", `{"tariff": {"item": "1203", "unit_min": 60, "free_min": -1}}`, "bad_tariff", "free_min"},
		{"PUT", "/v1/merchant/tariff", `{"tariff": {"item": "1203", "day_item": "1204"}}`, "bad_tariff", "day_item"},
		{"PUT", "/v1/merchant/tariff", `{"tariff": {"item": "9999", "unit_min": 60}}`, "no_tariff", "item"},
		{"PUT", "/v1/merchant/tariff", `{"tariff": {"item": "1203", "unit_min": 60, "day_item": "9999"}}`, "no_tariff", "day_item"},
		{"PUT", "/v1/merchant/tariff", `{"plans": [{"item": "1203", "visits": 1}, {"item": "1204"}]}`, "bad_plan", "plan1"},
		{"POST", "/v1/merchant/topup", `{"account": "1001", "amount": "ten", "key": "k"}`, "bad_topup", "amount"},
		{"POST", "/v1/merchant/topup", `{"account": "1001", "amount": "0", "key": "k"}`, "bad_topup", "amount"},
		{"POST", "/v1/merchant/topup", `{"account": "1001", "amount": "10"}`, "bad_topup", "key"},
		{"POST", "/v1/merchant/topup", `{"account": "4711", "amount": "10", "key": "k"}`, "no_account", "account"},
		{"POST", "/v1/merchant/topup", `{"account": "merchant@example.com", "amount": "10", "key": "k"}`, "bad_topup", "account"},
		{"PUT", "/v1/merchant/topup-limits", `{"least": "0", "most": "10", "ceiling": "20"}`, "topup_amount", "least"},
		{"PUT", "/v1/merchant/topup-limits", `{"least": "5", "most": "4", "ceiling": "20"}`, "topup_amount", "most"},
		{"PUT", "/v1/merchant/topup-limits", `{"least": "5", "most": "10", "ceiling": "9"}`, "topup_amount", "ceiling"},
		{"PUT", "/v1/merchant/companies", `{"name": "Acme", "limit": "-1"}`, "bad_company", "limit"},
		{"PUT", "/v1/merchant/companies", `{"name": " ", "limit": "1"}`, "bad_company", "name"},
		{"PUT", members, `{"account": "4711"}`, "no_account", "account"},
		{"PUT", members, `{"account": "1001", "once": "-1"}`, "bad_company", "once"},
		{"PUT", members, `{"account": "1001", "month": "x"}`, "bad_company", "month"},
		{"POST", bills, `{"month": "soon"}`, "bad_request", "month"},
		{"POST", bills, `{"month": "2999-01"}`, "month_runs", "month"},
		{"POST", bills + "/2026-01/payments", `{"amount": "0", "key": "k"}`, "bad_payment", "amount"},
		{"POST", "/v1/merchant/payouts", `{"provider": "card", "id": "1", "paid": "2026-01-01", "amount": "x"}`, "bad_payout", "amount"},
		{"POST", "/v1/merchant/payouts", `{"provider": "card", "id": "1", "paid": "2026-01-01", "amount": "1", "fee": "x"}`, "bad_payout", "fee"},
		{"POST", "/v1/merchant/payouts", `{"provider": "card", "id": "1", "paid": "soon", "amount": "1"}`, "bad_payout", "paid"},
		{"PUT", "/v1/merchant/checks", `{"base": 0.1}`, "", ""},
	} {
		_, body := x.call(m, tt.method, tt.path+"?place=demo", tt.body)
		e, _ := body["error"].(map[string]any)
		if code, field := e["code"], e["field"]; tt.code == "" && e != nil || tt.code != "" && (code != tt.code || field != tt.field) {
			t.Errorf("%s %s: got %v, want %s in %s", tt.path, tt.body, body, tt.code, tt.field)
		}
	}
}
