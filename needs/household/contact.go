package household

import (
	"context"
	"errors"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
)

// Reach changes a living member's phone. Empty removes it. The phone that is on
// record already is no change.
func Reach(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, household, member string, phone secret.String) error {
	if phone != "" {
		if phone = secret.NormalPhone(phone.Reveal()); phone == "" {
			return fault.InvalidFields(map[string]string{"phone": "household.phone_wrong"})
		}
	}
	if !id.Valid(member) {
		return errNotFound
	}
	return within(ctx, db, by, household, func(tx pg.DB) error {
		blind := keys.Blind("phone", phone)
		same, err := pg.One[bool](ctx, tx, errNotFound, `
			select phone_blind is not distinct from @blind::bytea
			  from records.members
			 where id = @member and household_id = @household and left_on is null
			   for update`, pg.Args{"member": member, "household": household, "blind": blind})
		if err != nil || same {
			return err
		}
		_, err = tx.Exec(ctx, `
			update records.members set phone_sealed = @sealed, phone_blind = @blind
			 where id = @member and household_id = @household and left_on is null`,
			pg.Args{"member": member, "household": household, "blind": blind,
				"sealed": keys.Seal(secret.Place{Table: "members", Column: "phone_sealed", Row: member}, phone)})
		if err != nil {
			return err
		}
		return chain.Append(ctx, tx, household, by, chain.DataChanged, "", MemberEntry{Member: member, Reason: "phone"})
	})
}

// Touched is what the chain says when something personal was written down: which
// things, and of whom. The values stay under their seals.
type Touched struct {
	Member string   `json:"member,omitempty"`
	What   []string `json:"what"`
}

// Readdress replaces the address of a household that stays in its subdistrict. The
// address that is on record already is no change.
func Readdress(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, household string, address secret.String) error {
	address = secret.String(strings.TrimSpace(address.Reveal()))
	switch {
	case address == "":
		return fault.InvalidFields(map[string]string{"address": "household.address_missing"})
	case !plain(address, maxAddress):
		return fault.InvalidFields(map[string]string{"address": "household.address_wrong"})
	}
	at := secret.Place{Table: "households", Column: "address_sealed", Row: household}
	return within(ctx, db, by, household, func(tx pg.DB) error {
		sealed, err := pg.One[[]byte](ctx, tx, errNotFound, `
			select coalesce(address_sealed, ''::bytea) from records.households where id = @id for update`, pg.Args{"id": household})
		if err != nil {
			return err
		}
		// What cannot be opened any more is replaced all the same: that mends it.
		if before, err := keys.Open(at, sealed); err == nil && before == address {
			return nil
		} else if err != nil && !errors.Is(err, secret.ErrSealed) {
			return err
		}
		_, err = tx.Exec(ctx, `update records.households set address_sealed = @sealed where id = @id`,
			pg.Args{"id": household, "sealed": keys.Seal(at, address)})
		if err != nil {
			return err
		}
		return chain.Append(ctx, tx, household, by, chain.DataChanged, "", Touched{What: []string{"address"}})
	})
}
