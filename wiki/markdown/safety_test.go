package markdown

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// unsafeHTML says what is wrong with a rendered body: something that could run, or that leaves its place in the page.
func unsafeHTML(body string) string {
	if why := unbalanced(body); why != "" {
		return why
	}
	// What a browser makes of it between two landmarks: they must stay neighbours.
	doc, err := html.Parse(strings.NewReader(`<!DOCTYPE html><html><head></head><body><main id="top:main"><article id="top:body">` + body + `</article><p id="top:after">after</p></main></body></html>`))
	if err != nil {
		return err.Error()
	}
	article, after := byID(doc, "top:body"), byID(doc, "top:after")
	if article == nil || after == nil || article.NextSibling != after || after.NextSibling != nil || after.FirstChild == nil || after.FirstChild.Data != "after" || article.Parent.Data != "main" {
		return "the body does not stay in its element"
	}
	return unsafeNode(article)
}

func byID(n *html.Node, id string) *html.Node {
	for _, a := range n.Attr {
		if a.Key == "id" && a.Val == id {
			return n
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := byID(c, id); found != nil {
			return found
		}
	}
	return nil
}

var ownElements = map[string]bool{"section": true, "input": true, "article": true}

func unsafeNode(n *html.Node) string {
	if n.Type == html.ElementNode {
		if _, ok := elements[n.Data]; !ok && !ownElements[n.Data] || n.Namespace != "" {
			return fmt.Sprintf("element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.Map(func(r rune) rune {
				if r <= ' ' {
					return -1
				}
				return r
			}, a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcset", a.Key == "action", a.Key == "formaction":
				return fmt.Sprintf("attribute %s", a.Key)
			case (a.Key == "href" || a.Key == "src" || a.Key == "cite") && !safeURL(a.Val) && !(n.Data == "img" && isDataPicture(a.Val)):
				return fmt.Sprintf("address %s", a.Val)
			case (a.Key == "href" || a.Key == "src" || a.Key == "cite") && (strings.HasPrefix(value, "javascript") && strings.Contains(value, "script:")):
				return fmt.Sprintf("address %s", a.Val)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if why := unsafeNode(c); why != "" {
			return why
		}
	}
	return ""
}

// unbalanced reads the tags of a body and says where they do not lie in one another.
func unbalanced(body string) string {
	var open []string
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				return fmt.Sprintf("left open: %v", open)
			}
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			if !elements[string(name)].void && string(name) != "input" {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return fmt.Sprintf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.DoctypeToken:
			return "a comment or a declaration"
		}
	}
}
