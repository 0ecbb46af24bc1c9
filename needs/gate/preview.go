package gate

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Preview is what a need would show if it were approved and published now. The
// record's side is for the officer who decides and for nobody else.
type Preview struct {
	Home     deid.Registered // as the record has it
	Code     needs.Code
	Quantity int // units that are still wanted
	Urgency  needs.Urgency
	Tiers    []Look // organisations first; none for a need that waits for no cohort
	Direct   deid.Card
}

// Look is one tier of a preview. The card is there where a cohort fits.
type Look struct {
	deid.Outlook
	Shipped deid.Settings // what is asked where nobody asks for more
	Card    deid.Card
}

// looking lets one look ahead at a time into the database. The gate has few
// connections, a look reads a good part of the register, and whoever takes a need
// down must not stand behind readers.
var looking = make(chan struct{}, 1)

var errNoDraft = fault.New(fault.Conflict, "gate.no_draft")

// Foresee says what a draft or a waiting need of the officer's region would show
// on each tier in a tick held now, by the tick's own search. Who else waits when
// the tick comes decides it in truth, so it is told as a guess.
//
// It reads what can share a cohort with the need and no more: the other needs of
// its code, on the public tier of its group.
func Foresee(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID, day time.Time) (Preview, error) {
	var p Preview
	select {
	case looking <- struct{}{}:
		defer func() { <-looking }()
	case <-ctx.Done():
		return p, ctx.Err()
	}
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		type row struct {
			Region, HouseholdID, Code, State, Route string
			Quantity, Delivered, Urgency            int
		}
		// The gate's login sees the whole city, so the officer's reach stands here.
		n, err := pg.One[row](ctx, tx, errNotHere, `
			select region, household_id, code, state, route, quantity, delivered, urgency
			  from records.needs
			 where id = @need
			   and region between @from and @to`,
			pg.Args{"need": need, "from": by.Reach().From, "to": by.Reach().To})
		if err != nil {
			return err
		}
		if n.State != string(needs.Draft) && n.State != string(needs.Approved) {
			return errNoDraft
		}
		homes, err := register(ctx, tx)
		if err != nil {
			return fmt.Errorf("read the register: %w", err)
		}
		h, open := homes[n.HouseholdID]
		if !open {
			return errNoDraft
		}
		item, _ := needs.ItemOf(needs.Code(n.Code))
		p = Preview{Home: h.registered(), Code: item.Code, Quantity: n.Quantity - n.Delivered, Urgency: needs.Urgency(n.Urgency)}
		p.Direct = deid.NewCard("", deid.Direct, deid.DirectTuple(n.Region[:6], item, p.Quantity, p.Urgency), 0, day)
		if n.Route != "cohort" {
			return nil
		}
		me := deid.Waiting{Need: need, Household: h.ID, Home: p.Home, Condition: h.Condition,
			Code: item.Code, Quantity: n.Quantity, Urgency: p.Urgency, New: true}
		all := deid.NewRegister(homes.all())
		for _, tier := range []deid.Tier{deid.Verified, deid.Public} {
			look, err := foresee(ctx, tx, tier, day, me, homes, all)
			if err != nil {
				return fmt.Errorf("look ahead on the %s tier: %w", tier, err)
			}
			p.Tiers = append(p.Tiers, look)
		}
		return nil
	})
	return p, err
}

func foresee(ctx context.Context, tx pg.DB, tier deid.Tier, day time.Time, me deid.Waiting, hs homes, all *deid.Register) (Look, error) {
	look := Look{Shipped: deid.Defaults(tier)}
	s, err := tightened(ctx, tx, tier, day, look.Shipped)
	if err != nil {
		return look, err
	}
	others, err := waiting(ctx, tx, tier, day, hs, together(tier, me.Code), me.Household)
	if err != nil {
		return look, err
	}
	seen, err := out(ctx, tx, tier, hs, all)
	if err != nil {
		return look, err
	}
	look.Outlook = deid.Preview(tier, me, others, seen, s)
	if look.Placed {
		look.Card = deid.NewCard("", tier, look.Tuple, 0, day)
	}
	return look, nil
}

// together lists the codes whose needs may share a cohort with a code.
func together(tier deid.Tier, code needs.Code) []needs.Code {
	if tier != deid.Public {
		return []needs.Code{code}
	}
	item, _ := needs.ItemOf(code)
	var codes []needs.Code
	for _, other := range needs.Catalogue() {
		if other.Group == item.Group {
			codes = append(codes, other.Code)
		}
	}
	return codes
}
