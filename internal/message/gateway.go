package message

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"shanqiao/internal/secret"
)

// Gateway hands messages to an operator's gateway over https: one POST of
// {"phone","text"} for each, with a bearer token. Any answer of 2xx is accepted.
type Gateway struct {
	URL   string
	Token secret.String
}

// wait is how long a person is kept waiting for the gateway's answer.
const wait = 8 * time.Second

var client = &http.Client{
	Timeout: wait,
	// A gateway that moves is a setting to change, not a way for a number to go elsewhere.
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// errGateway says nothing of what was sent, because errors reach logs.
var errGateway = errors.New("message: the gateway did not answer")

// Send delivers one message to the gateway.
func (g Gateway) Send(ctx context.Context, phone, text secret.String) error {
	body, err := json.Marshal(map[string]string{"phone": phone.Reveal(), "text": text.Reveal()})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL, bytes.NewReader(body))
	if err != nil {
		return errGateway
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+g.Token.Reveal())
	w, err := client.Do(r)
	if err != nil {
		return errGateway
	}
	defer w.Body.Close()
	// Read a little so that the connection can be used again.
	if _, err := io.CopyN(io.Discard, w.Body, 4<<10); err != nil && !errors.Is(err, io.EOF) {
		return errGateway
	}
	if w.StatusCode/100 != 2 {
		return fmt.Errorf("message: the gateway refused with status %d", w.StatusCode)
	}
	return nil
}
