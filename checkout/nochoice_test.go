package checkout_test

import (
	"testing"

	"voicetill/speech"
)

// Who holds the button is told that nothing is asked; others may have meant
// somebody else.
func TestAChoiceWithoutAQuestionIsAnsweredWhereItWasMeantForTheTill(t *testing.T) {
	s := newShop(t)
	d := s.open(t, "en")
	for addressed, want := range map[bool]string{true: "There is nothing to choose just now. Say an item, or say help.", false: ""} {
		h := s.understand["en"].Understand(speech.Typed("the second one"), d.Situation())
		h.Addressed = addressed
		r, err := d.Hear(t.Context(), "", h)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if r != nil {
			got = r.Say
		}
		if got != want {
			t.Errorf("addressed %v: got %q, want %q", addressed, got, want)
		}
	}
}
