package gitstore

// Ref is a ref's full name and the object that it names.
type Ref struct {
	Name string
	ID   ID
}

// HeadBranch returns the full name of the branch that HEAD names, whether or not it has a commit.
func (s *Store) HeadBranch() (string, error) { return "", errPending }

// Ref returns what a ref names.
func (s *Store) Ref(name string) (ID, error) { return ID{}, errPending }

// Refs returns all refs whose name begins with prefix, sorted by name.
func (s *Store) Refs(prefix string) ([]Ref, error) { return nil, errPending }

// validRefName is git's rule for names below refs/.
func validRefName(name string) bool { return false }

// refPath is the file of a loose ref.
func (s *Store) refPath(name string) string { return "" }
