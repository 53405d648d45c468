package gitstore

// IsAncestor reports whether a is reachable from b.
func (s *Store) IsAncestor(a, b ID) (bool, error) { return false, errPending }

// ResolvePrefix returns the commits whose name begins with hex, at most two.
func (s *Store) ResolvePrefix(hex string) ([]ID, error) { return nil, errPending }
