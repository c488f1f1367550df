package command

import "strings"

// usageLeft is what a usage has besides so many words and the options that are used. What can be
// repeated stays, and so does a usage with alternatives.
func usageLeft(usage string, words int, used map[string]bool) string {
	groups := usageGroups(usage)
	var left []string
	for _, group := range groups {
		inner := strings.Trim(group, "<>[]")
		name, _, _ := strings.Cut(inner, " ")
		name, _, _ = strings.Cut(name, "|")
		switch {
		case group == "|":
			return usage
		case strings.HasPrefix(name, "-"):
			if used[name] && !strings.Contains(group[1:], "[") {
				continue
			}
		case strings.Contains(group, "..."):
		case words > 0:
			words--
			continue
		}
		left = append(left, group)
	}
	if len(left) == len(groups) {
		return usage
	}
	return strings.Join(left, " ")
}

// usageGroups splits a usage at what is outside its brackets.
func usageGroups(usage string) (groups []string) {
	depth, begin := 0, 0
	end := func(at int) {
		if group := strings.TrimSpace(usage[begin:at]); group != "" {
			groups = append(groups, group)
		}
		begin = at
	}
	for i, c := range usage {
		switch c {
		case '<', '[':
			if depth == 0 {
				end(i)
			}
			depth++
		case '>', ']':
			depth--
		case ' ':
			if depth == 0 {
				end(i)
			}
		}
	}
	end(len(usage))
	return groups
}
