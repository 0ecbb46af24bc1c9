package api

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// object is a piece of a JSON document.
type object = map[string]any

// Problem is what is answered instead, with a status of 400 and above.
type Problem struct {
	Title    string  `json:"title"`
	Status   int     `json:"status"`
	Code     string  `json:"code"`
	Detail   string  `json:"detail"`
	Instance string  `json:"instance"`
	Errors   []wrong `json:"errors,omitempty"`
}

type wrong struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// param is a parameter of a call.
type param struct {
	name, in string
	required bool
	schema   object
}

// call is one call as it is told to those who write to it.
type call struct {
	method, path string
	name         string // of its sentence, and its operation id
	params       []param
	takes, gives reflect.Type
	status       int
	refusals     []int
}

func calls() []call {
	text := object{"type": "string"}
	codes := make([]string, 0, len(needs.Catalogue()))
	for _, item := range needs.Catalogue() {
		codes = append(codes, string(item.Code))
	}
	one := param{"need", "path", true, text}
	return []call{
		{method: "get", path: "/api/v1/needs", name: "list", gives: reflect.TypeFor[List](), status: http.StatusOK, refusals: []int{401, 403, 422, 503},
			params: []param{
				{"q", "query", false, text}, {"area", "query", false, text}, {"group", "query", false, object{"type": "string", "enum": needs.Groups}},
				{"code", "query", false, object{"type": "string", "enum": codes}},
				{"urgency", "query", false, object{"type": "string", "enum": []deid.UrgencyBand{deid.Now, deid.Urgent, deid.Soon, deid.Open, deid.Unsaid}}},
				{"limit", "query", false, object{"type": "integer", "minimum": 1, "maximum": index.MaxLimit, "default": 50}},
				{"cursor", "query", false, text},
			}},
		{method: "get", path: "/api/v1/needs/{need}", name: "need", gives: reflect.TypeFor[Need](), status: http.StatusOK, refusals: []int{401, 403, 404},
			params: []param{one}},
		{method: "post", path: "/api/v1/needs/{need}/claims", name: "claim", takes: reflect.TypeFor[asked](), gives: reflect.TypeFor[Claim](),
			status: http.StatusCreated, refusals: []int{401, 403, 404, 409, 413, 422},
			params: []param{one, {"Idempotency-Key", "header", true, text}}},
	}
}

// describe tells in OpenAPI what can be asked, in the reader's language. It
// needs no sign-in: it says how to ask, and nothing that is stored.
func (a *API) describe(w http.ResponseWriter, r *http.Request) error {
	return answer(w, http.StatusOK, document(html.Locale(r)))
}

func document(l *locale.Locale) object {
	paths := object{}
	for _, c := range calls() {
		if paths[c.path] == nil {
			paths[c.path] = object{}
		}
		paths[c.path].(object)[c.method] = c.operation(l)
	}
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": l.T("api.title"), "version": "1", "description": l.T("api.lead") + " " + l.T("api.sign_in") + " " + l.T("api.refusal")},
		"servers": []object{{"url": "/"}},
		"paths":   paths,
	}
}

func (c call) operation(l *locale.Locale) object {
	var params []object
	for _, p := range c.params {
		params = append(params, object{"name": p.name, "in": p.in, "required": p.required, "schema": p.schema,
			"description": l.T("api.param." + strings.ToLower(p.name))})
	}
	answers := object{strconv.Itoa(c.status): object{"description": l.T("api.gives." + c.name), "content": content("application/json", c.gives)}}
	for _, status := range c.refusals {
		code := strconv.Itoa(status)
		answers[code] = object{"description": l.T("error." + code + ".title"), "content": content("application/problem+json", reflect.TypeFor[Problem]())}
	}
	op := object{"operationId": c.name, "summary": l.T("api.call." + c.name), "parameters": params, "responses": answers}
	if c.takes != nil {
		op["requestBody"] = object{"required": true, "description": l.T("api.takes." + c.name), "content": content("application/json", c.takes)}
	}
	return op
}

func content(kind string, t reflect.Type) object {
	return object{kind: object{"schema": schema(t)}}
}

// schema says what a type looks like on the wire, read off the type itself, so
// that it cannot say anything else than what is sent.
func schema(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Struct:
		properties, required := object{}, []string{}
		for i := range t.NumField() {
			name, rest, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			properties[name] = schema(t.Field(i).Type)
			if rest != "omitempty" && t != reflect.TypeFor[asked]() {
				required = append(required, name)
			}
		}
		if t == reflect.TypeFor[asked]() {
			required = []string{"units"}
		}
		return object{"type": "object", "properties": properties, "required": required}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": schema(t.Elem())}
	case t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": schema(t.Elem())}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	}
	return object{"type": "integer"}
}
