// PLACEHOLDER: whoever builds this room deletes this file.
package diff

type Op uint8

const (
	Equal Op = iota
	Delete
	Insert
)

type Span struct {
	Op   Op
	Text string
}
type Line struct {
	Op       Op
	Old, New int
	Spans    []Span
}
type Hunk struct {
	OldStart, OldLines, NewStart, NewLines int
	Heading                                string
	Lines                                  []Line
}
type Block struct{ Start, End int }
type Result struct {
	Text      []byte
	Chunks    []Chunk
	Conflicts int
	Clean     bool
}
type Chunk struct {
	Conflict                 bool
	Text, Base, Theirs, Mine []byte
}

func Hunks(a, b []byte, context int) []Hunk                              { return nil }
func Words(a, b string) []Span                                           { return nil }
func Merge(base, theirs, mine []byte, split func([]byte) []Block) Result { return Result{} }
func Normalize(text []byte, like []byte) []byte                          { return text }
