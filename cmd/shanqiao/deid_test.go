package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedact(t *testing.T) {
	t.Parallel()

	redacted := func(t *testing.T, in string) (lines []excerptLine, told string, err error) {
		t.Helper()
		var out, errs bytes.Buffer
		err = redact(strings.NewReader(in), &out, &errs)
		for line := range strings.Lines(out.String()) {
			var l excerptLine
			require.NoError(t, json.Unmarshal([]byte(line), &l))
			lines = append(lines, l)
		}
		return lines, errs.String(), err
	}

	t.Run("every note has a line, in order, and no value of its own", func(t *testing.T) {
		t.Parallel()
		lines, told, err := redacted(t, `{"id":"a","text":"王建国需要助浴。","known":{"name":["王建国"]}}`+"\n"+
			`{"id":"b","text":"手机13800112233","known":{}}`+"\n"+`{"id":"c","text":""}`)
		require.NoError(t, err)
		require.Empty(t, told)
		require.Len(t, lines, 3)
		require.Equal(t, "〔人名〕需要助浴。", *lines[0].Redacted)
		require.Equal(t, "手机〔电话〕", *lines[1].Redacted)
		require.Equal(t, "c", lines[2].ID)
		require.Empty(t, *lines[2].Redacted)
	})

	t.Run("a bad line is named by its number, not repeated, and the rest is done", func(t *testing.T) {
		t.Parallel()
		for _, bad := range []string{"", "王建国", `{"id":"x"}`, `{"text":"王建国"}`, `{"id":"","text":"王建国"}`, `{"id":7,"text":"王建国"}`,
			`{"id":"x","text":"王建国","known":{"name":"王建国"}}`, `{"id":"x","text":"王建国"} {"id":"y","text":"王建国"}`} {
			lines, told, err := redacted(t, `{"id":"a","text":"助浴"}`+"\n"+bad+"\n"+`{"id":"c","text":"助餐"}`+"\n")
			require.ErrorContains(t, err, "1 lines could not be read", bad)
			require.Contains(t, told, "line 2: ")
			require.NotContains(t, told, "王建国")
			require.Len(t, lines, 2)
			require.Equal(t, "c", lines[1].ID)
		}
	})

	t.Run("a withheld note is null", func(t *testing.T) {
		t.Parallel()
		b, err := json.Marshal(excerptLine{ID: "a"})
		require.NoError(t, err)
		require.JSONEq(t, `{"id":"a","redacted":null}`, string(b))
	})
}
