package gitstore

// pack is one pack with its index, both mapped. It is immutable and closed by the garbage collector: whoever holds
// bytes that slice returned must also hold the pack (runtime.KeepAlive).
type pack struct {
	base  string // path without .pack
	size  int64  // of the .pack file
	count int    // objects in it
}

// entry is the header of one packed object.
type entry struct {
	kind    Kind  // Commit to Tag, or ofsDelta, refDelta
	size    int64 // of the inflated content, or of the inflated delta
	data    int64 // offset of the zlib stream
	baseOff int64 // ofsDelta: offset of the base in this pack
	baseID  ID    // refDelta
}

const (
	ofsDelta Kind = 6
	refDelta Kind = 7
)

// id is the i-th name in the order of the index, 0 <= i < count.
func (p *pack) id(i int) ID { return ID{} }

// offset is where the i-th object starts; crc its CRC-32 over header and stream.
func (p *pack) offset(i int) (int64, error) { return 0, errPending }
func (p *pack) crc(i int) uint32            { return 0 }

// find returns an object's position in the index.
func (p *pack) find(id ID) (i int, ok bool) { return 0, false }

// entry reads the header at an offset.
func (p *pack) entry(off int64) (entry, error) { return entry{}, errPending }

// slice returns n bytes of the pack file at off, aliasing the mapping where there is one.
func (p *pack) slice(off int64, n int) ([]byte, error) { return nil, errPending }
