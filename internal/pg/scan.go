package pg

import (
	"reflect"
	"time"
)

// structured says whether v is a struct to be filled column by column, rather
// than a value that one column holds.
func structured(v any) bool {
	if _, isTime := v.(time.Time); isTime || v == nil {
		return false
	}
	return reflect.TypeOf(v).Kind() == reflect.Struct
}
