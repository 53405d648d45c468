package markdown

// IsQuestion reports whether a heading asks, going by its question mark, of any script.
func IsQuestion(text string) bool { return isQuestion(text) }
