package catalog

import (
	"regexp"
	"slices"
	"testing"
)

// inChinese wants each fault to be told in Chinese as well.
func inChinese(t *testing.T, faults RowErrors) {
	t.Helper()
	for i, e := range faults.In("zh") {
		if e.Reason == faults[i].Reason {
			t.Errorf("%q is not told in Chinese", e.Reason)
		}
		if e.Line != faults[i].Line || e.Column != faults[i].Column || e.Value != faults[i].Value || e.Cell != faults[i].Cell {
			t.Errorf("in Chinese it is another fault: %v", e)
		}
	}
	if en := faults.In("en"); len(en) > 0 && en[0].Reason != faults[0].Reason {
		t.Errorf("in English it is %q", en[0].Reason)
	}
}

func TestReasonsAreAboutTheSameInChinese(t *testing.T) {
	verb := regexp.MustCompile(`%[a-z]`)
	for english, translated := range chinese {
		if got, want := verb.FindAllString(translated, -1), verb.FindAllString(english, -1); !slices.Equal(got, want) {
			t.Errorf("%q has %q, want %q", translated, got, want)
		}
	}
}
