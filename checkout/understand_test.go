package checkout_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"voicetill/catalog"
	"voicetill/checkout"
	"voicetill/models"
	"voicetill/parser"
	"voicetill/payments/money"
	"voicetill/speech"
)

// shopAndBar understands the demo shop and its coffee bar.
func shopAndBar(t testing.TB) *checkout.Understander {
	t.Helper()
	return understander(t, "en", catalog.NewIndex(slices.Concat(demoItems(t, "demo/catalog.csv"), demoItems(t, "demo/coffee.csv"))))
}

func asJSON(t testing.TB, commands []checkout.Command) string {
	t.Helper()
	b, err := json.Marshal(commands)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// short writes commands in few words: "add 1203 3", "add 3340 0.5kg
// size=large (age)", "add ? 1208 (unknown)".
func short(commands []checkout.Command) string {
	var list []string
	for _, c := range commands {
		s := string(c.Do)
		if c.Item != "" {
			s += " " + c.Item
		}
		if c.Heard != "" {
			s += " ? " + c.Heard
		}
		if c.Quantity != nil {
			s += " " + c.Quantity.String() + c.Unit
		}
		if c.N > 0 {
			s += fmt.Sprintf(" #%d", c.N)
		}
		var options []string
		for group, value := range c.Options {
			options = append(options, " "+group+"="+strings.ReplaceAll(value, " ", "-"))
		}
		slices.Sort(options)
		s += strings.Join(options, "")
		if c.Ask != "" {
			s += " (" + string(c.Ask) + ")"
		}
		list = append(list, s)
	}
	return strings.Join(list, ", ")
}

func TestEverySentenceOfTheTillIsUnderstood(t *testing.T) {
	u := shopAndBar(t)
	for said, want := range map[string]string{
		"item 1203 times three":                   "add 1203 3",
		"three of item 1203":                      "add 1203 3",
		"add 1203 quantity 3":                     "add 1203 3",
		"three oat milk":                          "add 1203 3",
		"oat milk number 1203 times two":          "add 1203 2",
		"half a kilo of tomatoes":                 "add 3340 0.5kg",
		"two hundred grams of cheddar":            "add 3350 0.2kg",
		"item 3340 times two":                     "add 3340 2kg",
		"a dozen eggs":                            "add 5150 12 (quantity)",
		"a large latte with soy milk and sugar":   "add 105 1 milkAmount=soy-milk size=large sugarAmount=sugar",
		"three oat milk and two bagels":           "add 1203 3, add 2112 2",
		"remove item 1203":                        "remove 1203",
		"take off the oat milk":                   "remove 1203",
		"remove two of item 1203":                 "remove 1203 2",
		"remove the last one":                     "remove last",
		"make it two":                             "set last 2",
		"change item 1203 to five":                "set 1203 5",
		"no, four":                                "set last 4",
		"undo":                                    "undo",
		"cancel everything":                       "clear",
		"how much is it":                          "total",
		"what is in my cart":                      "list",
		"how much is item 1203":                   "price 1203",
		"what can I say":                          "help",
		"say that again":                          "repeat",
		"checkout":                                "checkout",
		"check out":                               "checkout",
		"pay now":                                 "checkout",
		"that is all":                             "checkout",
		"I am done":                               "checkout",
		"confirm payment":                         "confirm",
		"go back":                                 "back",
		"the first one":                           "choose #1",
		"number two":                              "choose #2",
		"item one two oh three":                   "add 1203 1",
		"item twelve oh three":                    "add 1203 1",
		"item twelve hundred and three":           "add 1203 1",
		"item one thousand two hundred and three": "add 1203 1",
		"item double four one seven":              "add 4417 1",
		"item nine triple zero":                   "add 9000 1",
		"1203":                                    "add 1203 1",
		"I'd like three bananas, please!":         "add 3301 3",
		"two flat whites":                         "add 4030 2",
		"fifteen bananas":                         "add 3301 15 (teen)",
		"fifty bananas":                           "add 3301 50 (teen)",
		"eleven bananas":                          "add 3301 11 (quantity)",
		"ten bananas":                             "add 3301 10",
		"a bottle of red wine":                    "add 8016 1 (age)",
		"three tomatoes":                          "add 3340 3 (unit)",
		"six kilos of potatoes":                   "add 3341 6kg (quantity)",
		"300g of mushrooms":                       "add 3343 0.3kg",
		"oat milk times":                          "add 1203 1 (quantity)",
		"item one two zero eight":                 "add ? 1208 (unknown)",
	} {
		h := u.Understand(speech.Typed(said), checkout.Situation{})
		if got := short(h.Commands); got != want {
			t.Errorf("%q: got %s, want %s", said, got, want)
		}
	}
}

func TestWhatIsNotForTheTillIsIgnored(t *testing.T) {
	u := shopAndBar(t)
	for _, said := range []string{"", "um", "please", "did you see the game last night", "I told him the train was late again", "she said yes to everything",
		"three", "twelve", "yes", "no", "[unk]", "three kilos of oat milk", "a large bagel", "a latte with chocolate", "one two", "remove",
		"and", "item", "two of", "half a kilo of", "the milk in my fridge went off two days ago", "my sister wants to read her book"} {
		h := u.Understand(speech.Typed(said), checkout.Situation{})
		if h.Commands == nil || len(h.Commands) > 0 {
			t.Errorf("%q: got %s", said, asJSON(t, h.Commands))
		}
	}
}

// hears are alternatives, best first, each so much worse than the one before.
func hears(gap float64, texts ...string) speech.Hypothesis {
	h := speech.Hypothesis{Final: true}
	for i, text := range texts {
		a := speech.Typed(text).Alternatives[0]
		a.Score = 100 - gap*float64(i)
		h.Alternatives = append(h.Alternatives, a)
	}
	return h
}

func TestTheCatalogueDecidesAmongAlternatives(t *testing.T) {
	u := shopAndBar(t)
	for name, c := range map[string]struct {
		h    speech.Hypothesis
		want string
		text string
	}{
		"a number that is not sold":     {hears(1, "item one two zero nine times three", "item one two zero three times three"), "add 1203 3 (alike)", "item one two zero three times three"},
		"words that are no sentence":    {hears(1, "item one two zero three nine tree", "item one two zero three times three"), "add 1203 3", "item one two zero three times three"},
		"options that it has not":       {hears(1, "a large bagel", "a large latte"), "add 105 1 size=large", "a large latte"},
		"a unit that it has not":        {hears(1, "two kilos of bagels", "two kilos of carrots"), "add 3342 2kg", "two kilos of carrots"},
		"the best one where it is good": {hears(8, "three oat milk", "three goat milk"), "add 1203 3", "three oat milk"},
	} {
		got := u.Understand(c.h, checkout.Situation{})
		if short(got.Commands) != c.want || got.Text != c.text {
			t.Errorf("%s: got %s of %q, want %s of %q", name, short(got.Commands), got.Text, c.want, c.text)
		}
		var texts []string
		for _, a := range c.h.Alternatives {
			texts = append(texts, a.Text())
		}
		if !slices.Equal(got.Evidence.Texts, texts) {
			t.Errorf("%s: the evidence is %q, want all that was heard", name, got.Evidence.Texts)
		}
	}
}

func TestTwoMeaningsCloseTogetherAreAsked(t *testing.T) {
	u := shopAndBar(t)
	close := u.Understand(hears(0.1, "three oat milk", "three goat milk"), checkout.Situation{})
	if short(close.Commands) != "add 1203 3 (choice)" || short(close.Commands[0].Or) != "add 1230 3" {
		t.Errorf("got %s", asJSON(t, close.Commands))
	}
	far := u.Understand(hears(20, "three oat milk", "three goat milk"), checkout.Situation{})
	if short(far.Commands) != "add 1203 3" {
		t.Errorf("got %s", asJSON(t, far.Commands))
	}
	if close.Evidence.Margin >= far.Evidence.Margin {
		t.Errorf("the margins are %g and %g", close.Evidence.Margin, far.Evidence.Margin)
	}
	// Where two differ in what does no harm, the better one stands.
	if got := u.Understand(hears(0.1, "how much is the oat milk", "how much is the goat milk"), checkout.Situation{}); short(got.Commands) != "price 1203" {
		t.Errorf("got %s", asJSON(t, got.Commands))
	}
}

func TestTeensAndTensAreAskedFromFurtherApart(t *testing.T) {
	u := shopAndBar(t)
	asked := func(a, b string, gap float64) bool {
		got := u.Understand(hears(gap, a, b), checkout.Situation{})
		return len(got.Commands) == 1 && got.Commands[0].Ask == checkout.AskChoice
	}
	for gap := 0.5; gap < 10; gap += 0.5 {
		if asked("item one two zero three times five", "item one two zero three times four", gap) &&
			!asked("item forty fifteen times two", "item forty fifty times two", gap) {
			t.Errorf("%g apart: five or four is asked, 4015 or 4050 is not", gap)
		}
	}
	if !asked("item forty fifteen times two", "item forty fifty times two", 2.5) {
		t.Error("4015 or 4050, 2.5 apart, is not asked")
	}
}

func TestShortWordsLikeTeensDoNoHarm(t *testing.T) {
	items := []catalog.Item{{Number: "1", Name: "teen magazine", Price: money.Of(100, "EUR"), Unit: catalog.Each},
		{Number: "2", Name: "party magazine", Price: money.Of(100, "EUR"), Unit: catalog.Each},
		{Number: "3", Name: "ty magazine", Price: money.Of(100, "EUR"), Unit: catalog.Each}}
	u := understander(t, "en", catalog.NewIndex(items))
	for _, texts := range [][]string{{"two teen magazine", "two party magazine"}, {"two party magazine", "two teen magazine"},
		{"two ty magazine", "two teen magazine"}, {"two teen magazine", "two ty magazine"}} {
		if got := u.Understand(hears(0.1, texts...), checkout.Situation{}); len(got.Commands) != 1 {
			t.Errorf("%q: got %s", texts, asJSON(t, got.Commands))
		}
	}
}

func TestANameOfTwoItemsIsAsked(t *testing.T) {
	got := shopAndBar(t).Understand(speech.Typed("two espresso"), checkout.Situation{})
	if short(got.Commands) != "add 4013 2 (choice)" || short(got.Commands[0].Or) != "add 103 2" {
		t.Errorf("got %s", asJSON(t, got.Commands))
	}
	// An option that only one of them has settles it.
	got = shopAndBar(t).Understand(speech.Typed("a large espresso"), checkout.Situation{})
	if len(got.Commands) > 0 && (got.Commands[0].Item != "103" || got.Commands[0].Ask != "") {
		t.Errorf("got %s", asJSON(t, got.Commands))
	}
}

func TestANumberThatIsNotSoldIsNeverTakenForItsNeighbour(t *testing.T) {
	u := shopAndBar(t)
	sold := map[string]bool{}
	for _, it := range slices.Concat(demoItems(t, "demo/catalog.csv"), demoItems(t, "demo/coffee.csv")) {
		sold[it.Number] = true
	}
	for n := 1000; n < 10000; n += 37 {
		number := fmt.Sprint(n)
		if sold[number] {
			continue
		}
		got := u.Understand(speech.Typed("item "+number), checkout.Situation{})
		if want := "add ? " + number + " (unknown)"; short(got.Commands) != want {
			t.Errorf("item %s: got %s, want %s", number, short(got.Commands), want)
		}
	}
}

func TestTheSituationMakesLikely(t *testing.T) {
	u := shopAndBar(t)
	inCart := checkout.Situation{State: checkout.Shopping, InCart: map[string]catalog.Qty{"1230": 1000}}
	got := u.Understand(hears(1, "remove the oat milk", "remove the goat milk"), inCart)
	if len(got.Commands) != 1 || got.Commands[0].Item != "1230" {
		t.Errorf("only goat milk is in the cart, got %s", asJSON(t, got.Commands))
	}
	for said, want := range map[string]string{"yes": "yes", "no": "no", "the second one": "choose #2"} {
		if got := u.Understand(speech.Typed(said), checkout.Situation{State: checkout.Choosing}); short(got.Commands) != want {
			t.Errorf("%q to an open question: got %s", said, short(got.Commands))
		}
	}
}

func TestAPauseWithinAnOrder(t *testing.T) {
	u := shopAndBar(t)
	for name, c := range map[string]struct {
		first, second string
		want          string // of the whole; "": better taken one by one
	}{
		"options after a drink":     {"a latte", "with soy milk", "add 105 1 milkAmount=soy-milk"},
		"in the middle of a number": {"item one two", "zero three times three", "add 1203 3"},
		"before the quantity":       {"item one two zero three", "times three", "add 1203 3"},
		"before the drink":          {"a large", "latte", "add 105 1 size=large"},
		"two orders":                {"three oat milk", "two bagels", ""},
		"an order and the checkout": {"three oat milk", "checkout", ""},
		"talk and an order":         {"the weather is nice", "three oat milk", ""},
		"talk and more talk":        {"the weather is nice", "is it not", ""},
	} {
		got, ok := u.Continue(speech.Typed(c.first), speech.Typed(c.second), checkout.Situation{})
		if ok != (c.want != "") || ok && short(got.Commands) != c.want {
			t.Errorf("%s: got %s, %v; want %s", name, short(got.Commands), ok, c.want)
		}
	}
}

func event(text string, start, end float64) speech.Event {
	h := speech.Typed(text)
	return speech.Event{Final: &h, Start: start, End: end, Level: -20, Noise: -70}
}

func TestAnEarJoinsOnlyWhatFollowsSoon(t *testing.T) {
	u := shopAndBar(t)
	for name, c := range map[string]struct {
		pause   float64
		answers bool
		joined  bool
		want    string
	}{
		"half a second":                      {0.5, false, true, "add 105 1 milkAmount=soy-milk"},
		"three seconds":                      {3, false, false, "amend milkAmount=soy-milk"},
		"half a second, but it was answered": {0.5, true, false, "amend milkAmount=soy-milk"},
	} {
		ear := checkout.Ear{Answers: c.answers}
		if got, joined := ear.Hear(u, event("a latte", 1, 2), checkout.Situation{}); joined || short(got.Commands) != "add 105 1" {
			t.Errorf("%s: the first is %s, joined %v", name, short(got.Commands), joined)
		}
		got, joined := ear.Hear(u, event("with soy milk", 2+c.pause, 3+c.pause), checkout.Situation{})
		if joined != c.joined || short(got.Commands) != c.want {
			t.Errorf("%s: got %s, joined %v; want %s", name, short(got.Commands), joined, c.want)
		}
	}
}

func TestAnEarAddsWhatIsSaidALittleLater(t *testing.T) {
	u := shopAndBar(t)
	for second, want := range map[string]string{
		"no with brown sugar and milk": "add 101 1 milkAmount=milk sugarAmount=brown-sugar, true",
		"with chocolate":               ", false",
		"two oat milk":                 "add 1203 2, false",
	} {
		var ear checkout.Ear
		ear.Hear(u, event("an americano", 1, 2), checkout.Situation{})
		got, joined := ear.Hear(u, event(second, 3, 4), checkout.Situation{})
		if found := fmt.Sprintf("%s, %v", short(got.Commands), joined); found != want {
			t.Errorf("%q: got %s, want %s", second, found, want)
		}
	}
}

func TestHowLongASilenceEndsAnUtterance(t *testing.T) {
	shopOnly := understander(t, "en", catalog.NewIndex(demoItems(t, "demo/catalog.csv")))
	for name, u := range map[string]*checkout.Understander{"shop": shopOnly, "shop and bar": shopAndBar(t)} {
		whole := u.Wait("item one two zero three times three", checkout.Situation{})
		middle := u.Wait("item one two", checkout.Situation{})
		other := min(u.Wait("take off the", checkout.Situation{}), u.Wait("item one two zero three times", checkout.Situation{}))
		nothing := u.Wait("", checkout.Situation{})
		if !(whole < other && other < middle) || whole < 0.2 || middle > 1.5 || nothing <= 0 {
			t.Errorf("%s: a whole sentence waits %g s, another beginning %g s, the middle of a number %g s, nothing %g s", name, whole, other, middle, nothing)
		}
	}
	if got := shopOnly.Wait("item one two zero three times three", checkout.Situation{}); got > 0.35 {
		t.Errorf("a whole sentence of a shop without options waits %g s", got)
	}
}

func TestCompleteness(t *testing.T) {
	u := shopAndBar(t)
	for text, want := range map[string]checkout.Completeness{
		"": checkout.Nothing, "item one two": checkout.Incomplete, "item one two zero": checkout.Incomplete,
		"item one two zero three": checkout.Complete, "item one two zero three times": checkout.Incomplete,
		"item one two zero eight": checkout.Incomplete, "three oat": checkout.Incomplete, "three oat milk": checkout.Complete,
		"checkout": checkout.Complete, "confirm": checkout.Incomplete, "confirm payment": checkout.Complete,
	} {
		if got := u.Completeness(text, checkout.Situation{}); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestNamesAreFoundHoweverTheyAreWritten(t *testing.T) {
	var items []catalog.Item
	for i, name := range []string{"Crème Fraîche", "Salt & Vinegar Crisps", "Ben's Granola-Bar", "Cherry", "Box", "Haribo Goldbären"} {
		items = append(items, catalog.Item{Number: fmt.Sprint(100 + i), Name: name, Price: money.Of(100, "EUR"), Unit: catalog.Each})
	}
	items[5].Sounds = []string{"hari beau gold bear"}
	u := understander(t, "en", catalog.NewIndex(items))
	for said, want := range map[string]string{
		"two creme fraiche": "add 100 2", "two salt and vinegar crisps": "add 101 2", "two ben's granola bar": "add 102 2",
		"two ben's granola bars": "add 102 2", "two cherries": "add 103 2", "two boxes": "add 104 2", "two hari beau gold bears": "add 105 2",
		"two haribo goldbaren": "add 105 2",
	} {
		if got := u.Understand(speech.Typed(said), checkout.Situation{}); short(got.Commands) != want {
			t.Errorf("%q: got %s, want %s", said, short(got.Commands), want)
		}
	}
}

func TestPhrasesHoldOnlyWhatCanBeHeard(t *testing.T) {
	index := catalog.NewIndex(demoItems(t, "demo/catalog.csv"))
	text, err := models.FS.ReadFile("en/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	g, err := parser.ParseGrammar(string(text))
	if err != nil {
		t.Fatal(err)
	}
	unknown := map[string]bool{"chobani": true, "haribo": true, "kombucha": true}
	u := checkout.NewUnderstander(g, index, func(word string) bool { return !unknown[word] })
	seen := map[string]bool{}
	for _, p := range u.Phrases() {
		if strings.Join(strings.Fields(p), " ") != p || p != strings.ToLower(p) {
			t.Fatalf("%q is not lower-case words", p)
		}
		for _, w := range strings.Fields(p) {
			if unknown[w] {
				t.Fatalf("%q cannot be heard", p)
			}
			seen[w] = true
		}
	}
	// Every item can be named in some way, but for those with unknown names only.
	for _, w := range []string{"oat", "sourdough", "gummy", "umbrella", "zero", "hundred", "checkout", "confirm", speech.Unknown} {
		if !seen[w] {
			t.Errorf("no phrase has %q in it", w)
		}
	}
	again := checkout.NewUnderstander(g, index, func(word string) bool { return !unknown[word] })
	if !slices.Equal(u.Phrases(), again.Phrases()) {
		t.Error("the same catalogue gave other phrases")
	}
	if got := u.Understand(speech.Typed("two kombucha"), checkout.Situation{}); short(got.Commands) != "add 4417 2" {
		t.Errorf("what cannot be heard can be typed, got %s", short(got.Commands))
	}
}

func TestCommandsAreReadAsTheyAreWritten(t *testing.T) {
	u := shopAndBar(t)
	for _, said := range []string{"item 1203 times three", "half a kilo of tomatoes", "a large latte with soy milk", "two espresso", "item 1208",
		"remove the last one", "the first one", "checkout"} {
		want := asJSON(t, u.Understand(speech.Typed(said), checkout.Situation{}).Commands)
		var commands []checkout.Command
		if err := json.Unmarshal([]byte(want), &commands); err != nil {
			t.Fatal(err)
		}
		if got := asJSON(t, commands); got != want {
			t.Errorf("%q: got %s, want %s", said, got, want)
		}
	}
	if got := asJSON(t, u.Understand(speech.Typed("item one two zero eight"), checkout.Situation{}).Commands); !strings.Contains(got, `"item":null`) {
		t.Errorf("got %s: an unknown item is null", got)
	}
	var c checkout.Command
	for _, bad := range []string{`{"do":"add","item":"1203","quantity":"lots"}`, `{"do":"add","item":"1203","quantity":-1}`,
		`{"do":"add","item":1203}`, `[]`, `{"do":"add","quantity":[1]}`} {
		if err := json.Unmarshal([]byte(bad), &c); err == nil {
			t.Errorf("%s was read as %+v", bad, c)
		}
	}
	if err := json.Unmarshal([]byte(`{"do":"add","item":"1203","quantity":3,"colour":"red"}`), &c); err != nil || c.Quantity.String() != "3" {
		t.Errorf("got %+v, %v", c, err)
	}
}

// BenchmarkUnderstand reads typed lines: an alternative of an utterance takes as long.
func BenchmarkUnderstand(b *testing.B) {
	u := understander(b, "en", catalog.NewIndex(demoItems(b, "demo/catalog.csv")))
	for name, line := range map[string]string{
		"number":       "item one two zero three times three",
		"names":        "can i have three oat milk and two bagels please",
		"many numbers": strings.Repeat("one two thirty five hundred and six ", 11),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				u.Understand(speech.Typed(line), checkout.Situation{Typed: true})
			}
		})
	}
}
