package figures

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pegashell/onebox/release"
	"pegashell/onebox/rpc"
)

// percentileNames are the fields of a percentile.
var percentileNames = []string{"p50", "p90", "p95", "p99", "p999"}

// briefFields are the fields of a metric that a query gets unless it says which.
var briefFields = append([]string{"name", "value"}, percentileNames...)

// Page answers an HTTP request: each server returns its version and its start time, one of the main
// branch its metrics too. The other pages of a real server do not exist.
func (s *Server) Page(q *http.Request) rpc.Page {
	path := strings.Join(strings.FieldsFunc(q.URL.Path, func(r rune) bool { return r == '/' }), "/")
	switch {
	case path == "version" && s.Release == release.Main:
		return page(`{"Version":"2.6.0-SNAPSHOT","GitCommit":"db756dcdf24e2af6169659a67548501ed61f106c"}` + "\n")
	case path == "version":
		return page(`{"Version":"2.5.0","GitCommit":"0ca31b70eac7321bb17fb034105695597245d47b"}` + "\n")
	case path == "recentStartTime":
		return page(fmt.Sprintf(`{"RecentStartTime":"%s"}`+"\n", s.Started.Format("2006-01-02 15:04:05")))
	case path == "metrics" && s.Release == release.Main:
		return s.metricsPage(q)
	}
	return rpc.Page{Status: http.StatusNotFound, Body: fmt.Sprintf("service not found for %q", path)}
}

func page(body string) rpc.Page { return rpc.Page{Status: http.StatusOK, Body: body} }

func (s *Server) metricsPage(q *http.Request) rpc.Page {
	refuse := func(why string) rpc.Page {
		var w indented
		w.open("", '{')
		w.member("error_message", quote(why))
		w.close('}')
		return rpc.Page{Status: http.StatusBadRequest, Body: w.text.String()}
	}
	query, duplicate, err := parseMetricQuery(q.URL.RawQuery)
	switch {
	case duplicate != "":
		return rpc.Page{Status: http.StatusBadRequest, Body: "failed to parse request: ERR_INVALID_PARAMETERS: duplicate parameter: " + duplicate}
	case q.Method != http.MethodGet:
		return refuse("please use 'GET' method while querying for metrics")
	case err != nil:
		return refuse(err.Error())
	}
	return page(s.render(query))
}

// metricQuery selects metrics; an empty list selects all.
type metricQuery struct {
	fields, types, ids, attributes, metrics []string
}

// parseMetricQuery reads the part of a URL after the question mark, in which Pegasus undoes the
// escapes before it takes it apart. A parameter that is named twice is returned as duplicate.
func parseMetricQuery(raw string) (q *metricQuery, duplicate string, err error) {
	text, err := url.PathUnescape(raw)
	if err != nil {
		return nil, "", err
	}
	q = new(metricQuery)
	detail := false
	var seen []string
	for parameter := range strings.SplitSeq(text, "&") {
		if parameter == "" {
			continue
		}
		name, value, _ := strings.Cut(parameter, "=")
		if slices.Contains(seen, name) {
			return nil, name, nil
		}
		seen = append(seen, name)
		if wrong := q.set(name, value, &detail); wrong != nil && err == nil {
			err = wrong
		}
	}
	if !slices.Contains(seen, "with_metric_fields") && !detail {
		q.fields = briefFields
	}
	return q, "", err
}

func (q *metricQuery) set(name, value string, detail *bool) error {
	lists := map[string]*[]string{
		"with_metric_fields": &q.fields, "types": &q.types, "ids": &q.ids, "attributes": &q.attributes, "metrics": &q.metrics,
	}
	list := lists[name]
	switch {
	case list != nil:
		for word := range strings.SplitSeq(value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				*list = append(*list, word)
			}
		}
		if len(q.attributes)%2 != 0 {
			return fmt.Errorf("the number of arguments for attributes should be even, " +
				"since each attribute name always pairs with a value")
		}
	case name == "detail" && (value == "true" || value == "false"):
		*detail = value == "true"
	case name == "detail":
		return fmt.Errorf("the value of detail should be a boolean value, i.e. true or false")
	default:
		return fmt.Errorf("unknown field %s=%s", name, value)
	}
	return nil
}

// wanted reports whether a list selects a name.
func wanted(list []string, name string) bool { return len(list) == 0 || slices.Contains(list, name) }

// wantsEntity reports whether the query selects an entity: by its type, its id, any of the
// attributes, and a metric.
func (q *metricQuery) wantsEntity(e *entity) bool {
	if !wanted(q.types, e.kind) || !wanted(q.ids, e.id) {
		return false
	}
	matched := len(q.attributes) == 0
	for i := 0; i+1 < len(q.attributes); i += 2 {
		matched = matched || slices.Contains(e.attributes, [2]string{q.attributes[i], q.attributes[i+1]})
	}
	return matched && slices.ContainsFunc(e.metrics, func(m metric) bool { return wanted(q.metrics, m.name) })
}
