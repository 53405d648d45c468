package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"coppice/wiki"
)

// patience bounds each thing that is done in a browser, so that a condition that never comes true is a failure that names
// it and no hang. It is far above what anything takes on a slow and busy machine.
const patience = 2 * time.Minute

// The two screens that everything must look right on.
const (
	phone   = 360
	desktop = 1440
)

// The page and the question of the starter wiki that the tests visit and edit.
const (
	samplePage     = "what-is-a-community-of-practice"
	sampleQuestion = "how-big-is-a-community-of-practice"
)

// TestBrowser visits the real server with a real browser. A machine without Chromium fails it: what is not looked at
// is not known to work.
func TestBrowser(t *testing.T) {
	browser := startBrowser(t)
	for _, v := range []struct {
		name string
		test func(*testing.T, context.Context)
	}{
		{"Newcomer", testNewcomer},
		{"NewcomerWithoutScripts", testNewcomerWithoutScripts},
		{"Keyboard", testKeyboard},
		{"Conflict", testConflict},
		{"Draft", testDraft},
		{"Colours", testColours},
		{"FirstLoad", testFirstLoad},
		{"Drawing", testDrawing},
		{"Blame", testBlame},
		{"FormerAnchors", testFormerAnchors},
		{"Questions", testQuestions},
		{"Audit", testAudit},
		{"Views", testViews},
		{"Credits", testCredits},
		{"Asked", testAsked},
		{"Combobox", testCombobox},
		{"Related", testRelated},
		{"SearchTests", testSearchTests},
		{"NewQuestion", testNewQuestion},
		{"NewQuestionWithoutScripts", testNewQuestionWithoutScripts},
		{"RightToLeft", testRightToLeft},
		{"Struck", testStruck},
		{"Placeholders", testPlaceholders},
		{"Reflow", testReflow},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			v.test(t, browser)
		})
	}
}

// startBrowser starts Chromium with an empty profile. Its context is the parent of every tab's.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	allocator, stop := chromedp.NewExecAllocator(t.Context(),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),          // small in many containers
		chromedp.Flag("force-color-profile", "srgb"),          // contrast is computed in it
		chromedp.Flag("disable-renderer-backgrounding", true), // two tabs write at once
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.UserDataDir(t.TempDir()),
	)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// house is a wiki with the starter pages, served as the command serves it.
type house struct {
	*server
	t testing.TB
}

func startHouse(t *testing.T) *house {
	t.Helper()
	s, err := openServer(t.Context(), serveOptions{
		place:  place{data: t.TempDir(), log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))},
		listen: "127.0.0.1:0", author: "Nia Newcomer <nia@users.noreply.example>",
	}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	h := &house{server: s, t: t}
	h.settle()
	return h
}

