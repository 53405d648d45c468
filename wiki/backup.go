package wiki

import (
	"context"
	"errors"
	"io"

	"coppice/wiki/internal/gitstore"
)

// Backup writes every branch with its whole history as one git bundle. Saves may go on meanwhile: the bundle holds
// what the branches named when it began.
func (w *Wiki) Backup(ctx context.Context, out io.Writer) error { return w.store.WriteBundle(ctx, out) }

// ReadBackup makes a bare repository in dir, which must be empty or missing, from a bundle.
func ReadBackup(ctx context.Context, in io.Reader, dir string) error {
	return gitstore.ReadBundle(ctx, in, dir)
}

// Check reads everything that the repository's refs lead to, and tells report of each fault.
func (w *Wiki) Check(ctx context.Context, report func(problem string)) error {
	return w.store.Check(ctx, report)
}

// IsDamaged reports whether err says that the repository itself has a fault: an object that is damaged or missing, or
// a ref that holds no commit. Its operator has to mend it, from a backup for instance.
func IsDamaged(err error) bool {
	return errors.Is(err, gitstore.ErrDamaged) || errors.Is(err, gitstore.ErrNotFound) || errors.Is(err, gitstore.ErrBadRef)
}
