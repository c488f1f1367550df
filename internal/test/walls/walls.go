// Package walls checks who imports whom against the table of rooms in docs/architecture.md, so that
// the document and the check are one thing.
//
// The table has a row for each room, from the top of the house to its bottom: the folder, with a
// slash at its end, and in the column "may import" what its packages may import besides the
// standard library and their own room. A package belongs to the room with the longest name that
// fits. A row is about that room only: `zkcopy/` does not allow `zkcopy/layout/` where that has a
// row of its own. Libraries are written without the host of their path.
package walls

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	// topRoom is the row of the program's own package.
	topRoom = "main.go"
	// testRoom is the row of what the tests of every room may import.
	testRoom = "*_test.go"
	// everything in the column "may import" allows everything.
	everything = "*"
)

// Room is a row of the table.
type Room struct {
	// Name is a folder, from the top folder, with a slash at its end; or main.go, or *_test.go.
	Name string
	// May are rooms and libraries that the room may import, and InTests those that its tests may
	// import besides.
	May, InTests []string
}

// quoted are the names in a cell.
var quoted = regexp.MustCompile("`([^`]+)`")

// ParseTable reads the rooms from the document's table, which is the first that has the columns
// "room" and "may import". Rows that name no folder of Go packages are left out.
func ParseTable(document string) ([]Room, error) {
	var rooms []Room
	name, may := -1, -1 // columns; not known before the table
	for line := range strings.Lines(document) {
		cells := cellsOf(line)
		switch {
		case name < 0:
			if n, m := slices.Index(cells, "room"), slices.Index(cells, "may import"); n >= 0 && m >= 0 {
				name, may = n, m
			}
			continue
		case cells == nil:
			return rooms, checkTable(rooms)
		case len(cells) <= max(name, may):
			return nil, fmt.Errorf("row %q has %d cells", strings.TrimSpace(line), len(cells))
		}
		names := quoted.FindStringSubmatch(cells[name])
		if names == nil || !strings.HasSuffix(names[1], "/") && names[1] != topRoom && names[1] != testRoom {
			continue
		}
		always, inTests, _ := strings.Cut(cells[may], "in tests")
		rooms = append(rooms, Room{names[1], namesIn(always), namesIn(inTests)})
	}
	if name < 0 {
		return nil, errors.New(`no table has the columns "room" and "may import"`)
	}
	return rooms, checkTable(rooms)
}

// cellsOf are the cells of a table's line; nil for any other line.
func cellsOf(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

func namesIn(cell string) []string {
	var names []string
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		names = append(names, match[1])
	}
	return names
}

// checkTable looks whether imports run downwards: a row may name only rooms that have a row below
// it. Tests are free.
func checkTable(rooms []Room) error {
	var problems []error
	for i, room := range rooms {
		for _, allowed := range slices.Concat(room.May, room.InTests) {
			at := slices.IndexFunc(rooms, func(r Room) bool { return r.Name == allowed })
			switch {
			case !strings.HasSuffix(allowed, "/"):
			case at < 0:
				problems = append(problems, fmt.Errorf("%s may import %s, which has no row", room.Name, allowed))
			case at <= i && room.Name != testRoom && slices.Contains(room.May, allowed):
				problems = append(problems, fmt.Errorf("%s may import %s, whose row is not below its own", room.Name, allowed))
			}
		}
	}
	return errors.Join(problems...)
}

// Check returns what is wrong with the imports of the packages of a module, a line for each package
// that has no row and for each import that its room may not do.
func Check(rooms []Room, module string, packages []Package) []string {
	inAllTests := roomNamed(rooms, testRoom).May
	var wrong []string
	for _, p := range packages {
		room, ok := roomOf(rooms, p.Folder)
		if !ok {
			wrong = append(wrong, fmt.Sprintf("the package in %s has no row", p.Folder))
			continue
		}
		for _, i := range p.Imports {
			allowed := room.May
			if i.Test {
				allowed = slices.Concat(room.May, room.InTests, inAllTests)
			}
			if what, ok := mayImport(rooms, room, allowed, module, i.Path); !ok {
				wrong = append(wrong, fmt.Sprintf("%s imports %s, but the row of %s does not allow %s", i.File, i.Path, room.Name, what))
			}
		}
	}
	return wrong
}

// mayImport reports whether an import is allowed, and what would have to be.
func mayImport(rooms []Room, from Room, allowed []string, module, path string) (what string, ok bool) {
	if slices.Contains(allowed, everything) {
		return "", true
	}
	if folder, own := inModule(module, path); own {
		to, known := roomOf(rooms, folder)
		if !known {
			return folder + "/", false
		}
		return to.Name, to.Name == from.Name || slices.Contains(allowed, to.Name)
	}
	host, library, found := strings.Cut(path, "/")
	if !strings.Contains(host, ".") {
		return "", true // the standard library
	}
	if !found {
		library = host
	}
	return library, slices.ContainsFunc(allowed, func(name string) bool {
		return library == name || strings.HasPrefix(library, name+"/")
	})
}

// inModule is the folder of a package of the module, empty for the top one.
func inModule(module, path string) (folder string, own bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func roomNamed(rooms []Room, name string) Room {
	for _, room := range rooms {
		if room.Name == name {
			return room
		}
	}
	return Room{}
}

// roomOf is the room of the package in a folder.
func roomOf(rooms []Room, folder string) (Room, bool) {
	var found Room
	for _, room := range rooms {
		if folder == "" && room.Name == topRoom || strings.HasPrefix(folder+"/", room.Name) && len(room.Name) > len(found.Name) {
			found = room
		}
	}
	return found, found.Name != ""
}
