package themes

import (
	"fmt"
	"html/template"
	"text/template/parse"
)

// checkAssets finds calls of "asset" with the name of no asset, in every branch of a view. Execution would only find those in
// the branches it takes, which may be the page that says that something went wrong.
func (t *Theme) checkAssets(view *template.Template) error {
	for _, part := range view.Templates() {
		if part.Tree == nil {
			continue
		}
		if name, ok := t.unknownAsset(part.Tree.Root); ok {
			return fmt.Errorf("theme: %s asks for the asset %q, which is not there", part.Name(), name)
		}
	}
	return nil
}

// unknownAsset gives the first name below n that "asset" is called with and that no asset has.
func (t *Theme) unknownAsset(n parse.Node) (string, bool) {
	var below []parse.Node
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil { // an absent {{else}} is a nil list
			below = n.Nodes
		}
	case *parse.ActionNode:
		below = append(below, n.Pipe)
	case *parse.TemplateNode:
		below = append(below, n.Pipe)
	case *parse.IfNode:
		below = append(below, n.Pipe, n.List, n.ElseList)
	case *parse.WithNode:
		below = append(below, n.Pipe, n.List, n.ElseList)
	case *parse.RangeNode:
		below = append(below, n.Pipe, n.List, n.ElseList)
	case *parse.PipeNode:
		if n != nil { // {{template "x"}} has a nil pipe
			for _, c := range n.Cmds {
				below = append(below, c)
			}
		}
	case *parse.CommandNode:
		if name, ok := assetCall(n); ok && t.AssetURL(name) == "" {
			return name, true
		}
		below = n.Args
	}
	for _, child := range below {
		if name, ok := t.unknownAsset(child); ok {
			return name, true
		}
	}
	return "", false
}

// assetCall gives the name in {{asset "name"}}.
func assetCall(c *parse.CommandNode) (string, bool) {
	if len(c.Args) != 2 {
		return "", false
	}
	function, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok || function.Ident != "asset" {
		return "", false
	}
	name, ok := c.Args[1].(*parse.StringNode)
	if !ok {
		return "", false
	}
	return name.Text, true
}
