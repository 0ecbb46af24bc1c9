package declaration

import (
	"cmp"
	"context"
	"errors"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
	"shanqiao/needs/household"
)

// Submit takes a declaration from a citizen, or from an officer who files it at
// the counter. Sent twice under the same key it is one declaration, and both
// times the answer is its id. A household has one open declaration at a time.
func Submit(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Actor, d Declaration) (ID, error) {
	s := submission{keys: keys, by: by, Declaration: d}
	switch by := by.(type) {
	case actor.Citizen:
		s.account, s.channel = by.Account, "online"
	case actor.Officer:
		s.helper, s.channel = by.Account, "counter"
	default:
		return "", fault.New(fault.Forbidden, "declaration.not_for_you")
	}
	if err := fault.InvalidFields(s.clean(s.helper != "")); err != nil {
		return "", err
	}
	submit := func() error {
		return pg.InTx(ctx, db, func(tx pg.DB) error { return s.submit(ctx, tx) })
	}
	err := submit()
	if s.account != "" && errors.Is(err, household.ErrElsewhere) {
		// An officer registered this person in the same moment; now there is
		// something to attach to, and the citizen must not learn of it.
		err = submit()
	}
	return s.id, constraints.Explain(err)
}

type submission struct {
	Declaration
	keys    *secret.Keys
	by      actor.Actor
	account string // of the citizen; "" at the counter
	helper  string // of the officer; "" online
	channel string
	id      ID
}

// place is the household that a declaration goes to. Twin is another household
// that holds the same identity number, for the officer to judge.
type place struct{ household, twin string }

func (s *submission) submit(ctx context.Context, tx pg.DB) error {
	if err := s.lock(ctx, tx); err != nil {
		return err
	}
	sent, err := s.sentBefore(ctx, tx)
	if err != nil || sent {
		return err
	}
	to, err := s.place(ctx, tx)
	if err != nil {
		return err
	}
	s.id = ID(id.New())
	return pg.As(ctx, tx, actor.Reach{Household: to.household}, func(tx pg.DB) error {
		if err := s.insert(ctx, tx, to); err != nil {
			return err
		}
		err := chain.Append(ctx, tx, to.household, s.by, chain.Declared, "", Said{
			Declaration: s.id.String(), Channel: s.channel, Hardships: s.Hardships, People: s.People, Elders: s.Elders,
			Children: s.Children, Disabled: s.Disabled, Region: s.Region, Pledge: PledgeVersion, TwinOf: to.twin})
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Records, outbox.Fact{Kind: "declaration.submitted", Ref: s.id.String()})
	})
}

// lock lets one at a time through that could be the same declaration: the same
// form, the same sender, the same person. Always in this order, so that two
// submissions cannot wait for each other.
func (s *submission) lock(ctx context.Context, tx pg.DB) error {
	_, err := tx.Exec(ctx, `
		select pg_advisory_xact_lock(hashtextextended('declaration key ' || @key, 0)),
		       pg_advisory_xact_lock(hashtextextended('declaration by ' || @sender, 0))`,
		pg.Args{"key": s.RequestKey, "sender": cmp.Or(s.account, s.helper)})
	if err != nil || s.Identity == "" {
		return err
	}
	_, err = tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('declaration of ' || encode(@blind::bytea, 'hex'), 0))`,
		pg.Args{"blind": s.keys.Blind("identity", s.Identity)})
	return err
}

func (s *submission) sentBefore(ctx context.Context, tx pg.DB) (bool, error) {
	type earlier struct {
		ID     ID
		Sender string
	}
	none := fault.New(fault.NotFound, "none")
	e, err := pg.OneAs[earlier](ctx, tx, actor.Whole, none, `
		select id, coalesce(helper_id, account_id, '') as sender
		  from records.declarations where request_key = @key`, pg.Args{"key": s.RequestKey})
	switch {
	case errors.Is(err, none):
		return false, nil
	case err != nil:
		return false, err
	case e.Sender != cmp.Or(s.helper, s.account):
		return false, errKey
	}
	s.id = e.ID
	return true, nil
}

func (s *submission) insert(ctx context.Context, tx pg.DB, to place) error {
	seal := func(column string, v secret.String) []byte {
		return s.keys.Seal(secret.Place{Table: "declarations", Column: column, Row: s.id.String()}, v)
	}
	_, err := tx.Exec(ctx, `
		insert into records.declarations (id, household_id, region, account_id, request_key, channel, helper_id,
		       hardships, people, elders, children, disabled, words_sealed, contact_time, pledged_at, check_agreed_at,
		       name_sealed, identity_sealed, phone_sealed, said_region, twin_of, pledge_version, due_on)
		select @id, h.id, h.region, nullif(@account, ''), @key, @channel, nullif(@helper, ''),
		       @hardships, @people, @elders, @children, @disabled, @words, @contact_time, now(), now(),
		       @name, @identity, @phone, @said, nullif(@twin, ''), @pledge,
		       (now() at time zone 'Asia/Shanghai')::date + (
		         select t.days from records.declaration_terms t
		          where t.begins_on <= (now() at time zone 'Asia/Shanghai')::date
		          order by t.begins_on desc limit 1)
		  from records.households h where h.id = @household`,
		pg.Args{"id": s.id, "household": to.household, "account": s.account, "key": s.RequestKey,
			"channel": s.channel, "helper": s.helper, "hardships": s.Hardships, "people": s.People,
			"elders": s.Elders, "children": s.Children, "disabled": s.Disabled, "contact_time": s.ContactTime,
			"words": seal("words_sealed", s.Words), "name": seal("name_sealed", s.Name),
			"identity": seal("identity_sealed", s.Identity), "phone": seal("phone_sealed", s.Phone),
			"said": s.Region, "twin": to.twin, "pledge": PledgeVersion})
	return err
}