// settle waits until every index knows the newest page.
func (h *house) settle() {
	h.t.Helper()
	for _, f := range h.following {
		if err := f.Await(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
}

var omar = wiki.Contributor{Name: "Omar Other", Email: "omar@users.noreply.example"}

// write saves a whole page as somebody else.
func (h *house) write(path, source, summary string) wiki.Saved {
	h.t.Helper()
	saved, err := h.wiki.Save(h.t.Context(), wiki.Edit{
		Path: h.path(path), Base: h.wiki.Head().Commit(), Source: []byte(source), Summary: summary, Author: omar,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.settle()
	return saved
}

// replace changes some words of a page as somebody else.
func (h *house) replace(path, before, after, summary string) wiki.Saved {
	h.t.Helper()
	source := h.source(path)
	if !strings.Contains(source, before) {
		h.t.Fatalf("%s does not say %q", path, before)
	}
	return h.write(path, strings.Replace(source, before, after, 1), summary)
}

func (h *house) source(path string) string {
	h.t.Helper()
	p, err := h.wiki.Head().Page(h.path(path))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(p.Source)
}

func (h *house) path(name string) wiki.Path {
	h.t.Helper()
	p, err := wiki.NewPath(name)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// tab is a tab of a browser in a profile of its own: nothing is cached, nothing remembered.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu     sync.Mutex
	faults []fault         // what the console complained of
	failed map[string]bool // documents that were answered with a status of 400 or more, which the console reports too
	bytes  float64         // received, headers included
	asked  int             // how often the page asked before it was left
}

// fault is a line on the console.
type fault struct{ text, url string }

func (h *house) open(t *testing.T, browser context.Context, width int) *tab {
	t.Helper()
	return openTab(t, browser, h.address(), width)
}

// openTab opens a tab for a site. The test fails when anything at all is wrong on its console: an exception, a file that is missing,
// or something that the Content-Security-Policy had to stop.
func openTab(t *testing.T, browser context.Context, site string, width int) *tab {
	t.Helper()
	b := &tab{t: t, site: site, failed: map[string]bool{}}
	ctx, closeTab := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(closeTab)
	b.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context of what is done in it first
		t.Fatalf("open a tab: %v", err)
	}
	b.do("emulate focus", func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		// Several tabs are in front of somebody at the same time here, each at a screen of its own.
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return chromedp.Void{}, err
	})
	b.resize(width)
	b.scheme("light") // and without motion: a mouse hits nothing that is still moving
	t.Cleanup(b.checkConsole)
	return b
}

// hear notes what happens in the tab. It runs between two messages of the browser and must not wait for a third.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type != runtime.ConsoleAPICalledTypeLog && e.Type != runtime.ConsoleAPICalledTypeDebug {
			b.faults = append(b.faults, fault{text: fmt.Sprintf("console.%s was called", e.Type)})
		}
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, fault{text: (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error()})
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.faults = append(b.faults, fault{fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL), e.Entry.URL})
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument && e.Response.Status >= 400 {
			b.failed[e.Response.URL] = true
		}
	case *network.EventLoadingFinished:
		b.bytes += e.EncodedDataLength
	case *page.EventJavascriptDialogOpening:
		b.asked++
		go func() { // leave, as the person at the keyboard would
			_, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}()
	}
}

func (b *tab) checkConsole() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		if !b.failed[f.url] {
			b.t.Errorf("on the console: %s", f.text)
		}
	}
}

// received gives the bytes that came over the line since it was last asked.
func (b *tab) received() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := int(b.bytes)
	b.bytes = 0
	return n
}

// do runs actions that stay on the page.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// follow runs actions that lead to another page, and waits until that is there. It gives its status.
func (b *tab) follow(what string, steps ...chromedp.Action[chromedp.Void]) int {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	answer, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		b.t.Fatalf("%s: %v; %s", what, err, b.whereabouts())
	}
	if answer == nil { // another place on the same page
		return 200
	}
	return int(answer.Status)
}

// visit opens an address of the wiki. There may be no such page, but the server must not be at a loss.
func (b *tab) visit(path string) {
	b.t.Helper()
	code := b.follow("visit "+path, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: b.site + path})
		return err
	}))
	if code >= 500 {
		b.t.Fatalf("visit %s: status %d", path, code)
	}
}

// whereabouts says what the tab shows, for a failure that has to be understood without having been seen.
func (b *tab) whereabouts() string {
	ctx, stop := context.WithTimeout(context.WithoutCancel(b.ctx), patience)
	defer stop()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		"`the tab is at ${location.href} (${document.readyState}), the focus on ${document.activeElement?.cloneNode().outerHTML}, the last click ${document.documentElement?.dataset.clicked}`"))
	if err != nil {
		return "the tab does not answer: " + err.Error()
	}
	return at
}

// click clicks with the mouse, on what can be seen and leads nowhere else.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do("click "+selector, mouse(selector))
}

// clickTo clicks on what leads to another page.
func (b *tab) clickTo(selector string) int {
	b.t.Helper()
	return b.follow("click "+selector, mouse(selector))
}

