package web

import (
	"bytes"
	"crypto/sha256"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"coppice/themes"
	"coppice/wiki"
)

// shownTypes are the types of files that a browser may show by itself: none of them can run script. Everything else is
// a download, SVG and PDF among it.
var shownTypes = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/avif": true, "image/bmp": true,
	"image/x-icon": true, "image/vnd.mozilla.apng": true,
	"audio/mpeg": true, "audio/ogg": true, "audio/wav": true, "audio/flac": true, "audio/mp4": true, "audio/aac": true,
	"video/mp4": true, "video/webm": true, "video/ogg": true,
}

const svgType = "image/svg+xml"

// fileType decides how a file is sent: its Content-Type, and whether a browser may show it. The content decides, not
// the name: a page under the name of a picture is no picture. Whatever is text is plain text, HTML and SVG excepted,
// which not even the name of plain text makes harmless to older browsers. A drawing in SVG keeps its type and is a
// download: as a picture on a page, where that does not count, no script in it runs.
func fileType(name string, data []byte) (contentType string, shown bool) {
	found := mimetype.Detect(data)
	kind, _, err := mime.ParseMediaType(found.String())
	if err != nil {
		return "application/octet-stream", false
	}
	if shownTypes[kind] {
		return kind, true
	}
	if found.Is(svgType) && strings.EqualFold(path.Ext(name), ".svg") {
		return svgType, false
	}
	if found.Is("text/html") || found.Is(svgType) || strings.HasSuffix(kind, "xml") {
		return "application/octet-stream", false
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".htm", ".html", ".xhtml", ".svg", ".xml", ".js", ".mjs", ".swf", ".pdf":
		return "application/octet-stream", false
	}
	for m := found; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			return textType, true
		}
	}
	return kind, false
}

// servable reports whether a file may be asked for: what begins with a dot is between the wiki and its maintainers.
func servable(name string) bool {
	return name != "" && name[0] != '.' && !strings.Contains(name, "/.")
}

// showFile answers GET /files/PATH, also in part. A page among the files is sent without instructions of its form.
func (q *request) showFile() error {
	name := q.rest("files")
	if !servable(name) {
		return notFound("There is no such file.")
	}
	snap, then, err := q.snapshotAsked()
	if err != nil {
		return err
	}
	release, err := q.readers.take(q.r.Context()) // a large file is held in memory while it is read
	if err != nil {
		return err
	}
	data, id, err := snap.File(name)
	release()
	if err != nil {
		if wiki.KindOf(err) == wiki.NotFound {
			return notFound("There is no such file.")
		}
		return err
	}
	tag := `"` + id.String() + `"`
	if strings.HasSuffix(name, ".md") {
		shown, err := q.sourceFor(then, data)
		if err != nil {
			return err
		}
		if len(shown) < len(data) { // what is left hangs on the form too, of which the file's name in git says nothing
			data, tag = shown, entityTag(sha256.Sum256(shown), "")
		}
	}
	q.sendFile(name, data, tag)
	return nil
}

func (q *request) sendFile(name string, data []byte, tag string) {
	contentType, shown := fileType(name, data)
	h := q.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cross-Origin-Resource-Policy", "same-site")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", tag)
	disposition := "attachment"
	if shown {
		disposition = "inline"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": path.Base(name)}))
	q.allowTime(len(data))
	http.ServeContent(q.w, q.r, "", time.Time{}, bytes.NewReader(data))
}

// allowTime lets a large answer take as long as a slow line needs for it.
func (q *request) allowTime(bytes int) {
	until := time.Now().Add(writeTimeout + time.Duration(bytes/slowestLine)*time.Second)
	if err := http.NewResponseController(q.w).SetWriteDeadline(until); err != nil {
		q.log.Debug("no deadline of its own for a file", "error", err) // a test's connection has none
	}
}

// showAsset answers GET /assets/NAME. The name holds a hash of the content, so it may be kept for ever.
func (q *request) showAsset() error {
	asset, ok := q.cfg.Theme.Asset(q.rest("assets"))
	if !ok {
		return notFound("There is no such part of the theme.")
	}
	h := q.w.Header()
	h.Set("Content-Type", asset.Type)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	data, tag := asset.Data, asset.ETag
	encodings := q.r.Header.Get("Accept-Encoding")
	switch {
	case asset.Brotli != nil && takes(encodings, "br"):
		data, tag = asset.Brotli, encodedTag(tag, "br")
		h.Set("Content-Encoding", "br")
	case asset.Gzip != nil && takesGzip(encodings):
		data, tag = asset.Gzip, encodedTag(tag, "gzip")
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", tag)
	if h.Get("Content-Encoding") != "" {
		q.r.Header.Del("Range") // a part of a compressed form is of no use to anybody
	}
	http.ServeContent(q.w, q.r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

// encodedTag is the tag of an encoding of what tag stands for.
func encodedTag(tag, encoding string) string {
	return strings.TrimSuffix(tag, `"`) + "-" + encoding + `"`
}

// iconNames are the theme's names for the picture that stands for the wiki, best first.
var iconNames = []string{"img/favicon.ico", "img/favicon.svg", "img/icon.svg", "img/logo.svg"}

// showIcon answers GET /favicon.ico, which browsers ask for unbidden.
func (q *request) showIcon() error {
	for _, name := range iconNames {
		if asset, ok := q.cfg.Theme.Asset(strings.TrimPrefix(q.cfg.Theme.AssetURL(name), themes.AssetPrefix)); ok {
			return &redirect{http.StatusFound, asset.URL}
		}
	}
	q.w.Header().Set("Cache-Control", "max-age=86400")
	q.w.WriteHeader(http.StatusNoContent)
	return nil
}
