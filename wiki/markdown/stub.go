// PLACEHOLDER: whoever builds this room deletes this file.
package markdown

func SplitBlocks(text []byte) [][2]int { return nil }
