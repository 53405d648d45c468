package wiki

// Path names a page: its file's path below the wiki's root, without ".md", as in "guide/start". Only ParsePath makes
// one; the zero Path names nothing. Paths are comparable. A Path is also its address: "/wiki/" + path.
type Path struct{ name string }

// String gives the path with slashes, unescaped.
func (p Path) String() string { return p.name }

// IsZero reports whether p names nothing.
func (p Path) IsZero() bool { return p.name == "" }

// File gives the file's name below the wiki's root: the path with ".md".
func (p Path) File() string { return p.name + ".md" }

// MarshalText and UnmarshalText make a Path a JSON string.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.name), nil }
