package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pegashell/internal/journal"
)

// Timeline is the picture of a report: a lane for each person with a bar for each step, in units of
// an SVG view box.
type Timeline struct {
	Width, Height int
	Lanes         []Lane
	Ticks, Pauses []Mark
	// Axis is where the line of the times is.
	Axis int
	// Freeze is the window as a band; nil where it is not known.
	Freeze *Bar
}

// Lane is a row of the picture.
type Lane struct {
	Name string
	Y    int // of the name's base line
	Bars []Bar
}

// Bar is a step in a lane.
type Bar struct {
	X, W float64
	Y, H int
	// Class is the outcome; Label is the step's number, "" where there is no room for it.
	Class, Label, Title string
}

// Middle is where the label is.
func (b Bar) Middle() float64 { return b.X + b.W/2 }

// Mark is a text at a place of the axis.
type Mark struct {
	X    float64
	Text string
}

// Left is where the ground of a text that is centered at the mark begins.
func (m Mark) Left() float64 { return m.X - 28 }

// Tick is where the lines of the times end.
func (t *Timeline) Tick() int { return t.Axis + 6 }

// Measures of the picture.
const (
	pictureWidth = 960
	edge         = 8.0
	bandTop      = 26
	laneHeight   = 58
	barHeight    = 16
	labelRoom    = 18.0 // between the middles of two labels
	tickRoom     = 78.0 // between two times
	leastSegment = 12.0
	mostSegment  = 180.0
)

// Timeline draws the report; nil for one without steps.
func (r *Report) Timeline() *Timeline {
	if len(r.Steps) == 0 {
		return nil
	}
	s := r.scale()
	t := &Timeline{Width: pictureWidth}
	for _, person := range r.People {
		t.Lanes = append(t.Lanes, r.lane(s, person, bandTop+len(t.Lanes)*laneHeight))
	}
	if len(r.Sights) > 0 {
		t.Lanes = append(t.Lanes, r.seenLane(s, bandTop+len(t.Lanes)*laneHeight))
	}
	t.Axis = bandTop + len(t.Lanes)*laneHeight + 4
	t.Height = t.Axis + 34
	t.Ticks, t.Pauses = s.marks(r.Location)
	if f := r.Freeze; f.Unknown == "" {
		from, to := s.at(f.From), s.at(f.To)
		t.Freeze = &Bar{X: from, W: to - from, Y: bandTop - 6, H: t.Axis - bandTop + 6, Title: f.String()}
	}
	return t
}

func (r *Report) lane(s *scale, person string, top int) Lane {
	l := Lane{Name: person, Y: top + 12}
	labelled := -labelRoom
	for i := range r.Steps {
		step := &r.Steps[i]
		if step.User+"@"+step.Host != person {
			continue
		}
		b := Bar{Y: top + 32, H: barHeight, Class: string(step.State()), X: s.at(step.Time)}
		b.W = s.after(step.Time, last(step.Record)) - b.X
		b.Title = fmt.Sprintf("%d  %s  %s: %s", step.Number, step.Time.In(r.Location).Format(stamp), step.Line, step.State())
		if b.Middle()-labelled >= labelRoom {
			b.Label, labelled = fmt.Sprint(step.Number), b.Middle()
		}
		l.Bars = append(l.Bars, b)
	}
	return l
}

func (r *Report) seenLane(s *scale, top int) Lane {
	l := Lane{Name: "seen of the cluster", Y: top + 12}
	for _, seen := range r.Sights {
		l.Bars = append(l.Bars, Bar{X: s.at(seen.Time) - 3, W: 6, Y: top + 24, H: barHeight, Class: "seen",
			Title: seen.Time.In(r.Location).Format(stamp) + "  " + seen.String()})
	}
	return l
}

// State is the step's outcome, or saved.
func (s *Step) State() journal.Outcome {
	if s.Kind == journal.Saved {
		return journal.Outcome(journal.Saved)
	}
	return s.Outcome
}

