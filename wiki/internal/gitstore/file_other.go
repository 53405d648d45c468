//go:build !unix

package gitstore

// openFile opens a file for reading by offset.
func openFile(path string, whole bool) (*file, error) { return openReadAt(path, whole) }

func (f *file) release() {} // nothing is mapped
