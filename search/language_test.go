package search

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// What is typed finds a text in a language, and the snippet marks it there; with nothing marked it must not be found.
var readings = []struct{ lang, text, query, marked string }{
	{"ar", "قرأت الكتاب أمس", "كتاب", "الكتاب"},
	{"ar", "قرأت الكتاب أمس", "كاتب", ""},
	{"ar", "هذه Résumé جديدة", "resume", "Résumé"},
	{"ckb", "کتێبەکان لێرەن", "کتێب", "کتێبەکان"},
	{"da", "Bogen om smørrebrødet.", "smorrebrod", "smørrebrødet"},
	{"da", "Bogen om smørrebrødet.", "smoerrebroed", "smørrebrødet"},
	{"hr", "Novak Đoković igra.", "djokovic", "Đoković"},
	{"sr", "Novak Đoković igra.", "djokovic", "Đoković"},
	{"sr", "Novak Đoković igra.", "dokovic", "Đoković"},
	{"sv", "Malmö är en stad.", "malmoe", "Malmö"},
	{"fa", "برگ\u200cها و کتاب\u200cها", "کتاب", "کتاب"},
	{"fi", "Pöydällä on kirja.", "poeydaellae", "Pöydällä"},
	{"no", "Vi bor i Ålesund.", "aalesund", "Ålesund"},
	{"da", "Vi lærer på kurser.", "laerer", "lærer"},
	{"da", "Bogen om smørrebrødet.", "smerte", ""},
	{"de", "Viele Häuser stehen leer.", "haus", "Häuser"},
	{"de", "Viele Häuser stehen leer.", "haeuser", "Häuser"},
	{"de", "Eine Uebung am Abend.", "übung", "Uebung"},
	{"de", "Die Straßen sind leer.", "strasse", "Straßen"},
	{"de", "Das CAFÉ ist offen.", "cafe", "CAFÉ"},
	{"de", "DIE STRAẞE IST LEER", "straße", "STRAẞE"},
	{"de", "Viele Häuser stehen leer.", "hose", ""},
	{"es", "Los niños juegan.", "nino", "niños"},
	{"es", "Los niños juegan.", "ninos", "niños"},
	{"es", "Los ninos juegan.", "niño", "ninos"},
	{"es", "Cada reunión cuenta.", "reunion", "reunión"},
	{"es", "Hace muchos años.", "ano", "años"},
	{"es", "Los niños juegan.", "nunca", ""},
	{"fa", "کتاب\u200cها اینجا هستند", "کتاب", "کتاب"},
	{"fi", "Yhteisöissä opitaan.", "yhteisö", "Yhteisöissä"},
	{"fi", "Yhteisöissä opitaan.", "yhteiso", "Yhteisöissä"},
	{"fi", "Pöydällä on kirja.", "poydalla", "Pöydällä"},
	{"fr", "Une œuvre commune.", "oeuvre", "œuvre"},
	{"fr", "Les œuvres complètes.", "oeuvre", "œuvres"},
	{"fr", "Les pratiques de l’équipe.", "equipe", "équipe"},
	{"fr", "Nos communautés lisent.", "communaute", "communautés"},
	{"fr", "Le cinquième élève", "eleve", "élève"},
	{"fr", "Un mot sûr.", "sur", ""},
	{"hi", "किताबें यहाँ हैं", "किताब", "किताबें"},
	{"hi", "किताबें यहाँ हैं", "कताब", ""},
	{"hr", "Đaci uče zajedno.", "đaci", "Đaci"},
	{"hr", "Đaci uče zajedno.", "daci", "Đaci"},
	{"hr", "Učenje u zajednici.", "ucenje", "Učenje"},
	{"hr", "Naši zaključci.", "zakljucci", "zaključci"},
	{"hu", "A közösségeknek idő kell.", "közösség", "közösségeknek"},
	{"hu", "A közösségeknek idő kell.", "kozossegeknek", "közösségeknek"},
	{"hu", "A közösségeknek idő kell.", "ido", "idő"},
	{"it", "Leggiamo molti libri.", "libro", "libri"},
	{"it", "La comunità cresce.", "comunita", "comunità"},
	{"it", "Nell'università si legge.", "universita", "università"},
	{"nl", "De coördinatie werkt.", "coordinatie", "coördinatie"},
	{"no", "Vi spør på møtene.", "motene", "møtene"},
	{"no", "Vi spør på møtene.", "møte", "møtene"},
	{"pl", "Tu mieszkają żółwie.", "żółw", "żółwie"},
	{"pl", "Tu mieszkają żółwie.", "zolw", "żółwie"},
	{"pl", "Nasze społeczności rosną.", "społeczność", "społeczności"},
	{"pl", "Spis książek i pytań.", "książka", "książek"},
	{"pl", "Każdy członek pisze.", "członków", "członek"},
	{"pl", "Tu mieszkają żółwie.", "żaba", ""},
	{"pl", "Nasze społeczności rosną.", "sposób", ""},
	{"pl", "Jedziemy do Łodzi.", "lodz", "Łodzi"},
	{"", "An œuvre of many.", "oeuvre", "œuvre"},
	{"", "An ŒUVRE of many.", "oeuvre", "ŒUVRE"},
	{"", "We ate smørrebrød.", "smorrebrod", "smørrebrød"},
	{"", "Of Cæsar and others.", "caesar", "Cæsar"},
	{"", "Of Caesar and others.", "cæsar", "Caesar"},
	{"", "Der Straßenmusikant.", "strassenmusikant", "Straßenmusikant"},
	{"vi", "Đường phố Hà Nội", "duong", "Đường"},
	{"az", "Bakının küçələri", "kucələri", "küçələri"},
	{"el", "Ο ΣΟΦΟΣ λέει", "σοφός", "ΣΟΦΟΣ"},
	{"uk", "Мій край", "мій", "Мій"},
	{"uk", "Мій край", "мии", ""},
	{"he", "שָׁלוֹם לכם", "שלום", "שָׁלוֹם"},
	{"haw", "Mokuʻāina o Hawaiʻi", "hawaii", "Hawaiʻi"},
	{"pt", "As ações comuns.", "ação", "ações"},
	{"pt", "As ações comuns.", "acoes", "ações"},
	{"pt", "Uma ação comum.", "acao", "ação"},
	{"pt", "Uma ação comum.", "acoes", "ação"},
	{"pt", "Dois pães por mão.", "pao", "pães"},
	{"ro", "Comunități de practică.", "comunitati", "Comunități"},
	{"ro", "Comunități de practică.", "comunitate", "Comunități"},
	{"ro", "Întrebări și răspunsuri", "intrebari", "Întrebări"},
	{"ro", "Viața este lungă.", "viaţa", "Viața"},
	{"ru", "Ёлка стоит в углу.", "елка", "Ёлка"},
	{"ru", "Елки стоят в углу.", "ёлка", "Елки"},
	{"ru", "Здесь стои́т дом.", "стоит", "стои́т"},
	{"ru", "Мой край", "мои", ""},
	{"sv", "Flickorna läser på ön.", "lasa", "läser"},
	{"sv", "Många frågor.", "fragor", "frågor"},
	{"tr", "İnsanlar okur.", "insanlar", "İnsanlar"},
	{"tr", "İnsanlar okur.", "insan", "İnsanlar"},
	{"tr", "IŞIK yandı.", "ışık", "IŞIK"},
	{"tr", "Işık yandı.", "IŞIK", "Işık"},
	{"tr", "Işık yandı.", "isik", "Işık"},
	{"tr", "Türkçe öğrenmek", "turkce", "Türkçe"},
	{"tr", "Türkçe öğrenmek", "TÜRKÇE", "Türkçe"},
	{"tr", "İstanbul büyük.", "ISTANBUL", "İstanbul"},
	{"tr", "ISTANBUL BUYUK", "istanbul", "ISTANBUL"},
	{"tr", "İnsanlar okur.", "inek", ""},
	{"ko", "실천 공동체는 함께 배웁니다.", "공동체", "공동체"},
	{"ko", "많은 사람들입니다.", "사람", "사람"},
	{"ko", "많은 사람들입니다.", "사람들", "사람들"},
	{"ko", "좋은 책이다.", "책", "책"},
	{"ko", "실천 공동체는 함께 배웁니다.", "공장", ""},
	{"ja", "これは知識管理の本です。", "知識", "知識"},
	{"ja", "会社の規則。", "社", "社"},
	{"ja", "会社の規則。", "カイシャ", ""},
	{"ja", "ガラスの器", "カラス", ""},
	{"ja", "ガイドを読む", "ｶﾞｲﾄﾞ", "ガイド"},
	{"ja", "ｶﾞｲﾄﾞを読む", "ガイド", "ｶﾞｲﾄﾞ"},
	{"ja", "実践コミュニティとは", "コミュニティ", "コミュニティ"},
	{"zh", "什么是实践社区", "实", "实"},
	{"zh", "什么是实践社区", "区", "区"},
	{"zh", "什么是实践社区", "社区", "社区"},
	{"zh", "什么是实践社区", "区社", ""},
	{"zh", "用 Résumé 申请", "resume", "Résumé"},
	{"", "학습 공동체는 무엇인가", "공동체", "공동체"},
	{"th", "ชุมชนนักปฏิบัติคืออะไร", "นักปฏิบัติ", "นักปฏิบัติ"},
	{"th", "ดื่มน้ำทุกวัน", "น้ำ", "น้ำ"},
	{"th", "ชุมชนนักปฏิบัติคืออะไร", "ชุมนุม", ""},
	{"", "ชุมชนนักปฏิบัติคืออะไร", "ชุมชน", "ชุมชน"},
	{"lo", "ຊຸມຊົນແມ່ນຫຍັງ", "ຊຸມຊົນ", "ຊຸມຊົນ"},
	{"km", "សហគមន៍អនុវត្តគឺជាអ្វី", "អនុវត្ត", "អនុវត្ត"},
	{"my", "အသိုင်းအဝိုင်းဆိုတာဘာလဲ", "အဝိုင်း", "အဝိုင်း"},
	{"en", "The word ชุมชน is Thai.", "ชุมชน", "ชุมชน"},
	{"ca", "L'escola és oberta.", "escola", "escola"},
	{"ga", "Tá m'athair anseo.", "athair", "athair"},
	{"bn", "বাংলা ভাষার জন\u200d্য", "বাংলা", "বাংলা"},
}