// String is what was seen, in a line.
func (s Sight) String() string {
	switch s.Leaders {
	case 0:
		return "no leader"
	case 1:
	default:
		return fmt.Sprintf("%d meta servers lead", s.Leaders)
	}
	return fmt.Sprintf("%s leads on %s at level %s; tables: %s, unhealthy: %s; replica servers: %s, alive: %s",
		s.Leader, known(s.place()), known(s.Level), count(s.Tables), count(s.Unhealthy), count(s.Servers), count(s.Alive))
}

// scale places times on the axis. It is linear where that is possible; short times are widened so
// that they are seen, and long ones shortened.
type scale struct {
	times  []time.Time // in their order, each once
	places []float64
}

func (r *Report) scale() *scale {
	s := &scale{}
	add := func(times ...time.Time) {
		for _, t := range times {
			if !t.IsZero() {
				s.times = append(s.times, t.Truncate(time.Millisecond))
			}
		}
	}
	for _, step := range r.Steps {
		add(step.Time, last(step.Record))
	}
	for _, seen := range r.Sights {
		add(seen.Time)
	}
	add(r.Freeze.From, r.Freeze.To)
	slices.SortFunc(s.times, time.Time.Compare)
	s.times = slices.CompactFunc(s.times, time.Time.Equal)
	s.spread(pictureWidth - 2*edge - leastSegment)
	return s
}

// spread gives each stretch between two times a width, in proportion to its length as far as that
// stays within bounds.
func (s *scale) spread(width float64) {
	n := len(s.times) - 1
	s.places = append(s.places, edge)
	if n == 0 {
		return
	}
	least := min(leastSegment, width/float64(n))
	most := max(mostSegment, width/float64(n))
	total := func(perSecond float64) (sum float64) {
		for i := range n {
			sum += min(max(s.length(i)*perSecond, least), most)
		}
		return sum
	}
	low, high := 0.0, 1e6
	for range 60 {
		if middle := (low + high) / 2; total(middle) > width {
			high = middle
		} else {
			low = middle
		}
	}
	for i := range n {
		s.places = append(s.places, s.places[i]+min(max(s.length(i)*low, least), most))
	}
}

// length is how long a stretch is in seconds.
func (s *scale) length(i int) float64 { return s.times[i+1].Sub(s.times[i]).Seconds() }

func (s *scale) index(t time.Time) int {
	i, _ := slices.BinarySearchFunc(s.times, t.Truncate(time.Millisecond), time.Time.Compare)
	return min(i, len(s.times)-1)
}

func (s *scale) at(t time.Time) float64 { return s.places[s.index(t)] }

// after is the place of the end of something that began at a time: never the same place.
func (s *scale) after(begin, end time.Time) float64 {
	i, j := s.index(begin), s.index(end)
	if j > i {
		return s.places[j]
	}
	return s.places[i] + leastSegment/2
}

// marks are times at the axis, and the lengths of pauses that are drawn shorter than they are.
func (s *scale) marks(location *time.Location) (ticks, pauses []Mark) {
	free, day, second := 0.0, "", ""
	for i, t := range s.times {
		if s.places[i] < free || s.places[i] > pictureWidth-60 {
			continue
		}
		text := t.In(location).Format("15:04:05")
		if text == second {
			continue
		}
		second = text
		if date := t.In(location).Format("01-02 "); date != day {
			text, day = date+text, date
		}
		ticks = append(ticks, Mark{s.places[i], text})
		free = s.places[i] + tickRoom + 6*float64(len(text)-8)
	}
	for i := range len(s.times) - 1 {
		width := s.places[i+1] - s.places[i]
		if s.length(i) >= 60 && width >= mostSegment-0.5 {
			pauses = append(pauses, Mark{s.places[i] + width/2, roughly(s.times[i+1].Sub(s.times[i]))})
		}
	}
	return ticks, pauses
}

// roughly writes a long time with its two largest units.
func roughly(d time.Duration) string {
	text := d.Round(time.Second).String()
	if d >= time.Hour {
		text = strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return text
}
