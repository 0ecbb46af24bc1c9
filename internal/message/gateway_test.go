package message

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGateway(t *testing.T) {
	t.Parallel()
	status := make(chan int, 1)
	got := make(chan map[string]string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		body["token"] = r.Header.Get("Authorization")
		got <- body
		s := <-status
		if s == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(s)
	}))
	t.Cleanup(server.Close)
	g := Gateway{URL: server.URL, Token: "key"}

	status <- http.StatusAccepted
	require.NoError(t, g.Send(t.Context(), "14200000001", "验证码 123456"))
	require.Equal(t, map[string]string{"phone": "14200000001", "text": "验证码 123456", "token": "Bearer key"}, <-got)

	for _, s := range []int{http.StatusInternalServerError, http.StatusForbidden, http.StatusFound} {
		status <- s
		err := g.Send(t.Context(), "14200000001", "验证码 123456")
		require.Error(t, err, "status %d is not accepted", s)
		require.NotContains(t, err.Error(), "14200000001")
		require.NotContains(t, err.Error(), "123456")
		<-got
	}

	server.Close()
	err := g.Send(t.Context(), "14200000001", "验证码 123456")
	require.ErrorIs(t, err, errGateway)
	require.NotContains(t, err.Error(), "14200000001")
}
