package layout

import "fmt"

// AppStatus is the state of a table, numbered as on the wire (app_status of
// dsn.layer2.thrift) and written by name in ZooKeeper.
type AppStatus int32

// The states of a table. In ZooKeeper of 2.5 only AppAvailable and AppDropped
// were seen; the others are states that pass while a change is carried out.
const (
	AppInvalid AppStatus = iota
	AppAvailable
	AppCreating
	AppCreateFailed
	AppDropping
	AppDropFailed
	AppDropped
	AppRecalling
)

var appStatusNames = [...]string{
	AppInvalid:      "app_status::AS_INVALID",
	AppAvailable:    "app_status::AS_AVAILABLE",
	AppCreating:     "app_status::AS_CREATING",
	AppCreateFailed: "app_status::AS_CREATE_FAILED",
	AppDropping:     "app_status::AS_DROPPING",
	AppDropFailed:   "app_status::AS_DROP_FAILED",
	AppDropped:      "app_status::AS_DROPPED",
	AppRecalling:    "app_status::AS_RECALLING",
}

// String is the name in the JSON, for example "app_status::AS_AVAILABLE".
func (s AppStatus) String() string {
	if s < 0 || int(s) >= len(appStatusNames) {
		return fmt.Sprintf("app_status::%d", int32(s))
	}
	return appStatusNames[s]
}

// ParseAppStatus reads the name of a state.
func ParseAppStatus(name string) (AppStatus, error) {
	for status, known := range appStatusNames {
		if name == known {
			return AppStatus(status), nil
		}
	}
	return AppInvalid, fmt.Errorf("%q is not a table's status", name)
}