// mouse clicks on the first element of a selector. What answers late may move it between the look at where it is and the
// click, which then hits something else; as a person would, it then clicks again.
func mouse(selector string) chromedp.Action[chromedp.Void] {
	const aim = `void document.addEventListener("click", ({ target }) => {
		document.documentElement.dataset.clicked = target.closest(%[1]q) || target.closest("label")?.control?.matches(%[1]q) ? "hit" : "missed";
	}, { capture: true, once: true }), void delete document.documentElement.dataset.clicked`
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		for {
			if _, err := chromedp.Evaluate[chromedp.Void](fmt.Sprintf(aim, selector))(ctx, target); err != nil {
				return err
			}
			if _, err := chromedp.Click(chromedp.CSS(selector))(ctx, target); err != nil {
				return err
			}
			clicked, err := chromedp.Evaluate[string](`document.documentElement?.dataset.clicked ?? ""`)(ctx, target)
			if err != nil && !pageChanged(err) || err == nil && clicked == "missed" && ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			if clicked != "missed" { // "" when the next page is there already
				return nil
			}
		}
	})
}

// keys presses keys; whatever has the focus gets them.
func (b *tab) keys(keys string) {
	b.t.Helper()
	b.do(fmt.Sprintf("press %q", keys), press(keys))
}

// press types as a keyboard does: a page that takes a key for itself gets no character from it. (chromedp sends the
// character as an event of its own, which no page can stop.)
func press(keys string, modifiers ...chromedp.Modifier) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		for _, key := range keys {
			var down, up *input.DispatchKeyEventParams
			for _, e := range kb.Encode(key) {
				for _, m := range modifiers {
					e.Modifiers |= int64(m)
				}
				switch e.Type {
				case kb.KeyDown:
					down = e
				case kb.KeyChar:
					if e.Modifiers&int64(chromedp.ModifierCtrl) == 0 {
						down.Text, down.UnmodifiedText = e.Text, e.UnmodifiedText
					}
				case kb.KeyUp:
					up = e
				}
			}
			for _, e := range []*input.DispatchKeyEventParams{down, up} {
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, *e); err != nil {
					return chromedp.Void{}, err
				}
			}
		}
		return chromedp.Void{}, nil
	}
}

// await waits until an expression is true on the page.
func (b *tab) await(expression string) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingTimeout(patience)))
		if err == nil {
			return
		}
		if !pageChanged(err) {
			b.t.Fatalf("await %s: %v", expression, err)
		}
	}
}

// offered waits until the first line of an open list begins with some words: an answer to fewer letters may come before.
func (b *tab) offered(words string) {
	b.t.Helper()
	b.await(fmt.Sprintf(`document.querySelector(".suggestions:not([hidden]) [role=option]")?.innerText.startsWith(%q)`, words))
}

// pageChanged reports whether the browser could not answer because the page that was asked has just made room for
// the next one. chromedp may ask the old one for a moment after the new one was loaded: the browser's message that names
// the new one comes after the message that it was loaded.
func pageChanged(err error) bool {
	e, ok := errors.AsType[*cdproto.Error](err)
	return ok && e.Code == -32000 && slices.Contains([]string{
		"Cannot find context with specified id", "Execution context was destroyed.", "Inspected target navigated or closed",
	}, e.Message)
}

// ask evaluates an expression on the page.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("ask %s: %v", expression, err)
	}
	return v
}

// text gives what the first element of a selector shows; "" when there is none.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return ask[string](b, fmt.Sprintf("(document.querySelector(%q)?.innerText ?? '').replace(/\\s+/g, ' ').trim()", selector))
}

// shows fails the test unless an element shows some words.
func (b *tab) shows(selector, words string) {
	b.t.Helper()
	if text := b.text(selector); !strings.Contains(text, words) {
		b.t.Fatalf("%s: %s shows %q, not %q", b.address(), selector, text, words)
	}
}

// address gives the path, query and fragment of the page that the tab is on.
func (b *tab) address() string {
	b.t.Helper()
	at, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimPrefix(at, b.site)
}