func TestReadings(t *testing.T) {
	for _, tt := range readings {
		x := storeOf(t, page{path: "a", title: "T", lang: tt.lang, sections: []section{{text: tt.text}}})
		res := find(t, x, tt.query)
		found := res.Total == 1 && !res.Relaxed
		if found != (tt.marked != "") {
			t.Errorf("%s: %q finds %q: %v (%q and %q)", tt.lang, tt.query, tt.text, found, languageNamed(languageFor(tt.lang, tt.text)).terms(tt.query), languageNamed(languageFor(tt.lang, tt.text)).terms(tt.text))
		}
		if !found || tt.marked == "" {
			continue
		}
		if got := show(res.Hits[0].Snippet); got != strings.Replace(tt.text, tt.marked, "["+tt.marked+"]", 1) {
			t.Errorf("%s: %q marks %s", tt.lang, tt.query, got)
		}
	}
}

// All languages in one wiki: what is a stop word in one, or no word, is still found in the others.
func TestReadingsTogether(t *testing.T) {
	var pages []page
	paths := map[string]string{}
	for _, tt := range readings {
		if key := tt.lang + tt.text; paths[key] == "" {
			paths[key] = fmt.Sprintf("p%d", len(pages))
			pages = append(pages, page{path: paths[key], title: "T", lang: tt.lang, sections: []section{{text: tt.text}}})
		}
	}
	x := storeOf(t, pages...)
	for _, tt := range readings {
		if tt.marked == "" {
			continue
		}
		res := find(t, x, tt.query)
		if !slices.Contains(strings.Fields(addresses(res)), paths[tt.lang+tt.text]) || res.Relaxed {
			t.Errorf("%s: %q does not find %q: %s", tt.lang, tt.query, tt.text, addresses(res))
		}
	}
}

