package wiki

import (
	"context"
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
