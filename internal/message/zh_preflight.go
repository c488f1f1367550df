package message

// zhPreflight are the checks before a migration.
var zhPreflight = map[string]string{}
