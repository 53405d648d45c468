package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// testDrawing looks at a page with a picture in SVG that somebody pushed. It shows, and the script in it does not run.
func testDrawing(t *testing.T, browser context.Context) {
	h := startHouse(t)
	dir := t.TempDir()
	hostlessGit(t, dir, "clone", "-q", h.wiki.Dir(), "clone")
	clone := filepath.Join(dir, "clone")
	for name, text := range map[string]string{
		"drawing.md": "# Drawing\n\n![A square](drawing.svg)\n",
		"drawing.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="#008000"/>` +
			`<script>document.documentElement.setAttribute("width", "77"); document.querySelector("rect").setAttribute("fill", "#ff0000")</script></svg>`,
	} {
		if err := os.WriteFile(filepath.Join(clone, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hostlessGit(t, clone, "add", ".")
	hostlessGit(t, clone, "commit", "-q", "-m", "Draw a square")
	hostlessGit(t, clone, "push", "-q")
	h.awaitText("/wiki/drawing", "drawing.svg")

	b := h.open(t, browser, desktop)
	b.visit("/wiki/drawing")
	b.await(`document.querySelector("article img").complete`)
	const square = `(() => {
		const img = document.querySelector("article img"), canvas = document.createElement("canvas");
		canvas.width = canvas.height = 1;
		const pen = canvas.getContext("2d");
		pen.drawImage(img, 0, 0);
		return img.naturalWidth + " " + pen.getImageData(0, 0, 1, 1).data.join(" ");
	})()`
	if got := ask[string](b, square); got != "40 0 128 0 255" {
		t.Errorf("the picture is %q: its width, and the colour of its corner", got)
	}
}
