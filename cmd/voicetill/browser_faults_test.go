package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestConsoleFormsSayWhatIsWrongAtTheField sends each form with a fault that the
// browser does not see by itself.
func TestConsoleFormsSayWhatIsWrongAtTheField(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/merchant", backOffice)
	enterConsole(t, s)
	for _, tt := range []struct {
		section, form string
		fill          [][2]string // name, value; the last one is wrong, and sent
		says          string
	}{
		{"checks", ".check-rule", [][2]string{{"base", "101"}}, "From 0 to 100"},
		{"confirmations", ".check-rule", [][2]string{{"from", "a lot"}}, "amount above zero"},
		{"gates", ".tariff", [][2]string{{"item", "9999"}}, "does not have these items"},
		{"gates", ".tariff", [][2]string{{"item", "1203"}, {"unit_min", "1500"}}, "0 to 1440"},
		{"gates", ".tariff", [][2]string{{"item", ""}, {"plan0", "1203"}}, "visits or days"},
		{"topups", ".clerk form", [][2]string{{"amount", "10"}, {"account", "4711"}}, "No account"},
		{"topups", ".clerk form", [][2]string{{"account", "1001"}, {"amount", "ten"}}, "amount above zero"},
		{"topups", ".topup-limits form", [][2]string{{"most", "1"}}, "above zero"},
		{"companies", ".add-company", [][2]string{{"name", "Acme"}, {"limit", "-1"}}, "amount above zero"},
		{"companies", ".add-company", [][2]string{{"name", "Acme"}, {"limit", "5"}, {"email", "acme.example"}}, "no e-mail address"},
	} {
		s.section(tt.section)
		s.wait(fmt.Sprintf("document.querySelector(%q)", tt.form))
		js[bool](s, fmt.Sprintf("(document.querySelector(%q).noValidate = true)", tt.form))
		for i, f := range tt.fill {
			at := tt.form + " [name=" + f[0] + "]"
			js[bool](s, fmt.Sprintf("(document.querySelector(%q).select(), true)", at))
			key := ""
			if i == len(tt.fill)-1 {
				key = kb.Enter
			}
			if f[1] == "" {
				f[1] = kb.Backspace
			}
			s.fill(at, f[1]+key)
		}
		wrong := fmt.Sprintf("document.querySelector(%q)", tt.form+" [name="+tt.fill[len(tt.fill)-1][0]+"][aria-invalid=true]")
		s.wait(wrong + " && document.activeElement === " + wrong)
		told := js[string](s, wrong+".getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).innerText).join(' ')")
		if !strings.Contains(told, tt.says) {
			t.Errorf("%s: the field says %q, want %q", tt.form, told, tt.says)
		}
		s.axe(tt.section + ", a fault in " + tt.form)
		s.view("fault-" + tt.section)
	}
}

func TestABrowserIsToldThatItsMessageIsFarTooLong(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/", phone)
	got := js[[]string](s, `new Promise((done) => {
		const seen = [], ws = new WebSocket(location.origin.replace("http", "ws") + "/v1/checkout");
		ws.onopen = () => ws.send(new Uint8Array(10 << 20));
		ws.onmessage = (e) => seen.push(JSON.parse(e.data).code);
		ws.onclose = (e) => done([...seen, String(e.code), e.reason]);
	})`)
	if want := []string{"too_long", "1009", "the message is longer than 64 KiB, and by far"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