func (b *tab) isAt(address string) {
	b.t.Helper()
	if at := b.address(); at != address {
		b.t.Fatalf("the tab is at %s, not at %s", at, address)
	}
}

// resize makes the tab's window that wide. A narrow one is a phone, which handles overflow and scroll bars differently.
func (b *tab) resize(width int) {
	b.t.Helper()
	p := emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: 900, DeviceScaleFactor: 1}
	if width == phone {
		p.Height, p.Mobile = 740, true
	}
	b.do("resize", func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, p)
		return chromedp.Void{}, err
	})
}

// scheme sets what the system says of light and dark.
func (b *tab) scheme(name string) {
	b.t.Helper()
	b.do("scheme "+name, func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: name},
			{Name: "prefers-reduced-motion", Value: "reduce"}, // colours in transition are neither the old nor the new
		}})
		return chromedp.Void{}, err
	})
}

// withoutScripts switches JavaScript off, as some readers do and some lines do for them.
func (b *tab) withoutScripts() {
	b.t.Helper()
	b.do("switch scripts off", func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	})
}

// The parts of the theme that the tests hold on to.
const (
	searchBox = `.find input[name="q"]`
	sourceBox = `textarea[name="source"]`
	whyBox    = `input[name="summary"]`
	saveKey   = `button[name="action"][value="save"]`
)

// selectWords selects words in the source, as a double click or a drag would.
func (b *tab) selectWords(words string) {
	b.t.Helper()
	if !ask[bool](b, fmt.Sprintf(`(() => {
		const source = document.querySelector(%q), at = source.value.indexOf(%q);
		if (at < 0) return false;
		source.focus();
		source.setSelectionRange(at, at + %[2]q.length);
		return true;
	})()`, sourceBox, words)) {
		b.t.Fatalf("%s: the source does not say %q", b.address(), words)
	}
}

// retype selects words and types others over them.
func (b *tab) retype(before, after string) {
	b.t.Helper()
	b.selectWords(before)
	b.keys(after)
}

// testNewcomer is the way of a stranger who looks for an answer, finds a figure wrong, corrects it, and thinks again.
func testNewcomer(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, desktop)

	b.visit("/")
	b.click(searchBox)
	b.keys("how big")
	b.offered("How big")
	b.keys(kb.ArrowDown)
	b.await(`document.querySelector(".suggestions [aria-selected=true]")`)
	b.follow("take the suggestion", press(kb.Enter))
	b.isAt("/wiki/" + samplePage + "#" + sampleQuestion)
	if top := ask[float64](b, fmt.Sprintf("document.getElementById(%q).getBoundingClientRect().top", sampleQuestion)); top < 0 || top > 400 {
		t.Errorf("the question that was looked for stands %v pixels below the top of the window", top)
	}
	b.shows("article", "50 is about the limit")

	b.clickTo("#" + sampleQuestion + " .edit-section")
	b.isAt("/edit/" + samplePage + "?section=" + sampleQuestion)
	b.shows("main", "You edit one section")
	b.retype("50 is about", "60 is about")
	b.await(`document.querySelector(".preview-pane:not([hidden]) .prose").innerText.includes("60 is about the limit")`)
	b.click(whyBox)
	b.keys("Newer figure")
	b.clickTo(saveKey)

	b.isAt("/wiki/" + samplePage + "#" + sampleQuestion)
	b.shows(".notice.good", "saved")
	b.shows("article", "60 is about the limit")
	b.shows("article .byline", "Nia Newcomer")
	undo(t, b)
	if got := h.source(samplePage); !strings.Contains(got, "50 is about the limit") || strings.Contains(got, "60 is about") {
		t.Error("the page in the repository does not say what it said before the edit")
	}
}