func TestFold(t *testing.T) {
	for name, want := range map[string]string{
		"L’ŒUVRE d'Ålesund": "loeuvre dalesund", "Łódź, Đakovo & Smørås": "lodz dakovo smoras", "Großstraße ẞ": "grossstrasse ss", "IŞIK İstanbul": "isik istanbul",
		"Ёлка и йод": "елка и йод", "ΣΟΦΟΣ σοφός": "σοφοσ σοφοσ", "ガラス ｶﾞﾗｽ カラス": "ガラス ガラス カラス", "أَحْمَد": "احمد", "हिन्दी": "हिन्दी", "น้ำ": "น้ํา", "한국어": "한국어",
		"ǽ ǿ ﬁ": "ae o fi",
	} {
		if got := fold(composed(name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestSentencesWithoutSpaces: a question in a script that parts no words is found in other words, as it is in one that does.
func TestSentencesWithoutSpaces(t *testing.T) {
	x := storeOf(t,
		page{path: "zh", title: "社区", lang: "zh", sections: []section{{text: "这里谈社区。"}, {anchor: "q", heading: "社区需要多少人？", text: "二十人就够了。"}}},
		page{path: "ja", title: "仲間", lang: "ja", sections: []section{{anchor: "q", heading: "コミュニティには何人が必要ですか", text: "二十人です。"}}},
		page{path: "th", title: "ชุมชน", lang: "th", sections: []section{{anchor: "q", heading: "ชุมชนต้องมีคนกี่คน", text: "ยี่สิบคน"}}},
		page{path: "en", title: "Bees", sections: []section{{text: "Bees eat pollen."}}},
	)
	for query, want := range map[string]string{"社区要多少人": "zh#q", "コミュニティは何人必要ですか": "ja#q", "ชุมชนต้องใช้คนกี่คน": "th#q"} {
		res := find(t, x, query)
		if got, _, _ := strings.Cut(addresses(res), " "); got != want {
			t.Errorf("%s: %s, want %s first", query, addresses(res), want)
		}
	}
	if res := find(t, x, "蜜蜂吃什么花粉"); res.Total > 0 {
		t.Errorf("what has nothing in common finds %s", addresses(res))
	}
}

// A page called so is the exact hit for what is typed, and is suggested for what is begun.
func TestNamesInLanguages(t *testing.T) {
	for _, tt := range []struct{ lang, title, typed, begun string }{
		{"", "Œuvre complète", "oeuvre complete", "oeu"},
		{"sv", "Malmö", "malmoe", "malmoe"},
		{"da", "Om smørrebrød", "om smoerrebroed", "smoer"},
		{"da", "Om smørrebrød", "om smorrebrod", "smorre"},
		{"de", "Häuser und Straßen", "hauser und strassen", "stras"},
		{"de", "Häuser und Straßen", "haeuser und strassen", "haeu"},
		{"es", "Los niños", "los ninos", "nin"},
		{"fr", "L’œuvre", "l'oeuvre", "loeu"},
		{"hr", "Novak Đoković", "novak djokovic", "djok"},
		{"hr", "Novak Đoković", "novak dokovic", "dok"},
		{"is", "Þing og Æðey", "thing og aedey", "aed"},
		{"ja", "会社の規則", "会社の規則", "規則"},
		{"ko", "실천 공동체는 무엇인가", "실천 공동체는 무엇인가", "공동체"},
		{"ko", "실천 공동체는 무엇인가", "실천 공동체는 무엇인가", "공동"},
		{"no", "Ålesund", "aalesund", "aale"},
		{"pl", "Łódź i żółwie", "lodz i zolwie", "zol"},
		{"ru", "Ёлка в лесу", "елка в лесу", "елк"},
		{"th", "ชุมชนนักปฏิบัติ", "ชุมชนนักปฏิบัติ", "ปฏิบัติ"},
		{"tr", "İnsanlar ve IŞIK", "insanlar ve ışık", "ışı"},
		{"tr", "İnsanlar ve IŞIK", "insanlar ve isik", "isi"},
		{"vi", "Đường phố", "duong pho", "duo"},
		{"zh", "什么是实践社区", "什么是实践社区", "社区"},
		{"zh", "什么是实践社区", "什么是实践社区", "实"},
	} {
		x := storeOf(t, page{path: "a", title: tt.title, lang: tt.lang, sections: []section{{text: "1"}}}, page{path: "b", title: "B", sections: []section{{text: tt.typed}}})
		if res := find(t, x, tt.typed); !res.Exact || res.Hits[0].Path.String() != "a" {
			t.Errorf("%s: %q is not the title %q: %s", tt.lang, tt.typed, tt.title, addresses(res))
		}
		list, err := x.Suggest(t.Context(), tt.begun, 5)
		if err != nil || len(list) != 1 || list[0].Path.String() != "a" {
			t.Errorf("%s: %q does not suggest %q: %v %v", tt.lang, tt.begun, tt.title, list, err)
		}
	}
}

// Whatever is asked for is among the terms by which the same text is found, in every language, and terms stand in the text.
func TestWhatIsAskedIsFound(t *testing.T) {
	letters := []rune("aeiou nrst lmk'-.ABCßẞæœøåäöüéèñçłđıİIşșțţğőűžščćąęóżźёйїЁҐςΣάสวัดีน้ำเ\u0e49ក្មស្តိ\u17d2မြန်မာ\u1039ລາວ漢字カナがｶﾞー한국어קָוعَربيّहिन्दीবাংলা\u0301\u3099\u200d\u200c’\x00\ufffd😀〇々1９")
	names := map[string]bool{unspacedLanguage: true, plainLanguage: true}
	for _, name := range analyzerOf {
		names[name] = true
	}
	for name := range unstemmed {
		names[name] = true
	}
	r := rand.New(rand.NewPCG(1, 2))
	for name := range names {
		l := languageNamed(name)
		for range 300 {
			text := make([]rune, r.IntN(12))
			for i := range text {
				text[i] = letters[r.IntN(len(letters))]
			}
			checkFound(t, l, composed(string(text)))
		}
	}
}

func checkFound(t *testing.T, l *language, text string) {
	t.Helper()
	has := map[string]bool{}
	at := 0
	for _, k := range l.found(text) {
		has[string(k.Term)] = true
		if k.Position < at || k.Start < 0 || k.Start >= k.End || k.End > len(text) || !utf8.ValidString(text[k.Start:k.End]) {
			t.Fatalf("%s: %q has %q from %d to %d at %d after %d", l.name, text, k.Term, k.Start, k.End, k.Position, at)
		}
		at = k.Position
	}
	if forms := l.forms(text); len(forms) > 0 {
		for _, term := range forms[0] {
			if !has[term] {
				t.Fatalf("%s: %q is asked for by %q, and found by %q", l.name, text, term, slices.Collect(maps.Keys(has)))
			}
		}
	}
}

// What a damaged index may name as its language is plain words.
func TestUnknownLanguage(t *testing.T) {
	for _, name := range []string{"", "keyword", "standard", "cjk", "xx"} {
		if got := strings.Join(languageNamed(name).terms("Some Wörds"), " "); got != "some words" {
			t.Errorf("%s: %q", name, got)
		}
	}
}
