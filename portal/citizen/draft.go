package citizen

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/declaration"
	"shanqiao/portal/session"
)

// draftLives is how long a half-filled form waits.
const draftLives = 30 * 24 * time.Hour

// draft is a declaration that is being filled in. It is stored sealed and found
// by a hash of the browser's secret, so that the database alone opens none.
type draft struct {
	token   string // the browser's secret; "" until the first answer is sent
	Key     string // the request key: a form sent twice is one declaration
	Sent    string // id of the declaration it became; nothing else is kept then
	Answers answers
}

// answers are what was typed so far. The Did fields say which page was answered,
// because "no elders" and "not asked yet" look the same.
type answers struct {
	Hardships                          []declaration.Hardship
	People, Elders, Children, Disabled int
	District, Region                   string
	Name, Identity, Phone, ContactTime string
	Words                              string
	DidWords                           bool
}

// declaration is the draft as the verb takes it.
func (d *draft) declaration() declaration.Declaration {
	a := d.Answers
	return declaration.Declaration{
		RequestKey: d.Key, Hardships: a.Hardships, People: a.People, Elders: a.Elders, Children: a.Children,
		Disabled: a.Disabled, Region: a.Region, Name: secret.String(a.Name), Identity: secret.String(a.Identity),
		Phone: secret.String(a.Phone), ContactTime: a.ContactTime, Words: secret.String(a.Words),
	}
}

// begun says whether something was typed that is not sent.
func (d *draft) begun() bool { return d.token != "" && d.Sent == "" && len(d.Answers.Hardships) > 0 }

func (c *Citizen) draftCookie() string {
	if c.Secure {
		return "__Host-draft"
	}
	return "draft"
}

func draftHash(token string) []byte {
	sum := sha256.Sum256([]byte("draft " + token))
	return sum[:]
}

func draftPlace(hash []byte) secret.Place {
	return secret.Place{Table: "access.drafts", Column: "sealed", Row: hex.EncodeToString(hash)}
}

var errNoDraft = fault.New(fault.NotFound, "error.not_found")

// open reads this browser's draft; without one it is an empty draft.
func (c *Citizen) open(r *http.Request) (*draft, error) {
	cookie, err := r.Cookie(c.draftCookie())
	if err != nil || cookie.Value == "" {
		return &draft{}, nil
	}
	hash := draftHash(cookie.Value)
	sealed, err := pg.One[[]byte](r.Context(), c.Access, errNoDraft, `
		select sealed from access.drafts where browser_hash = @hash and expires_at > now()`, pg.Args{"hash": hash})
	if errors.Is(err, errNoDraft) {
		return &draft{}, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := c.Keys.Open(draftPlace(hash), sealed)
	if err != nil {
		return nil, err
	}
	d := &draft{token: cookie.Value}
	return d, json.Unmarshal([]byte(plain.Reveal()), d)
}

// keep stores the draft and, the first time, gives the browser its secret. What
// was sent already is not written over: a new draft begins under a new key.
func (c *Citizen) keep(w http.ResponseWriter, r *http.Request, d *draft) error {
	if d.token == "" {
		d.token = session.NewToken()
		// Whoever begins sweeps away what others left: nobody else comes by here.
		if _, err := c.Access.Exec(r.Context(), `delete from access.drafts where expires_at < now()`); err != nil {
			return err
		}
		http.SetCookie(w, &http.Cookie{
			Name: c.draftCookie(), Value: d.token, Path: "/", MaxAge: int(draftLives / time.Second),
			Secure: c.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	if d.Key == "" {
		d.Key = id.New()
	}
	return c.store(r.Context(), d)
}

func (c *Citizen) store(ctx context.Context, d *draft) error {
	plain, err := json.Marshal(d)
	if err != nil {
		return err
	}
	hash := draftHash(d.token)
	_, err = c.Access.Exec(ctx, `
		insert into access.drafts (browser_hash, request_key, sealed, expires_at)
		values (@hash, @key, @sealed, now() + @lives::interval)
		on conflict (browser_hash) do update
		   set request_key = excluded.request_key, sealed = excluded.sealed,
		       updated_at = now(), expires_at = excluded.expires_at`,
		pg.Args{"hash": hash, "key": d.Key, "lives": draftLives,
			"sealed": c.Keys.Seal(draftPlace(hash), secret.String(plain))})
	return err
}

// sent forgets everything that was typed and remembers what it became, so that
// the same form sent again finds its receipt.
func (c *Citizen) sent(ctx context.Context, d *draft, to declaration.ID) error {
	d.Sent, d.Answers = to.String(), answers{}
	return c.store(ctx, d)
}

// forget drops the draft, for a telephone or a computer that others use too.
func (c *Citizen) forget(w http.ResponseWriter, r *http.Request, d *draft) error {
	http.SetCookie(w, &http.Cookie{Name: c.draftCookie(), Path: "/", MaxAge: -1, Secure: c.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if d.token == "" {
		return nil
	}
	_, err := c.Access.Exec(r.Context(), `delete from access.drafts where browser_hash = @hash`, pg.Args{"hash": draftHash(d.token)})
	return err
}
