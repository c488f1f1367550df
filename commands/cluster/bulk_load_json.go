package cluster

import (
	"pegashell/commands/command"
	"pegashell/metaadmin"
	"pegashell/metaadmin/wire"
)

func bulkLoadFields() []command.Field {
	return []command.Field{
		{Path: "app_name", Type: command.Text, Meaning: "the table"},
		{Path: "is_bulk_loading", Type: command.Truth, Meaning: "whether the bulk load is under way"},
		{Path: "status", Type: command.Text, Meaning: "the state of the bulk load, such as BLS_DOWNLOADING"},
		{Path: "error", Type: command.MaybeText, Meaning: "why it failed; null unless it did"},
		{Path: "partitions[].index", Type: command.Count, Meaning: "the partition; all of them without -i"},
		{Path: "partitions[].status", Type: command.Text, Meaning: "its state"},
		{Path: "partitions[].servers[].server", Type: command.Text, Meaning: "a replica server that has reported about the partition"},
		{Path: "partitions[].servers[].download_progress", Type: command.MaybeSum, Meaning: "how many percent it has downloaded; this and the next three are null where it has not reported it"},
		{Path: "partitions[].servers[].ingestion_status", Type: command.MaybeText, Meaning: "how far it has taken the files in"},
		{Path: "partitions[].servers[].is_cleaned_up", Type: command.Truth + command.OrNull, Meaning: "whether it has removed the files"},
		{Path: "partitions[].servers[].is_paused", Type: command.Truth + command.OrNull, Meaning: "whether it has paused"},
	}
}

type bulkLoadJSON struct {
	App        string                  `json:"app_name"`
	Loading    bool                    `json:"is_bulk_loading"`
	Status     string                  `json:"status"`
	Error      *string                 `json:"error"`
	Partitions []bulkLoadPartitionJSON `json:"partitions"`
}

type bulkLoadPartitionJSON struct {
	Index   int                  `json:"index"`
	Status  string               `json:"status"`
	Servers []bulkLoadServerJSON `json:"servers"`
}

type bulkLoadServerJSON struct {
	Server     string  `json:"server"`
	Downloaded *int32  `json:"download_progress"`
	Ingestion  *string `json:"ingestion_status"`
	CleanedUp  *bool   `json:"is_cleaned_up"`
	Paused     *bool   `json:"is_paused"`
}

// bulkLoadAsJSON is what is known of a bulk load, of one partition where its index was given.
func bulkLoadAsJSON(load *metaadmin.BulkLoad, o *queryBulkLoadOptions) bulkLoadJSON {
	state := wire.BulkLoadStatus(load.Status)
	j := bulkLoadJSON{App: o.app, Loading: orZero(load.Loading), Status: state.String(), Partitions: []bulkLoadPartitionJSON{}}
	if state == wire.BulkLoadFailed {
		code := string(load.Err)
		j.Error = &code
	}
	for i, each := range load.Partitions {
		if o.index != allPartitions && int(o.index) != i {
			continue
		}
		p := bulkLoadPartitionJSON{Index: i, Status: wire.BulkLoadStatus(each).String(), Servers: []bulkLoadServerJSON{}}
		for _, s := range statesOf(load, i) {
			server := bulkLoadServerJSON{Server: s.Server.String(), Downloaded: s.Downloads, CleanedUp: s.CleanedUp, Paused: s.Paused}
			if s.Ingestion != nil {
				status := wire.IngestionStatus(*s.Ingestion).String()
				server.Ingestion = &status
			}
			p.Servers = append(p.Servers, server)
		}
		j.Partitions = append(j.Partitions, p)
	}
	return j
}
