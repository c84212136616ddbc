//go:build vosk

package main

import "testing"

// Who is not known yet sees the welcome and makes an account, in every language.
func TestAStrangersPagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	till, _ := cornerTill(t)
	for _, lang := range []string{"en", "zh"} {
		s := openScreen(t, openBrowser(t), till.address, "/?place=corner-shop&lang="+lang, phone)
		s.wait("document.querySelector('#refused .to-register')")
		s.judge(lang, pageState{tab: "phone", name: "welcome"})
		s.click("#refused .to-register")
		s.wait("document.querySelector('.register')")
		s.judge(lang, pageState{tab: "phone", name: "welcome-register"})
	}
}
