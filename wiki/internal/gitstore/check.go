package gitstore

import "context"

// Check reads everything that the refs reach.
func (s *Store) Check(ctx context.Context, report func(problem string)) error { return errPending }
