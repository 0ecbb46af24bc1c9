package household

import (
	"cmp"
	"context"
	"regexp"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// Filter narrows a list. Query is a household's number or the end of it, a phone,
// or an identity number; a name finds nothing, because names are not indexed.
type Filter struct {
	Query    string
	Region   string // six or nine digits within the officer's reach
	Category string
	After    string // Row.Key of the last row of the page before
	Limit    int    // 50 when 0
}

// Row is a household in a list.
type Row struct {
	ID        string
	Number    string
	Region    string
	Category  string
	Condition string
	Head      secret.String
	People    int
	Needs     int // open ones
	CreatedAt time.Time
}

// Key is where the next page goes on.
func (r Row) Key() string { return r.Number }

var numberShape = regexp.MustCompile(`^([0-9]{9}-)?[0-9]{1,10}$`)

// List finds households in the officer's reach, ordered by number.
func List(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, f Filter) ([]Row, error) {
	type found struct {
		ID        string
		Number    string
		Region    string
		Category  string
		Condition string
		People    int
		Needs     int
		CreatedAt time.Time
		HeadID    string
		Head      []byte
	}
	number, phone, identity := f.query(keys)
	rows, err := pg.ManyAs[found](ctx, db, by.Reach(), `
		select h.id, h.number, h.region, h.category, h.condition, h.created_at,
		       (select count(*)::int from records.members m where m.household_id = h.id and m.left_on is null) as people,
		       (select count(*)::int from records.needs n where n.household_id = h.id
		         and n.state not in ('fulfilled','closed','withdrawn','expired')) as needs,
		       coalesce(a.id, '') as head_id, coalesce(a.name_sealed, ''::bytea) as head
		  from records.households h
		  left join records.members a on a.household_id = h.id and a.head and a.left_on is null
		 where h.closed_at is null and h.number > @after
		   and (@query = '' or h.number like @number
		        or exists (select from records.members m where m.household_id = h.id and m.left_on is null
		                    and (m.phone_blind = @phone or m.identity_blind = @identity)))
		   and h.region like @region || '%'
		   and @category in ('', h.category)
		 order by h.number
		 limit @limit`,
		pg.Args{"query": strings.TrimSpace(f.Query), "number": number, "phone": phone, "identity": identity,
			"region": f.Region, "category": f.Category, "after": f.After, "limit": cmp.Or(f.Limit, 50)})
	if err != nil {
		return nil, err
	}
	list := make([]Row, len(rows))
	for i, r := range rows {
		name, err := keys.Open(secret.Place{Table: "members", Column: "name_sealed", Row: r.HeadID}, r.Head)
		if err != nil {
			return nil, err
		}
		list[i] = Row{ID: r.ID, Number: r.Number, Region: r.Region, Category: r.Category, Condition: r.Condition,
			Head: name, People: r.People, Needs: r.Needs, CreatedAt: r.CreatedAt}
	}
	return list, nil
}

// query reads what was typed as each thing that it could be. What it cannot be
// matches nothing.
func (f Filter) query(keys *Keys) (number string, phone, identity []byte) {
	typed := strings.TrimSpace(f.Query)
	if numberShape.MatchString(typed) {
		number = "%" + typed
	}
	return number, keys.Blind("phone", secret.NormalPhone(typed)), keys.Blind("identity", secret.NormalIdentity(typed))
}
