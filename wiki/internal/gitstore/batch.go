package gitstore

// Batch collects new objects and makes them durable in one go.
type Batch struct{ s *Store }

// NewBatch begins a batch.
func (s *Store) NewBatch() *Batch { return &Batch{s: s} }

// Put adds an object and returns its name.
func (b *Batch) Put(kind Kind, data []byte) ID { return HashObject(kind, data) }

// PutTree adds a tree that is much like another one.
func (b *Batch) PutTree(data []byte, like ID) ID { return HashObject(Tree, data) }

// Read reads an object of the batch or of its store.
func (b *Batch) Read(id ID) (Kind, []byte, error) { return b.s.Read(id) }

// Len is the number of objects that Flush would write.
func (b *Batch) Len() int { return 0 }

// Flush makes the objects durable.
func (b *Batch) Flush() error { return errPending }
