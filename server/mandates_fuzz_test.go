package server

import (
	"encoding/json"
	"testing"

	"voicetill/payments"
)

// What shoppers and merchants send is refused, or means what it says.
func FuzzMandatesAndRules(f *testing.F) {
	for _, s := range []string{`{"once":"8.00","day":"10","until":"2099-01-01T00:00:00Z","plates":["K VT 1"]}`, `{"once":"-1"}`, `{"once":"1e9"}`,
		`{"from":"0.001","items":[""]}`, `{"from":"99999999999999999999"}`, `[]`, `{"month":"٣"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var allow allowBody
		if json.Unmarshal(data, &allow) == nil {
			if m, err := allow.mandate("EUR"); err == nil {
				room := m.Room(m.Once, payments.MandateUse{Today: m.Day, Month: m.Month})
				if m.Once.Minor > 0 && (m.Day.Minor > 0 || m.Month.Minor > 0) && room == nil {
					t.Errorf("%s leaves room where all is used up", data)
				}
			}
		}
		var rule confirmRuleBody
		if json.Unmarshal(data, &rule) == nil {
			if r, err := rule.rule("EUR"); err == nil && confirmRuleOf(r, "EUR").From != "" && r.From <= 0 {
				t.Errorf("%s asks from %d on", data, r.From)
			}
		}
	})
}
