package wiki

import "errors"

// Kind is what went wrong, for the program.
type Kind uint8

// The kinds of errors.
const (
	Internal  Kind = iota // ours or the machine's fault
	Invalid               // the input cannot be accepted
	NotFound              // no such page, file or revision
	Exists                // a page of that name is there
	Conflict              // somebody else changed the same words
	Unchanged             // the edit changes nothing; nothing was written
	Refused               // the disk or the repository cannot be written; nothing was lost
)

// Error is an error with a Kind for the program, a Sentence for the reader and a cause for the log.
type Error struct {
	Kind     Kind
	Sentence string
	Err      error // may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Sentence + ": " + e.Err.Error()
	}
	return e.Sentence
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the Kind of err; Internal when it has none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var c *ConflictError
	if errors.As(err, &c) {
		return Conflict
	}
	return Internal
}

// SentenceOf gives what a reader may be told of err, or fallback.
func SentenceOf(err error, fallback string) string {
	var e *Error
	if errors.As(err, &e) && e.Sentence != "" {
		return e.Sentence
	}
	var c *ConflictError
	if errors.As(err, &c) {
		return c.Error()
	}
	return fallback
}
