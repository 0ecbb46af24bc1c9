package declaration

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// Filter narrows a worklist. State empty means what is still to be answered.
type Filter struct {
	State     State
	Hardship  Hardship
	Region    string // six or nine digits within the officer's reach
	Reference string // as the citizen reads it out
	After     string // Row.Key of the last row of the page before
	Limit     int    // 50 when 0
}

// Row is a declaration on a worklist. It names nobody: names are on the record.
type Row struct {
	ID         ID
	Household  string
	Number     string
	Region     string
	Hardships  []Hardship
	People     int
	State      State
	Channel    string
	DeclaredAt time.Time
	DueOn      time.Time
	Overdue    bool
}

// Key is where the next page goes on.
func (r Row) Key() string { return r.DeclaredAt.UTC().Format(time.RFC3339Nano) + "~" + r.ID.String() }

var referenceShape = regexp.MustCompile(`^[A-Za-z2-7]{4}-?[A-Za-z2-7]{4}$`)

// Worklist lists declarations in the officer's reach, those that wait longest first.
func Worklist(ctx context.Context, db pg.DB, by actor.Officer, f Filter) ([]Row, error) {
	at, last, err := f.after()
	if err != nil {
		return nil, err
	}
	reference := ""
	if f.Reference = strings.TrimSpace(f.Reference); f.Reference != "" {
		if !referenceShape.MatchString(f.Reference) {
			return nil, nil
		}
		reference = strings.ToLower(strings.ReplaceAll(f.Reference, "-", ""))
	}
	return pg.ManyAs[Row](ctx, db, by.Reach(), `
		select d.id, d.household_id as household, h.number, d.region, d.hardships, d.people, d.state,
		       d.channel, d.declared_at, d.due_on,
		       d.state = 'submitted' and d.due_on < (now() at time zone 'Asia/Shanghai')::date as overdue
		  from records.declarations d
		  join records.households h on h.id = d.household_id
		 where (d.state = @state or @state = '' and (@reference <> '' or d.state in ('submitted','accepted')))
		   and (@hardship = '' or d.hardships @> array[@hardship])
		   and d.region like @region || '%'
		   and d.id like @reference || '%'
		   and (d.declared_at, d.id) > (@at::timestamptz, @last)
		 order by d.declared_at, d.id
		 limit @limit`,
		pg.Args{"state": f.State, "hardship": f.Hardship, "region": f.Region, "reference": reference,
			"at": at, "last": last, "limit": cmp.Or(f.Limit, 50)})
}

func (f Filter) after() (time.Time, string, error) {
	if f.After == "" {
		return time.Unix(0, 0), "", nil
	}
	when, last, _ := strings.Cut(f.After, "~")
	at, err := time.Parse(time.RFC3339Nano, when)
	if err != nil || !id.Valid(last) {
		return at, "", fault.New(fault.NotFound, "error.not_found").Because(err)
	}
	return at, last, nil
}

// Record is a declaration as an officer reads it, with what the declarer typed.
type Record struct {
	ID          ID
	Household   string
	Number      string
	Region      string
	SaidRegion  string
	State       State
	Reason      string
	Channel     string
	Helper      string // account of the officer who filed it at the counter
	Account     string // of the citizen; "" at the counter without one
	Linked      bool   // that account may follow the household
	Twin        string // another household with the same identity number
	Hardships   []Hardship
	People      int
	Elders      int
	Children    int
	Disabled    int
	ContactTime string
	Name        secret.String
	Identity    secret.String
	Phone       secret.String
	Words       secret.String
	PledgedAt   time.Time
	Pledge      string // version of the wording
	DeclaredAt  time.Time
	StateAt     time.Time
	DueOn       time.Time
}

// ForOfficer reads one declaration in the officer's reach.
func ForOfficer(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, declaration ID) (Record, error) {
	if !id.Valid(declaration.String()) {
		return Record{}, errNotFound
	}
	type stored struct {
		Record
		NameSealed, IdentitySealed, PhoneSealed, WordsSealed []byte
	}
	var s stored
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		row := tx.QueryRow(ctx, `
			select d.id, d.household_id, h.number, d.region, d.said_region, d.state, d.reason, d.channel,
			       coalesce(d.helper_id, ''), coalesce(d.account_id, ''), coalesce(d.account_id = h.account_id, false),
			       coalesce(d.twin_of, ''), d.hardships, d.people, d.elders, d.children, d.disabled, d.contact_time,
			       d.name_sealed, d.identity_sealed, d.phone_sealed, d.words_sealed,
			       d.pledged_at, d.pledge_version, d.declared_at, d.state_at, d.due_on
			  from records.declarations d
			  join records.households h on h.id = d.household_id
			 where d.id = @id`, pg.Args{"id": declaration})
		return row.Scan(&s.ID, &s.Household, &s.Number, &s.Region, &s.SaidRegion, &s.State, &s.Reason, &s.Channel,
			&s.Helper, &s.Account, &s.Linked, &s.Twin, &s.Hardships, &s.People, &s.Elders, &s.Children, &s.Disabled,
			&s.ContactTime, &s.NameSealed, &s.IdentitySealed, &s.PhoneSealed, &s.WordsSealed,
			&s.PledgedAt, &s.Pledge, &s.DeclaredAt, &s.StateAt, &s.DueOn)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Record{}, errNotFound
	}
	if err != nil {
		return Record{}, err
	}
	var failed []error
	open := func(column string, sealed []byte) secret.String {
		v, err := keys.Open(secret.Place{Table: "declarations", Column: column, Row: s.ID.String()}, sealed)
		failed = append(failed, err)
		return v
	}
	s.Name, s.Identity = open("name_sealed", s.NameSealed), open("identity_sealed", s.IdentitySealed)
	s.Phone, s.Words = open("phone_sealed", s.PhoneSealed), open("words_sealed", s.WordsSealed)
	return s.Record, errors.Join(failed...)
}
