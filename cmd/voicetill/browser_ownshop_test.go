package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"golang.org/x/text/encoding/charmap"
)

// exported is what an old till writes: in the alphabet of a Western Windows, with
// columns that are none of a catalogue's, prices as people write them, fields in
// quotes, a line of nothing, and a sum.
const exported = `Artikelnummer;Bezeichnung;Warengruppe;Endpreis;MwSt;Einheit;EAN;Bestand;Bemerkung
101;Apple juice 1 l;Drinks;1,89 €;19 %;Stk;4006381333931;24;
102;Cloudy lemonade;Drinks;1,49 €;19 %;Stk;;30;
103;7UP 0,33 l;Drinks;1,20 €;19 %;Stk;;48;deposit!
104;Club-Mate;Drinks;1,60 €;19 %;Stk;;20;
105;"Coffee beans ""House blend"", 250 g";Coffee;6,90 €;7 %;Stk;;12;
106;Crème fraîche;Dairy;0,99 €;7 %;Stk;;15;
107;Whole milk;Dairy;1,29 €;7 %;Stk;;40;
108;Oat milk;Dairy;2,19 €;7 %;Stk;;25;
109;Gouda, mild;Dairy;12,90 €;7 %;kg;;8,5;
110;Salted butter;Dairy;2,49 €;7 %;Stk;;20;
111;Bread roll;Bakery;0,60 €;7 %;Stk;;60;
112;Pretzel;Bakery;0,90 €;7 %;Stk;;40;
113;Sourdough bread;Bakery;4,50 €;7 %;Stk;;10;
114;Jalapeño pretzel;Bakery;1,40 €;7 %;Stk;;10;
115;M&M's;Sweets;1,99 €;7 %;Stk;;30;
116;Haribo gold bears;Sweets;1,29 €;7 %;Stk;;30;
117;Tony's milk chocolate;Sweets;3,49 €;7 %;Stk;;18;
118;Apples;Fruit;2,99 €;7 %;kg;;20;
119;Bananas;Fruit;1,89 €;7 %;kg;;18;
120;Lemons;Fruit;0,45 €;7 %;Stk;;40;
121;Potatoes;Vegetables;1,50 €;7 %;kg;;50;
122;Tomatoes;Vegetables;3,60 €;7 %;kg;;15;
123;Free range eggs, 6;Dairy;2,79 €;7 %;Stk;;24;
124;Lager 0,5 l;Drinks;1,30 €;19 %;Stk;;60;from 16
125;"Red wine ""Dornfelder""";Drinks;5,99 €;19 %;Stk;;12;from 16
126;Dish soap;Household;1,75 €;19 %;Stk;;10;
127;Batteries AA;Household;5,49 €;19 %;Stk;;8;
128;Newspaper;Press;3,20 €;7 %;Stk;;5;
129;Gift basket;Gifts;1.049,00 €;19 %;Stk;;1;
130;Shopping bag;Household;0,25 €;19 %;Stk;;;
;;;;;;;;
Summe;;;;;;;713;
`

// counted counts the clicks and the fields that a person fills.
const counted = `addEventListener("click", (e) => e.isTrusted && e.detail && localStorage.setItem("clicks", 1 + Number(localStorage.getItem("clicks"))), true);
addEventListener("change", (e) => e.isTrusted && e.target.type !== "file" && localStorage.setItem("fields", 1 + Number(localStorage.getItem("fields"))), true);`

// work is how many clicks and fields a page has taken.
func (s *screen) work() (clicks, fields int) {
	s.t.Helper()
	return js[int](s, `Number(localStorage.getItem("clicks"))`), js[int](s, `Number(localStorage.getItem("fields"))`)
}