// testNewcomerWithoutScripts is the same way with JavaScript off.
func testNewcomerWithoutScripts(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, phone)
	b.withoutScripts()

	b.visit("/")
	b.click(searchBox)
	b.keys("how big is a community")
	b.follow("search", press(kb.Enter))
	b.shows(".hits", "How big is a community of practice?")
	b.clickTo(".hits li:first-child h2 a")
	b.isAt("/wiki/" + samplePage + "#" + sampleQuestion)
	b.shows("article", "50 is about the limit")

	b.clickTo(".tabs a[href^='/edit/']")
	b.retype("50 is about", "60 is about")
	b.click(whyBox)
	b.keys("Newer figure")
	b.clickTo(`button[name="action"][value="preview"]`)
	b.shows(".preview-pane .prose", "60 is about the limit")
	b.clickTo(`button[name="action"][value="changes"]`)
	b.shows(".diff ins", "60")
	b.clickTo(saveKey)

	b.isAt("/wiki/" + samplePage)
	b.shows(".notice.good", "saved")
	b.shows("article", "60 is about the limit")
	undo(t, b)
}

// undo goes from the page that was just edited to its history, looks at the change in every way, and takes it back.
func undo(t *testing.T, b *tab) {
	t.Helper()
	b.clickTo(".tabs a[href^='/history/']")
	b.shows(".revisions li", "Newer figure")
	b.clickTo(".compare-bar button")
	b.shows(".diff del", "50")
	b.shows(".diff ins", "60")
	for i, mode := range []string{".diff-inline", ".diff-split", ".sheet-text"} {
		b.clickTo(fmt.Sprintf(".switch a:nth-of-type(%d)", i+1))
		b.shows(mode+" ins", "60")
		b.shows(mode+" del", "50")
	}
	b.clickTo(`.diff-tools form button`)
	if strings.HasPrefix(b.address(), "/revert/") { // it asks first
		b.shows("main", "Only this one change is taken back")
		b.clickTo("main form button.primary")
	}
	b.isAt("/wiki/" + samplePage)
	b.shows(".notice.good", "undone")
	b.shows("article", "50 is about the limit")
}

// testKeyboard does without a mouse.
func testKeyboard(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, desktop)
	b.scheme("light")
	b.visit("/wiki/" + samplePage)

	b.keys(kb.Tab)
	if first := b.focused(); first.Name != "Skip to the text" || !first.Seen {
		t.Errorf("the first stop of the Tab key is %+v", first)
	}
	b.follow("skip", press(kb.Enter))
	b.keys(kb.Tab)
	if !ask[bool](b, `document.querySelector("main").contains(document.activeElement)`) {
		t.Errorf("after the skip link, the Tab key goes to %+v", b.focused())
	}

	b.keys("?")
	b.await(`document.querySelector("dialog[open]")`)
	b.keys(kb.Escape)
	b.await(`!document.querySelector("dialog[open]")`)
	b.keys("/")
	b.await(fmt.Sprintf("document.activeElement === document.querySelector(%q)", searchBox))
	b.keys("e?/")
	if got := ask[string](b, fmt.Sprintf("document.querySelector(%q).value", searchBox)); got != "e?/" {
		t.Errorf("single keys are not silent while one types: the box holds %q", got)
	}
	b.visit("/wiki/" + samplePage)
	b.follow("edit by key", press("e"))
	b.isAt("/edit/" + samplePage)

	stops := b.walk("Save", 60)
	for _, want := range []string{"The text, in Markdown", "What did you change, and why?"} {
		if !slices.ContainsFunc(stops, func(s stop) bool { return strings.HasPrefix(s.Name, want) }) {
			t.Errorf("the Tab key does not stop at %q on its way to Save", want)
		}
	}
	b.do("back to the text", chromedp.Focus(chromedp.CSS(sourceBox)))
	b.keys("Typed by hand. ")
	if code := b.follow("save by key", press("s", chromedp.ModifierCtrl)); code != 200 {
		t.Errorf("saved by key: status %d", code)
	}
	b.isAt("/wiki/" + samplePage)

	for _, at := range []string{"/", "/search?q=community", "/history/" + samplePage, "/recent"} {
		b.visit(at)
		b.walk("", 25)
	}
}

