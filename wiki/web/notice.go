package web

import (
	"net/http"
	"strings"
)

// noticeCookie carries a one-word code from a POST to the page that the visitor is sent to. An address would do too,
// but people pass addresses on.
const noticeCookie = "coppice_notice"

// noticeSeconds is as long as the way to the next page can take.
const noticeSeconds = 30

// notices are all that can be said. A code that is not here says nothing, so that a forged cookie can't either.
var notices = map[string]Notice{
	"saved":       {Kind: "good", Text: "Your edit is saved."},
	"merged":      {Kind: "good", Text: "Your edit is saved, and joined with what somebody else changed meanwhile."},
	"created":     {Kind: "good", Text: "The page is there now. Thank you!"},
	"saved-new":   {Kind: "good", Text: "Your edit is saved. One of its keywords is new: no other page has it yet."},
	"created-new": {Kind: "good", Text: "The page is there now. Thank you! One of its keywords is new: no other page has it yet."},
	"renamed":     {Kind: "good", Text: "The page has a new address. The old one leads here."},
	"deleted":     {Kind: "good", Text: "The page is deleted. Its history stays, and it can be restored."},
	"restored":    {Kind: "good", Text: "The older version is back."},
	"reverted":    {Kind: "good", Text: "That change is undone."},
	"unchanged":   {Kind: "info", Text: "There was nothing to save: the page says that already."},
}

// noticeCode gives the code that r carries, or "". It reads the header as it is, for it stands on the fast path.
func noticeCode(r *http.Request) string {
	for _, line := range r.Header["Cookie"] {
		if _, rest, ok := strings.Cut(line, noticeCookie+"="); ok {
			code, _, _ := strings.Cut(rest, ";")
			if _, known := notices[code]; known {
				return code
			}
		}
	}
	return ""
}

// leaveNotice has the next page that the visitor sees say something.
func leaveNotice(w http.ResponseWriter, code string) {
	http.SetCookie(w, &http.Cookie{Name: noticeCookie, Value: code, Path: "/", MaxAge: noticeSeconds, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// takeNotice gives the notice that r carries, once.
func takeNotice(w http.ResponseWriter, r *http.Request) *Notice {
	code := noticeCode(r)
	if code == "" {
		return nil
	}
	http.SetCookie(w, &http.Cookie{Name: noticeCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	n := notices[code]
	return &n
}