// TestAShopOfOnesOwnSellsSoon goes from the first page of a till to the first sale
// of an own item, by the pages alone.
func TestAShopOfOnesOwnSellsSoon(t *testing.T) {
	till, link := setUpLink(t)
	file, err := charmap.Windows1252.NewEncoder().String(strings.ReplaceAll(exported, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	m := openScreen(t, openBrowser(t), till.address, link, desktop, counted)
	m.fill("[name=shop]", "Café Groß")
	m.fill("[name=email]", "owner@example.com")
	m.fill("[name=password]", "a long secret"+kb.Enter)
	m.sees("#step-account.done", "cafe-gross")
	m.click("#step-goods a")
	m.uploads("export.csv", file)
	m.sees(".own-columns", "What are these columns?")
	m.sees(".own-columns", "such as 1,89 €")
	m.axe("columns of a file's own")
	m.view("merchant-columns")
	js[bool](m, `(() => { const s = document.querySelector('.own-columns [name="endpreis"]'); s.value = "price"; return s.dispatchEvent(new Event("change", {bubbles: true})); })()`)
	m.click(".own-columns [type=submit]")
	m.wait(`document.querySelector('#upload-faults li[data-line="33"][data-column="number"]')`) // the sum
	m.sees(".own-columns", "What are these columns?")                                           // may be said anew
	m.view("merchant-columns-sum")
	m.uploads("export.csv", file[:strings.Index(file, "Summe")])
	m.sees("#upload-done", "30 items are in the shop now: 30 new") // as was said before
	m.sees(".columns-used", "endpreis: Price")
	m.sees(`tr[data-item="106"]`, "Crème fraîche")
	m.sees(`tr[data-item="101"]`, "€1.89")
	m.view("merchant-columns-done")

	m.click(`a[href="#start"]`)
	m.click(".make-trial")
	m.wait("document.querySelectorAll('.trial dd').length === 3")
	m.view("merchant-own-trial")
	number, password := js[string](m, "document.querySelectorAll('.trial dd')[0].innerText"), js[string](m, "document.querySelectorAll('.trial dd')[1].innerText")
	address := js[string](m, "document.querySelector('.shop-link').getAttribute('href')")
	s := openScreen(t, openBrowser(t), till.address, address[len("http://"+till.address):], phone, counted)
	s.click("#refused .to-signin")
	s.fill(".sheet [name=account]", number)
	s.fill(".sheet [name=password]", password+kb.Enter)
	for _, say := range []string{"three Cloudy lemonade", "item 102 times two", "half a kilo of Apples"} {
		s.sees(".examples", say)
	}
	s.wait("document.querySelector('#type')?.placeholder === 'Cloudy lemonade, 102 × 3…'")
	s.view("phone-own-empty")
	booth := openScreen(t, openBrowser(t), till.address, "/kiosk?place=cafe-gross", kiosk)
	booth.sees(".attract-say", "Three Cloudy lemonade and two Club-Mate, please.")
	booth.view("kiosk-own-rest")
	s.front()
	s.types("two sourdough bread and a pretzel")
	s.line("113", "2")
	s.view("phone-own-basket")
	s.click(".checkout")
	s.state("billed")
	s.click(".confirm")
	s.state("proving")
	s.fill("#secret", password+kb.Enter)
	s.state("paid")
	m.sees("#step-trial.done", "See the receipt")

	clicks, fields := m.work()
	more, others := s.work()
	t.Logf("from the first page to the sale: %s, %d clicks and %d fields of the merchant's, %d and %d of the shopper's", time.Since(begun).Round(time.Second), clicks, fields, more, others)
	if clicks+more > 8 || fields+others > 7 || clicks == 0 || fields == 0 {
		t.Errorf("it takes %d clicks and %d fields", clicks+more, fields+others)
	}

	m.section("catalog")
	m.uploads("export.csv", file[:strings.Index(file, "Summe")])
	m.sees(".columns-used", "endpreis: Price")
	m.click(".columns-anew")
	m.wait("document.querySelector('.own-columns [name=endpreis]')?.value === 'price'")
	m.click(".own-columns [type=submit]")
	m.sees("#upload-done", "30 items are in the shop now: 0 new")
}
