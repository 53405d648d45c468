package gitstore

import "errors"

// errPending is what the writing half answers until it is there.
var errPending = errors.New("gitstore: pending")
