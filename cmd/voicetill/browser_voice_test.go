//go:build vosk

package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// canHear says whether this build has the recogniser.
const canHear = true

// playable gives the page a microphone that hears what the test plays into it.
const playable = `(() => {
	let room, air;
	navigator.mediaDevices.getUserMedia = async () => {
		room = new AudioContext();
		air = room.createMediaStreamDestination();
		await room.resume();
		return air.stream;
	};
	window.sayInRoom = async (wav) => {
		const bytes = Uint8Array.from(atob(wav), (c) => c.charCodeAt(0));
		const source = room.createBufferSource();
		source.buffer = await room.decodeAudioData(bytes.buffer);
		source.connect(air);
		await new Promise((end) => { source.onended = end; source.start(); });
	};
})()`

// sentence is a WAV file of a sentence.
func sentence(t *testing.T, text string) string {
	t.Helper()
	if _, err := exec.LookPath("flite"); err != nil {
		t.Skip("needs a voice to speak to the till: apt-get install flite")
	}
	path := filepath.Join(t.TempDir(), "said.wav")
	if out, err := exec.Command("flite", "-voice", "slt", "-t", text, path).CombinedOutput(); err != nil {
		t.Fatalf("flite: %v %s", err, out)
	}
	wav, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(wav)
}

// hush waits until the till does not speak.
func (s *screen) hush() {
	s.t.Helper()
	s.wait("!document.querySelector('.talk.speaking')")
}

