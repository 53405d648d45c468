package markdown

const MaxSource = 2 << 20

func Parse(source []byte, o Options) *Document { return &Document{Source: source} }

func (d *Document) Section(anchor string) (start, end int, ok bool) { return 0, 0, false }
func SetFrontMatter(source []byte, key, value string) []byte        { return source }
func HighlightCSS(style string) string                              { return "" }
