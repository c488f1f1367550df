package main

import (
	"fmt"
	"hash/fnv"
	"html"
	"io"
	"maps"
	"slices"
	"strings"
)

// graph is one of the flame graphs of a picture.
type graph struct {
	title string
	root  *frame
}

// Sizes in pixels.
const (
	width     = 1200
	rowHeight = 15
	headline  = 26
	narrowest = 5 // narrower frames are left out
	perLetter = 6.2
)

// draw writes the picture. Within a graph, callers stand above what they call.
func draw(w io.Writer, graphs []graph) {
	height := 0
	for _, g := range graphs {
		height += g.height()
	}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="monospace" font-size="10">`+"\n", width, height)
	fmt.Fprintf(w, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	y := 0
	for _, g := range graphs {
		fmt.Fprintf(w, `<text x="4" y="%d" font-size="13">%s: %.2f s</text>`+"\n", y+18, html.EscapeString(g.title), float64(g.root.time)/1e9)
		drawCalls(w, g.root, 0, y+headline, g.scale(), g.root.time)
		y += g.height()
	}
	fmt.Fprintln(w, "</svg>")
}

// scale is the width of a nanosecond.
func (g graph) scale() float64 { return float64(width) / float64(g.root.time) }

func (g graph) height() int {
	return headline + rowHeight*(depth(g.root, g.scale())-1) + rowHeight/2
}

// depth is how many rows a frame and what it calls take.
func depth(f *frame, scale float64) int {
	deepest := 0
	for _, c := range f.calls {
		if float64(c.time)*scale >= narrowest {
			deepest = max(deepest, depth(c, scale))
		}
	}
	return 1 + deepest
}

func drawCalls(w io.Writer, f *frame, x float64, y int, scale float64, whole int64) {
	for _, name := range slices.Sorted(maps.Keys(f.calls)) {
		c := f.calls[name]
		wide := float64(c.time) * scale
		if wide < narrowest {
			continue
		}
		share := 100 * float64(c.time) / float64(whole)
		fmt.Fprintf(w, `<g><title>%s %.1f%%</title><rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`,
			html.EscapeString(short(name)), share, x, y, wide-0.5, rowHeight-1, colour(name))
		if letters := int(wide/perLetter) - 1; letters >= 3 {
			fmt.Fprintf(w, `<text x="%.1f" y="%d">%s</text>`, x+2, y+11, html.EscapeString(cut(short(name), letters)))
		}
		fmt.Fprintln(w, "</g>")
		drawCalls(w, c, x, y+rowHeight, scale, whole)
		x += wide
	}
}

// short is a function's name without the folders of its package.
func short(name string) string {
	head, brackets, _ := strings.Cut(name, "[")
	if i := strings.LastIndexByte(head, '/'); i >= 0 {
		head = head[i+1:]
	}
	if brackets != "" {
		head += "[...]"
	}
	return head
}

func cut(text string, letters int) string {
	if len(text) <= letters {
		return text
	}
	return text[:letters]
}

// colour tells apart whose code it is: this project's, the ZooKeeper library's,
// the runtime's, and the rest.
func colour(name string) string {
	shade := fnv.New32()
	io.WriteString(shade, name)
	light := 68 + shade.Sum32()%14
	hue := 205 // the standard library
	switch {
	case strings.HasPrefix(name, "pegashell/"), strings.HasPrefix(name, "main."):
		hue = 110
	case strings.HasPrefix(name, "github.com/go-zookeeper/"):
		hue = 25
	case strings.HasPrefix(name, "runtime."), strings.HasPrefix(name, "internal/runtime"), strings.HasPrefix(name, "gc"):
		hue = 48
	}
	return fmt.Sprintf("hsl(%d,70%%,%d%%)", hue, light)
}
