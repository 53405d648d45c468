package markdown

import "testing"

func TestAnchor(t *testing.T) {
	for text, want := range map[string]string{
		"What is a CoP?":               "what-is-a-cop",
		"  Spaces  twice ":             "spaces--twice",
		"C++ & Go_lang, v1.2":          "c--go_lang-v12",
		"ما هي الجماعة؟":               "ما-هي-الجماعة",
		"什么是社区？":                       "什么是社区",
		"Что ЭТО такое?":               "что-это-такое",
		"हिन्दी में":                   "हिन्दी-में",
		"Cafe\u0301":                   "café",
		"???":                          "section",
		"- -":                          "section",
		"":                             "section",
		"⚠️ Care":                      "-care",
		"Bad \xff bytes":               "bad--bytes",
		"what-is-a-cop-1":              "what-is-a-cop-1",
		"\u0130stanbul":                "i̇stanbul",
		"non\u00a0breaking":            "non-breaking",
		"(a) Why? \u201cbecause\u201d": "a-why-because",
	} {
		if got := Anchor(text); got != want && !(text == "\u0130stanbul" && got == "istanbul") {
			t.Errorf("Anchor(%q) = %q, wanted %q", text, got, want)
		}
		if again := Anchor(Anchor(text)); again != Anchor(text) {
			t.Errorf("Anchor(%q) is not stable: %q", text, again)
		}
	}
}

func TestAnchorsAreUnique(t *testing.T) {
	var a anchors
	want := []string{"a", "a-1", "a-2", "a-1-1", "a-3"}
	for i, text := range []string{"a", "a", "A", "a-1", "a?"} {
		if got := a.add(text); got != want[i] {
			t.Errorf("%d: %q, wanted %q", i, got, want[i])
		}
	}
}

func TestIsQuestion(t *testing.T) {
	for text, want := range map[string]bool{
		"What is it?": true, "What is it? ": true, "“Really?”": true, "(Why?)": true, "What?!": true,
		"ما هي؟": true, "什么是社区？": true, "Τι είναι αυτό;": true, "Τι είναι αυτό\u037e": true, "Ի՞նչ է սա": true, "Ի՞նչ է սա։": true,
		"ምንድን ነው፧": true, "¿Qué es?": true,
		"A list;": false, "Introduction": false, "": false, "What? Nothing": false, "Stop!": false, "?a": false,
	} {
		if got := IsQuestion(text); got != want {
			t.Errorf("IsQuestion(%q) = %v", text, got)
		}
	}
}
