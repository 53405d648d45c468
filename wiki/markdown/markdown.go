// Package markdown reads one Markdown page and renders it as safe HTML.
//
// Its nouns: a Document is one parsed page: FrontMatter, title, Outline, Questions with their Answers, Links, Blocks and
// plain text. Parse makes it; Render turns it into HTML that cannot run script, asking a Resolver where links lead.
// The package knows no repository and no address: both come in through the Resolver.
//
// It is the only importer of goldmark.
package markdown
