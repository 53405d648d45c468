package gitstore

// Init makes a bare repository in dir.
func Init(dir, branch string) error { return errPending }
