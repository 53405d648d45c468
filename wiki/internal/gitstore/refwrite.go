package gitstore

// UpdateRef moves a ref by compare-and-swap.
func (s *Store) UpdateRef(name string, to, from ID) error { return errPending }

// RemoveStaleLocks removes the locks that dead processes left behind.
func (s *Store) RemoveStaleLocks() error { return errPending }
