package themes_test

import (
	"testing"

	"coppice/themes"
)

func TestDefaultLoads(t *testing.T) {
	theme, err := themes.Load(themes.Default())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := theme.Asset(theme.AssetURL("css/main.css")); !ok {
		t.Error("no style")
	}
}