// stop is where the Tab key stopped.
type stop struct {
	Name string // of what has the focus
	Tag  string
	Seen bool // a ring, or a change of look, shows where the focus is
	Open bool // it is in the window, and nothing covers it
}

func (b *tab) focused() stop {
	b.t.Helper()
	return ask[stop](b, `(() => {
		const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
		const name = e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText || e.title || "";
		const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
		// A box may be taller than the window: some point of it has to be free.
		const x = box.left + Math.min(box.width / 2, 20);
		const free = [0.1, 0.5, 0.9].some((part) => {
			const top = document.elementFromPoint(x, Math.min(Math.max(box.top + box.height * part, 1), innerHeight - 1));
			return top && (e.contains(top) || top.contains(e) && top !== document.body && top !== document.documentElement);
		});
		return { Name: name.replace(/\s+/g, " ").trim(), Tag: e.tagName, Seen: ring, Open: free };
	})()`)
}

// walk presses Tab until it stops at something of that name, or comes round, and checks each stop on the way.
func (b *tab) walk(to string, limit int) []stop {
	b.t.Helper()
	var stops []stop
	for range limit {
		b.keys(kb.Tab)
		s := b.focused()
		if s.Tag == "BODY" {
			break
		}
		stops = append(stops, s)
		if !s.Seen {
			b.t.Errorf("%s: one cannot see that %s %q has the focus", b.address(), s.Tag, s.Name)
		}
		if !s.Open {
			b.t.Errorf("%s: something covers %s %q, which has the focus", b.address(), s.Tag, s.Name)
		}
		if to != "" && s.Name == to {
			return stops
		}
	}
	if to != "" {
		b.t.Errorf("%s: the Tab key does not reach %q in %d steps", b.address(), to, limit)
	}
	return stops
}

// testConflict has two people change the same words at the same time.
func testConflict(t *testing.T, browser context.Context) {
	h := startHouse(t)
	one, two := h.open(t, browser, desktop), h.open(t, browser, desktop)
	edit := "/edit/" + samplePage + "?section=" + sampleQuestion
	one.visit(edit)
	two.visit(edit)
	one.retype("50 is about", "60 is about")
	two.retype("50 is about", "70 is about")
	if code := one.clickTo(saveKey); code != 200 {
		t.Fatalf("the first save: status %d", code)
	}
	if code := two.clickTo(saveKey); code != 409 {
		t.Fatalf("the second save of the same words: status %d", code)
	}
	two.shows("main", "Your words are safe")
	two.shows(".clash-sides", "60")
	two.shows(".clash-sides", "70")
	held := func() string { return ask[string](two, fmt.Sprintf("document.querySelector(%q).value", sourceBox)) }
	if got := held(); !strings.Contains(got, "70 is about") || strings.Contains(got, "60 is about") {
		t.Error("the text to be saved does not begin with the writer's own words")
	}
	if !strings.Contains(held(), "## Examples") {
		t.Error("the text to be saved is not the whole page")
	}
	two.click(`.clash-choose input[value="theirs"]`)
	if got := held(); !strings.Contains(got, "60 is about") || strings.Contains(got, "70 is about") {
		t.Error("choosing the other's words does not put them into the text")
	}
	two.click(`.clash-choose input[value="mine"]`)
	two.retype("70 is about", "60 or 70 is about")
	two.await(`document.querySelector(".clash-choose").disabled`)
	if code := two.clickTo(saveKey); code != 200 {
		t.Fatalf("the save that settles it: status %d", code)
	}
	two.shows("article", "60 or 70 is about the limit")
	if got := h.source(samplePage); !strings.Contains(got, "60 or 70 is about the limit") {
		t.Error("the settled words are not in the repository")
	}
	one.visit(edit)
	if one.text("form + .notice, .notice.info") != "" {
		t.Errorf("a draft is offered back although it was saved: %s", one.text(".notice.info"))
	}
}

