// Package markdown reads one Markdown page and renders it as safe HTML.
//
// Its nouns: a Document is one parsed page with its FrontMatter, title, outline of Headings, Questions with their
// answers, Links, Blocks with their exact place in the source, and plain text. Parse makes it, once; its HTML asks a
// Resolver where links lead. The package knows no repository and no address: both come in through the Resolver.
//
//	d := markdown.Parse(source, markdown.Options{QuestionSections: []string{"Discussions"}})
//	for _, q := range d.Questions { index(q.Anchor, q.Text, q.Answer) }
//	body := d.HTML(resolver)
//	body, shown := d.Marked(resolver, marks) // with ranges of the source in elements of their own
//
// # What is Markdown here
//
// CommonMark and GitHub's extensions (tables, strikethrough, bare addresses, task lists, footnotes, callouts such as
// "> [!NOTE]"), definition lists, [[wikilinks]], highlighted code, and HTML as far as a policy admits it. Headings have
// anchors by GitHub's rule in every script. YAML front matter may stand before the text. A question is a heading that
// asks, or a numbered line of plain text that asks and is answered (numbered.go); both are in Outline and Questions.
//
// # Promises
//
// Parse never fails. What is wrong with a page is in Problems, with its line; the page is still shown, and where a limit
// is passed the text stands as it was typed.
//
// The HTML holds nothing that runs, frames, styles or submits. It is well-formed and cannot end the element that it is
// put in. This is so by construction: the renderer writes only escaped text and tags of its own, and the writer's own
// tags pass a policy and are balanced (rawhtml.go). A fuzz test asks a browser's parser whether it is true.
//
// Time and memory are linear in the source, up to named limits (limits.go). goldmark, which does the parsing, is not
// linear by itself and cannot be stopped: so each of its parts stands behind a guard that counts what it may cost
// (guard.go). A whole page of MaxSource bytes may still take as long as some hundred ordinary ones; whoever renders for
// strangers bounds how many are rendered at once.
//
// A Document does not change and may be shared by goroutines; only the Resolver must be fit for that.
//
// # For editors and merges
//
// SplitBlocks cuts a text in the blocks that a merge works with, at memory speed and without a parser. SetFrontMatter
// edits one key and keeps every other byte. Document.Section gives the lines to edit for one heading.
//
// A Form (form.go) says of which sections pages of a kind consist; Document.Sizes tells how much of each is there, and
// FormSection.State whether that will do. A form's instructions are for editors: its Skeleton has none, and
// WithoutInstructions takes them out of pages that older forms left them in.
//
// It is the only importer of goldmark, chroma and bluemonday.
package markdown