// says speaks while the talk button is held; what the till is saying ends there.
func (s *screen) says(text string) {
	s.t.Helper()
	wav := sentence(s.t, text)
	at := js[[]float64](s, "(() => { const b = document.querySelector('.talk').getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()")
	s.run(chromedp.MouseEvent(chromedp.MousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	s.wait("document.querySelector('.talk.listening')")
	js[bool](s, fmt.Sprintf("sayInRoom(%q).then(() => true)", wav))
	s.run(chromedp.MouseEvent(chromedp.MouseReleased, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

func TestSpokenPurchase(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", phone, playable)
	s.linked()
	s.view("phone-start")
	s.says("item one two zero three times three")
	s.line("1203", "3")
	s.sees(".chips", "3 oat milk")
	s.view("phone-spoken")
	s.says("item twenty one oh one times two")
	s.line("2101", "2")
	s.says("remove one sourdough bread")
	s.line("2101", "1")
	s.says("undo")
	s.line("2101", "2")
	s.says("checkout")
	s.state("billed")
	s.sees(".grand", "15.87")
	s.says("confirm payment")
	s.state("proving")
	s.wait("!document.querySelector('.talk')")
	s.fill("#account", "1001")
	s.fill("#secret", "till-demo-1"+kb.Enter)
	s.state("paid")
	if open, reason := spend(t, till.address, s.code("phone-paid")); !open {
		t.Errorf("the gate stays shut: %s", reason)
	}
}

func TestTapToTalkHearsSeveralSentences(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", phone, playable)
	s.linked()
	s.click(".talk")
	s.wait("document.querySelector('.talk.listening')")
	for text, item := range map[string]string{"two goat milk": "1230", "seven lemons": "3320"} {
		wav := sentence(t, text)
		s.hush()
		js[bool](s, fmt.Sprintf("sayInRoom(%q).then(() => true)", wav))
		s.wait(`document.querySelector('.cart-line[data-item="` + item + `"]')`)
	}
	s.line("1230", "2")
	s.line("3320", "7")
	s.hush()
	s.view("phone-listening")
	s.click(".talk")
	s.wait("document.querySelector('.talk.idle')")
}

// sent records what the page sends as text.
const sent = `(() => {
	window.sent = [];
	const send = WebSocket.prototype.send;
	WebSocket.prototype.send = function (m) {
		if (typeof m === "string") window.sent.push(JSON.parse(m).type);
		return send.call(this, m);
	};
})()`

func TestTillSpeaksAndAKeyStopsItAtOnce(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", desktop, sent)
	s.types("three oat milk and two bagels and four oranges and a sourdough bread")
	s.wait("document.querySelector('.cart-line[data-item=\"2101\"]')")
	s.types("list")
	s.wait("document.querySelector('.talk.speaking')")
	before := js[int](s, "window.sent.filter((type) => type === 'played').length")
	s.run(chromedp.KeyEvent(kb.End))
	s.wait("document.querySelector('.talk.idle')")
	if after := js[int](s, "window.sent.filter((type) => type === 'played').length"); after != before+1 {
		t.Errorf("played was said %d times, want once", after-before)
	}
	s.types("list")
	s.wait("document.querySelector('.talk.speaking')")
	s.wait("document.querySelector('.talk.idle')")
}

func TestSpaceBarHoldsToTalk(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", phone, playable)
	s.linked()
	space := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Code: "Space", Key: " ", WindowsVirtualKeyCode: 32}
	call(s, input.DispatchKeyEvent, space)
	s.wait("document.querySelector('.talk.listening')")
	js[bool](s, fmt.Sprintf("sayInRoom(%q).then(() => true)", sentence(t, "two goat milk")))
	space.Type = input.DispatchKeyEventTypeKeyUp
	call(s, input.DispatchKeyEvent, space)
	s.line("1230", "2")
}

func TestUploadedItemCanBeSpokenAtOnce(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	browser := openBrowser(t, speaksUnasked)
	s := openScreen(t, browser, till.address, "/", phone, playable)
	s.linked()
	m := openScreen(t, browser, till.address, "/merchant#catalog", desktop)
	enterConsole(t, m)
	m.uploads("new.csv", "number,name,price,unit,tax\n1203,oat milk,2.49,each,7\n4711,dragon fruit,3.50,each,7\n")
	m.sees("#upload-done", "2 items are in the shop now")
	s.front()
	s.says("two dragon fruit")
	s.line("4711", "2")
}

func TestNothingMovesWhenWordsArrive(t *testing.T) {
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", phone, playable, tones)
	s.linked()
	const watch = `(() => {
		window.tops = new Set();
		window.words = new Set();
		window.moved = [];
		new PerformanceObserver((list) => moved.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
		let frame = 0;
		const look = () => {
			if (document.querySelector('.cart-line')) window.lineAt ??= frame; // the answer's own frame may change everything
			frame = performance.now();
			const talk = document.querySelector('.talk').getBoundingClientRect();
			tops.add(Math.round(talk.top) + " " + Math.round(talk.left));
			words.add(document.querySelector('#partial').innerText);
			requestAnimationFrame(look);
		};
		look();
	})()`
	s.run(chromedp.Evaluate[chromedp.Void](watch))
	s.says("item one two zero three times three")
	s.line("1203", "3")
	s.wait("document.querySelector('button.chip')")
	if tops := js[[]string](s, "[...tops]"); len(tops) != 1 {
		t.Errorf("the talk button was at %v", tops)
	}
	const shifts = `moved.filter((m) => m.startTime < lineAt).flatMap((m) => m.sources.map((of) => m.value + " " + (of.node?.className ?? of.node?.textContent)))`
	if shifts := js[[]string](s, shifts); len(shifts) > 0 {
		t.Errorf("moved as words arrived: %q", shifts)
	}
	if words := js[[]string](s, "[...words]"); len(words) < 3 {
		t.Errorf("words did not come as they were said: %q", words)
	}
	s.plays(660, 880, 740, 988) // listening, heard, added
}

func TestATouchStopsTheVoiceAtOnce(t *testing.T) {
	t.Parallel()
	till := startBrowserTill(t)
	s := openScreen(t, openBrowser(t, speaksUnasked), till.address, "/", desktop, sent)
	s.types("three oat milk and two bagels and four oranges")
	s.wait("document.querySelector('.cart-line[data-item=\"3302\"]')")
	s.types("list")
	s.wait("document.querySelector('.talk.speaking')")
	s.click("#cart-title")
	s.wait("document.querySelector('.talk.idle')")
}
