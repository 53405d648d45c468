package gitstore

import "context"

// Maintain folds small packs and loose objects.
func (s *Store) Maintain(ctx context.Context) error { return errPending }

// NeedsMaintenance reports whether Maintain has something to do.
func (s *Store) NeedsMaintenance() bool { return false }
