package gitstore

import (
	"context"
	"io"
)

// WriteBundle writes all refs and what they reach as a git bundle.
func (s *Store) WriteBundle(ctx context.Context, w io.Writer) error { return errPending }

// ReadBundle makes a new bare repository of a bundle.
func ReadBundle(ctx context.Context, r io.Reader, dir string) error { return errPending }