// testDraft leaves without saving, and comes back.
func testDraft(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, phone)
	edit := "/edit/" + samplePage + "?section=" + sampleQuestion
	b.visit(edit)
	b.click(sourceBox)
	b.retype("50 is about", "80 is about")
	b.await(`Object.values(localStorage).some((kept) => kept.includes("80 is about"))`)
	b.visit("/")
	if b.asked != 1 {
		t.Errorf("a page with unsaved text was left, and it asked %d times", b.asked)
	}
	b.visit(edit)
	b.shows(".notice.info", "unsaved text")
	b.click(".notice.info button")
	b.await(fmt.Sprintf(`document.querySelector(%q).value.includes("80 is about")`, sourceBox))
	b.clickTo(saveKey)
	b.shows("article", "80 is about the limit")
	if b.asked != 1 {
		t.Error("the page asked although its text was saved")
	}
}

// testColours chooses a colour scheme, which holds on the next page before anything is painted.
func testColours(t *testing.T, browser context.Context) {
	h := startHouse(t)
	b := h.open(t, browser, desktop)
	b.scheme("light")
	b.visit("/")
	ground := func() string { return ask[string](b, "getComputedStyle(document.documentElement).backgroundColor") }
	light := ground()
	b.click("button.scheme")
	b.click("button.scheme")
	if ground() == light {
		t.Error("the button does not change the colours")
	}
	b.visit("/recent")
	if ground() == light {
		t.Error("the choice of colours is forgotten on the next page")
	}
	b.click("button.scheme")
	b.scheme("dark")
	if ground() == light {
		t.Error("without a choice, the system's scheme does not hold")
	}
}

// firstLoadLimit is the promise of a first visit: the page with all it needs, in bytes on the line.
const firstLoadLimit = 50_000

// testFirstLoad weighs first visits, headers and all.
func testFirstLoad(t *testing.T, browser context.Context) {
	h := startHouse(t)
	for _, path := range []string{"/", "/wiki/" + samplePage, "/search?q=" + url.QueryEscape("how big"), "/history/" + samplePage, "/edit/" + samplePage} {
		b := h.open(t, browser, desktop)
		b.visit(path)
		b.await(`document.readyState === "complete"`)
		first := b.received()
		if first > firstLoadLimit {
			t.Errorf("the first visit of %s took %d bytes, more than %d", path, first, firstLoadLimit)
		}
		b.visit("/wiki/about")
		t.Logf("%s: %d bytes; a next page: %d", path, first, b.received())
	}
}

// wide is a page of whatever breaks a narrow screen.
var wide = func() string {
	var b bytes.Buffer
	b.WriteString("---\nkeywords: [Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, short]\n---\n\n# Wide things\n\n")
	b.WriteString("A word: " + strings.Repeat("unbreakable", 20) + ", an address: https://example.org/" + strings.Repeat("long/", 40) + " and `" + strings.Repeat("code", 40) + "`.\n\n")
	b.WriteString("|" + strings.Repeat(" column |", 14) + "\n|" + strings.Repeat("---|", 14) + "\n|" + strings.Repeat(" value |", 14) + "\n\n")
	b.WriteString("```go\n// " + strings.Repeat("a long line of code ", 20) + "\n```\n\n> [!NOTE]\n> " + strings.Repeat("note", 60) + "\n\n")
	b.WriteString("## " + strings.Repeat("Heading", 15) + "?\n\n- [ ] a task\n- " + strings.Repeat("deep", 50) + "\n\n![a picture that is not there](missing.png)\n\n")
	b.WriteString("A footnote.[^1] A link to [[Nothing yet]].\n\n[^1]: " + strings.Repeat("foot", 60) + "\n\nTerm\n: What it means\n")
	return b.String()
}()

const arabic = "---\nlang: ar\ntitle: ما هي مجتمعات الممارسة؟\n---\n\nمجتمع الممارسة مجموعة من الناس يهتمون بالعمل نفسه.\n\n## كم عدد الأعضاء؟\n\nخمسون تقريبا. انظر [[about|عن هذا الويكي]].\n\n- واحد\n- اثنان\n\n> اقتباس\n"
