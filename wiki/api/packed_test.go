package api_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

// TestPacked: a large answer is compressed for whoever takes that, is the same answer, and is asked about by one tag in
// either encoding.
func TestPacked(t *testing.T) {
	h := build(t, fstest.MapFS{"large.md": file("# Large\n\n" + strings.Repeat("Many words. ", 1000)), "small.md": file("# Small\n")})
	const large = "/api/v1/pages/large"
	plain := h.get(large)
	tag := plain.Header().Get("ETag")
	if !strings.HasPrefix(tag, `"`) || plain.Header().Get("Content-Encoding") != "" || plain.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("plain: %v", plain.Header())
	}

	packed := h.get(large, "Accept-Encoding: gzip, deflate")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Header().Get("Vary") != "Accept-Encoding" || packed.Header().Get("ETag") != "W/"+tag {
		t.Fatalf("packed: %v", packed.Header())
	}
	size := packed.Body.Len()
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil || string(body) != plain.Body.String() || 4*size > len(body) {
		t.Errorf("%d bytes packed, %d unpacked, %d plain: %v", size, len(body), plain.Body.Len(), err)
	}

	for _, have := range []string{tag, "W/" + tag} {
		same := h.get(large, "Accept-Encoding: gzip", "If-None-Match: "+have)
		if same.Code != http.StatusNotModified || same.Body.Len() > 0 || same.Header().Get("Content-Encoding") != "" ||
			same.Header().Get("ETag") != "W/"+tag || same.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("If-None-Match %s: status %d, %v, %d bytes", have, same.Code, same.Header(), same.Body.Len())
		}
	}
	for _, other := range []string{large + " gzip;q=0", "/api/v1/pages/small gzip", "/api/v1/nowhere gzip"} {
		target, encoding, _ := strings.Cut(other, " ")
		if w := h.get(target, "Accept-Encoding: "+encoding); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %v", other, w.Header())
		}
	}
}

// TestPackedHead: over a connection, HEAD tells what GET would.
func TestPackedHead(t *testing.T) {
	h := build(t, fstest.MapFS{"large.md": file("# Large\n\n" + strings.Repeat("Many words. ", 1000))})
	server := httptest.NewServer(h)
	defer server.Close()
	for _, encoding := range []string{"identity", "gzip"} {
		var told []string
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			req, err := http.NewRequestWithContext(t.Context(), method, server.URL+"/api/v1/pages/large", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Encoding", encoding)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil || res.Body.Close() != nil || (method == http.MethodHead) != (len(body) == 0) {
				t.Errorf("%s: %d bytes, %v", method, len(body), err)
			}
			told = append(told, fmt.Sprint(res.StatusCode, res.Header.Get("Content-Type"), res.Header.Get("Content-Encoding"), res.Header.Get("ETag"), res.Header.Get("Vary")))
		}
		if told[0] != told[1] {
			t.Errorf("GET tells %s, and HEAD %s", told[0], told[1])
		}
	}
}
