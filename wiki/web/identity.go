package web

import (
	"net/http"

	"coppice/wiki"
)

// identity is who asks. All that the room knows of a visitor is in it, and identify is the only place that finds it out.
type identity struct {
	wiki.Contributor
	MayEdit bool
}

// identify says who sends r. Without accounts that is the one author that the server was started with.
func (s *Server) identify(*http.Request) identity {
	return identity{Contributor: s.cfg.Author, MayEdit: !s.cfg.ReadOnly}
}

// sharesPages reports whether r's sender sees what everybody sees, so that a page made for somebody else may be sent.
// A notice is meant for one visitor, once.
func sharesPages(r *http.Request) bool { return noticeCode(r) == "" }
