package themes

import (
	"bytes"
	"testing"
)

func TestDefaultLoads(t *testing.T) {
	theme, err := Load(Default())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := theme.Render(&b, "front", map[string]any{"Title": "<x>", "Lang": "en"}); err != nil {
		t.Fatal(err)
	}
	if _, ok := theme.Asset(theme.AssetURL("css/main.css")); !ok {
		t.Error("no style")
	}
}
