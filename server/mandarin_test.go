package server_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"voicetill/server"
	"voicetill/speech"
	"voicetill/speech/speechtest"
)

// openMandarin is a page in Chinese.
func (x *till) openMandarin() (*page, message) {
	x.t.Helper()
	conn, _, err := x.dial("/v1/checkout?place=demo", nil)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { conn.Close() })
	p := &page{t: x.t, conn: conn}
	p.send(map[string]any{"type": "hello", "client": "phone", "lang": "zh"})
	return p, p.want("welcome")
}

func TestAPurchaseTypedInMandarinOpensTheGate(t *testing.T) {
	x := newTill(t)
	p, w := x.openMandarin()
	if w.Hears != "en" || w.Say != "请说商品和数量。" {
		t.Fatalf("got %s", w.raw)
	}
	for i, c := range []struct{ text, say, total string }{
		{"我要三瓶燕麦奶", "三瓶燕麦奶，七点四七欧元。", "7.47"},
		{"1203号两件", "现在五瓶燕麦奶，十二点四五欧元。", "12.45"},
		{"two bagels", "两份贝果，一点九欧元。", "14.35"},
		{"删除贝果", "已拿掉两份贝果。", "12.45"},
		{"一共多少钱", "五件，十二点四五欧元。", "12.45"},
	} {
		if r := p.say(string(rune('a'+i)), c.text); r.Say != c.say || r.Cart.Total != c.total {
			t.Fatalf("%s: got %s", c.text, r.raw)
		}
	}
	p.say("checkout", "结账")
	bill := p.want("bill")
	if r := p.say("confirm", "确认付款"); r.State != "proving" || r.Say != "请在屏幕上输入密码。" {
		t.Fatalf("got %s", r.raw)
	}
	p.send(map[string]any{"type": "prove", "id": "prove", "bill": bill.Bill, "version": bill.Version,
		"account": "1001", "factor": "password", "secret": "till-demo-1"})
	if r := p.wantID("prove"); r.State != "paid" || r.Say != "已付款十二点四五欧元，谢谢。请在出口出示二维码。" {
		t.Fatalf("got %s", r.raw)
	}
	if receipt := p.want("receipt"); receipt.Total != "12.45" || receipt.Pass == "" {
		t.Errorf("got %s", receipt.raw)
	}
}

func TestALineMayBeTypedInAnyLanguage(t *testing.T) {
	p := newTill(t).open("")
	p.want("welcome")
	if r := p.say("1", "我要三瓶燕麦奶"); r.Say != "Three oat milk, seven forty-seven." {
		t.Errorf("got %s", r.raw)
	}
	if r := p.say("2", "what on earth"); r.Cart.Count != 3 {
		t.Errorf("got %s", r.raw)
	}
	p.say("3", "呐我要两瓶燕麥奶喔")
	if h := p.heard("呐我要两瓶燕麥奶喔"); !strings.Contains(string(h.Commands), `"1203"`) {
		t.Errorf("got %s", h.raw)
	}
	if r := p.say("4", "结账"); r.State != "billed" {
		t.Errorf("got %s", r.raw)
	}
}

// heard is what was made of a line that has been typed already.
func (p *page) heard(text string) message {
	p.t.Helper()
	for _, m := range p.seen {
		if m.Type == "heard" && m.Text == text {
			return m
		}
	}
	p.t.Fatalf("%q was not heard", text)
	return message{}
}

// characters is an engine whose model knows single Chinese characters.
type characters struct {
	*speechtest.Engine
	mu    sync.Mutex
	words []string
}

func (*characters) Knows(w string) bool {
	return utf8.RuneCountInString(w) == 1 && w[0] >= utf8.RuneSelf
}

func (e *characters) Speak(l *speech.Language) (speech.Engine, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.words = l.Words
	return e.Engine.Speak(l)
}

func (p *page) utter() {
	p.t.Helper()
	p.send(map[string]any{"type": "played"})
	p.audio(speechtest.Silence(300 * time.Millisecond))
	p.audio(speechtest.Voice(500 * time.Millisecond))
	p.audio(speechtest.Silence(1500 * time.Millisecond))
}

func TestAMandarinModelHearsWhoSpeaksMandarin(t *testing.T) {
	zh := &characters{Engine: &speechtest.Engine{}}
	zh.Hears("我要 三 瓶 燕麦 奶")
	x := newTill(t, func(c *server.Config) { c.Engines = map[string]speech.Engine{"zh": zh} })
	x.engine.Hears("two bagels")
	p, w := x.openMandarin()
	if w.Hears != "zh" {
		t.Fatalf("got %s", w.raw)
	}
	p.utter()
	if r := p.want("reply"); r.Say != "三瓶燕麦奶，七点四七欧元。" {
		t.Fatalf("got %s", r.raw)
	}
	p.send(map[string]any{"type": "hello", "lang": "en"})
	if w := p.want("welcome"); w.Hears != "en" || w.Cart.Count != 3 {
		t.Fatalf("got %s", w.raw)
	}
	p.utter()
	if r := p.want("reply"); r.Say != "Two bagels, one ninety." {
		t.Errorf("got %s", r.raw)
	}
	for _, w := range []string{"燕", "奶", "三", "零"} {
		if !slices.Contains(zh.words, w) {
			t.Errorf("%s cannot be heard", w)
		}
	}
	if i := slices.IndexFunc(zh.words, func(w string) bool {
		return utf8.RuneCountInString(w) > 1 && w != speech.Unknown && w[0] >= utf8.RuneSelf
	}); i >= 0 {
		t.Errorf("the language has %q, which the model does not know", zh.words[i])
	}
}

func TestWithoutAMandarinModelVoiceIsEnglish(t *testing.T) {
	x := newTill(t)
	x.engine.Hears("two bagels")
	p, w := x.openMandarin()
	if w.Hears != "en" {
		t.Fatalf("got %s", w.raw)
	}
	p.utter()
	if r := p.want("reply"); r.Say != "两份贝果，一点九欧元。" {
		t.Errorf("got %s", r.raw)
	}
	y := newTill(t, func(c *server.Config) { c.Engine = nil })
	if _, w := y.openMandarin(); w.Hears != "" {
		t.Errorf("got %s", w.raw)
	}
}
