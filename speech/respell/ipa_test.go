package respell

import "testing"

func TestParseIPA(t *testing.T) {
	for text, want := range map[string]string{
		"h_ɑːɹ_ɹ_ˈiː_b_oʊ":    "HH AA R IY B OW", // doubled /r/
		"hɑːɹɹˈiːboʊ":         "HH AA R IY B OW",
		"tʃ_əʊ_b_ˈɑː_n_i":     "CH OW B AA N IY",
		"s_k_ˈaɪ_ɚ":           "S K AY ER",
		"f_ɛ_ɹ_ˈeə_ɹ_əʊ":      "F EH R EH R OW",
		"b_ˈʌ_ɾ_ɚ l_ˈɪ_ɾ_əl":  "B AH T ER L IH T AX L",
		"(fr)ʁ_ə_n_ˈo(en-us)": "R AX N OW",
		"ˈɛ_p_ə_l(fr)(en)":    "EH P AX L",
		"d_ʒ":                 "D ZH",
		"dʒ":                  "JH",
		"":                    "",
		" \t":                 "",
		"ɑ\u0303":             "AA N",
	} {
		got, err := ParseIPA(text)
		if err != nil || got.String() != want {
			t.Errorf("%q: got %s, %v, want %s", text, got, err, want)
		}
	}
	for _, bad := range []string{"(fr", "7", "Ж", "a\xff"} {
		if got, err := ParseIPA(bad); err == nil {
			t.Errorf("%q: got %s, want an error", bad, got)
		}
	}
}

func FuzzParseIPA(f *testing.F) {
	for _, seed := range []string{"h_ɑːɹ_ɹ_ˈiː_b_oʊ", "(fr)ʁ", "\xff", "ː", "(", "a\u0303"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ps, err := ParseIPA(text)
		if err != nil && ps != nil {
			t.Fatalf("%q: phones beside an error", text)
		}
		for i, p := range ps {
			if p >= phones || i > 0 && ps[i-1] == p {
				t.Fatalf("%q: %v", text, ps)
			}
		}
		if len(espeakLines(text)) > len(text) {
			t.Fatal("more lines than bytes")
		}
	})
}
