package wire

// StartBulkLoadRequest begins to load files that were made elsewhere into a table; a HintResponse
// answers it.
type StartBulkLoadRequest struct {
	AppName      string
	Cluster      string
	Provider     string
	Root         string // where the files are on the provider
	IngestBehind bool
}

func (m *StartBulkLoadRequest) write(w *writer) {
	w.str(1, m.AppName)
	w.str(2, m.Cluster)
	w.str(3, m.Provider)
	w.str(4, m.Root)
	w.boolean(5, m.IngestBehind)
	w.stop()
}

func (m *StartBulkLoadRequest) read(r *reader) {
	r.fields(func(id int16) bool {
		switch id {
		case 1:
			r.str(&m.AppName)
		case 2:
			r.str(&m.Cluster)
		case 3:
			r.str(&m.Provider)
		case 4:
			r.str(&m.Root)
		case 5:
			r.boolean(&m.IngestBehind)
		default:
			return false
		}
		return true
	})
}
