package main

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

func TestAPurchaseTypedInChineseToTheExit(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t, "--typed-only")
	s := openScreen(t, openBrowser(t), till.address, "/?lang=zh", phone)
	s.types("我要三瓶燕麦奶")
	s.line("1203", "3")
	s.sees("#said", "三瓶燕麦奶")
	s.sees(".chips", "3 燕麦奶")
	s.sees(`.cart-line[data-item="1203"]`, "燕麦奶")
	s.types("半公斤番茄和两个贝果")
	s.line("3340", "0.5 kg")
	s.line("2112", "2")
	s.types("删除贝果")
	s.line("2112", "")
	s.types("two bagels")
	s.line("2112", "2")
	s.types("撤销")
	s.line("2112", "")
	s.sees("#total", "9.27")
	s.fill("#type", "燕麦")
	s.sees(".found", "燕麦奶")
	s.view("zh-names")
	js[bool](s, "(document.querySelector('#type').select(), true)")
	s.fill("#type", kb.Backspace)
	s.types("结账")
	s.state("billed")
	s.sees(".bill-lines", "燕麦奶")
	s.types("返回")
	s.state("shopping")
	s.types("付款")
	s.state("billed")
	s.types("确认付款")
	s.state("proving")
	s.fill("#account", "1001")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.state("paid")
	s.wait("document.querySelector('.qr')")
	s.sees(".bill-lines", "番茄")
	if open, reason := spend(t, till.address, s.code("zh-receipt")); !open {
		t.Errorf("the gate stays shut: %s", reason)
	}
}

func TestThePageSaysInWhichLanguageItHears(t *testing.T) {
	t.Parallel()
	if !canHear {
		t.Skip("needs the recogniser: build with -tags vosk")
	}
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t), till.address, "/?lang=zh", phone)
	s.sees("#voice-english", "语音目前只听得懂英语")
	s.types("三瓶燕麦奶")
	s.line("1203", "3")
	s.sees("#voice-english", "语音目前只听得懂英语")
	s.view("zh-basket")

	// Any model will do to see that the second one is loaded and listened to.
	other := startBrowserTill(t, "--model-zh", modelDir())
	s = openScreen(t, s.ctx, other.address, "/?lang=zh", phone)
	s.linked()
	s.sees("#said", "请说商品和数量")
	s.wait("!document.querySelector('#voice-english')")
}
