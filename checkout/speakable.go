package checkout

import (
	"slices"
	"strings"

	"voicetill/catalog"
	"voicetill/speech/respell"
)

// Way is how shoppers can say an item.
type Way string

// The ways, best first.
const (
	VoiceReady Way = "ready"     // the recogniser knows its name, or how the merchant wrote it
	ByTaught   Way = "taught"    // it was taught by saying it
	ByGuess    Way = "respelled" // the name was respelled
	ByNumber   Way = "number"    // only its number can be said
)

// Speakable says how an item can be said and what it may be taken for.
type Speakable struct {
	Number     string   `json:"number"`
	Name       string   `json:"name"`
	Way        Way      `json:"way"`
	As         []string `json:"as"` // what the recogniser listens for instead of the name
	Confusable []Other  `json:"confusable"`
}

// Other is an item that another may be taken for.
type Other struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	Why    Mixup  `json:"why"`
}

// Mixup is why two items may be taken for each other.
type Mixup string

const (
	SameName   Mixup = "same name"
	SoundAlike Mixup = "sounds alike"
	TeenTy     Mixup = "number" // -teen against -ty
)

// alikeLimit is how far the names of two items must be apart (respell.Distance).
const alikeLimit = 0.8

// Speakables judges respelled items in their order.
func Speakables(items []catalog.Item, knows func(word string) bool, s Speller) []Speakable {
	list := make([]Speakable, len(items))
	for i, it := range items {
		list[i] = Speakable{Number: it.Number, Name: it.Name, As: []string{}, Confusable: []Other{}}
		list[i].Way, list[i].As = way(it, knows)
	}
	mixUp(list, SameName, sameNames(items))
	mixUp(list, SoundAlike, soundsAlike(items, list, s))
	mixUp(list, TeenTy, teenNumbers(items))
	return list
}

// CountWays counts the items by how they can be said.
func CountWays(items []catalog.Item, knows func(word string) bool) map[Way]int {
	counts := map[Way]int{}
	for _, it := range items {
		w, _ := way(it, knows)
		counts[w]++
	}
	return counts
}

func way(it catalog.Item, knows func(string) bool) (Way, []string) {
	heard := func(texts []string) []string {
		kept := []string{}
		for _, text := range texts {
			if len(missing(words(text), knows)) == 0 {
				kept = append(kept, text)
			}
		}
		return kept
	}
	if len(heard([]string{it.Name})) > 0 {
		return VoiceReady, []string{}
	}
	for _, by := range []struct {
		way   Way
		texts []string
	}{{VoiceReady, it.Sounds}, {ByTaught, it.Taught}, {ByGuess, it.Respelled}, {VoiceReady, it.Also}} {
		if as := heard(by.texts); len(as) > 0 {
			return by.way, as
		}
	}
	return ByNumber, []string{}
}

// mixUp notes pairs of places with both, unless something worse is noted.
func mixUp(list []Speakable, why Mixup, pairs [][2]int) {
	note := func(a, b int) {
		known := func(o Other) bool { return o.Number == list[b].Number }
		if !slices.ContainsFunc(list[a].Confusable, known) {
			list[a].Confusable = append(list[a].Confusable, Other{list[b].Number, list[b].Name, why})
		}
	}
	for _, p := range pairs {
		note(p[0], p[1])
		note(p[1], p[0])
	}
}

func sameNames(items []catalog.Item) (pairs [][2]int) {
	last := map[string]int{}
	for i, it := range items {
		for _, name := range append([]string{it.Name}, it.Also...) {
			phrase := words(name)
			if j, ok := last[phrase]; ok && j != i {
				pairs = append(pairs, [2]int{j, i})
			}
			last[phrase] = i
		}
	}
	return pairs
}

func soundsAlike(items []catalog.Item, list []Speakable, s Speller) (pairs [][2]int) {
	sounds := make([]respell.Phones, len(items))
	for i, it := range items {
		text := it.Name
		if len(list[i].As) > 0 {
			text = list[i].As[0]
		}
		sounds[i], _ = s.Say(words(text))
	}
	for _, p := range respell.Alike(sounds, alikeLimit) {
		pairs = append(pairs, [2]int{p.A, p.B})
	}
	return pairs
}

// teenNumbers finds numbers that differ in "13" against "30" up to "19" against
// "90", where a shopper may say these two digits as one number.
func teenNumbers(items []catalog.Item) (pairs [][2]int) {
	at := make(map[string]int, len(items))
	for i, it := range items {
		at[it.Number] = i
	}
	for i, it := range items {
		n := it.Number
		for k := len(n) - 2; k >= 0; k -= 2 {
			if n[k] != '1' || !strings.ContainsRune("3456789", rune(n[k+1])) {
				continue
			}
			if j, ok := at[n[:k]+n[k+1:k+2]+"0"+n[k+2:]]; ok {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	return pairs
}
