package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

const (
	htmlType = "text/html; charset=utf-8"
	textType = "text/plain; charset=utf-8"
)

// send writes a whole answer: compressed when the visitor's browser can take it, and as 304 when it has it already.
func (q *request) send(status int, contentType string, body []byte) error {
	h := q.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Vary", "Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", cachePolicy(q.r, status))
	}
	encoding := ""
	if len(body) >= smallestCompressed && takesGzip(q.r.Header.Get("Accept-Encoding")) {
		encoding = "gzip"
	}
	if status == http.StatusOK && reads(q.r) {
		tag := entityTag(sha256.Sum256(body), encoding)
		h.Set("ETag", tag)
		if matches(q.r.Header["If-None-Match"], tag) {
			h.Del("Content-Type")
			q.w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		body = compress(body, quickLevel)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	q.w.WriteHeader(status)
	if q.r.Method != http.MethodHead {
		gather(q.r, len(body))
		_, _ = q.w.Write(body) // an error here is the visitor having gone
	}
	return nil
}

// cachePolicy: what was read may be kept if it is asked about each time; what came of a form, or a failure, may not.
func cachePolicy(r *http.Request, status int) string {
	if reads(r) && status == http.StatusOK {
		return "no-cache"
	}
	return "no-store"
}

// entityTag is the strong tag of the bytes that sum stands for, in one encoding ("" or "gzip").
func entityTag(sum [sha256.Size]byte, encoding string) string {
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:15])
	if encoding != "" {
		tag += "-" + encoding
	}
	return tag + `"`
}

// matches reports whether tag is in the lines of an If-None-Match header. That header compares weakly (RFC 9110, 13.1.2).
func matches(lines []string, tag string) bool {
	for _, line := range lines {
		if line == tag {
			return true
		}
		for one := range strings.SplitSeq(line, ",") {
			one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
			if one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}

// takesGzip reads an Accept-Encoding header. What browsers send is decided without splitting it.
func takesGzip(header string) bool {
	if strings.HasPrefix(header, "gzip, ") && !strings.Contains(header, ";") {
		return true
	}
	return takes(header, "gzip")
}

// takes reports whether an Accept-Encoding header admits an encoding (RFC 9110, 12.5.3).
func takes(header, encoding string) bool {
	star := false
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != encoding && name != "*" {
			continue
		}
		ok := true
		if q, found := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q="); found {
			weight, err := strconv.ParseFloat(q, 64)
			ok = err == nil && weight > 0
		}
		if name == encoding {
			return ok
		}
		star = ok
	}
	return star
}

// Levels of compression: what is sent once should be ready soon, what is kept should be small.
const (
	quickLevel  = 1
	cachedLevel = 6
)

// compressors are kept by level: each holds several hundred kilobytes of tables.
var compressors [cachedLevel + 1]sync.Pool

// compress gives b in gzip's format.
func compress(b []byte, level int) []byte {
	var buf bytes.Buffer
	buf.Grow(len(b)/3 + 64)
	z, ok := compressors[level].Get().(*gzip.Writer)
	if ok {
		z.Reset(&buf)
	} else {
		z, _ = gzip.NewWriterLevel(&buf, level) // fails only on a level that does not exist
	}
	_, _ = z.Write(b) // a Buffer takes everything
	_ = z.Close()
	compressors[level].Put(z)
	return buf.Bytes()
}

// decompressors are kept for the few visitors who do not take gzip.
var decompressors sync.Pool

// decompress writes what compress was given.
func decompress(w io.Writer, packed []byte) {
	z, ok := decompressors.Get().(*gzip.Reader)
	if !ok {
		z = new(gzip.Reader)
	}
	if err := z.Reset(bytes.NewReader(packed)); err == nil { // compress wrote a header
		_, _ = io.Copy(w, z) // an error here is the visitor having gone
	}
	decompressors.Put(z)
}
