package tree

import "strings"

// ReservedPath belongs to the servers themselves: their configuration, quotas.
const ReservedPath = "/zookeeper"

// JoinPath appends rel, which is empty or begins with a slash, to root.
func JoinPath(root, rel string) string {
	switch {
	case rel == "":
		return root
	case root == "/":
		return rel
	}
	return root + rel
}

// ParentPath is the path of a node's parent; that of / is /.
func ParentPath(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i <= 0 {
		return "/"
	}
	return path[:i]
}

// Contains reports whether path is root or lies below it.
func Contains(root, path string) bool {
	return root == "/" || path == root || strings.HasPrefix(path, root+"/")
}

// IsReserved reports whether path is /zookeeper or lies below it.
func IsReserved(path string) bool { return Contains(ReservedPath, path) }

// RelativePath is what joinPath would append to root to get path, which lies
// in root. A path outside of it, as the parent of a tree's root, is returned
// with a mark that no path has.
func RelativePath(root, path string) string {
	switch {
	case !Contains(root, path):
		return "//"
	case root == "/":
		return strings.TrimSuffix(path, "/")
	}
	return path[len(root):]
}
