package outcome

import (
	"context"
	"slices"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

type claimed struct {
	Need         needs.ID   `json:"need"`
	Code         needs.Code `json:"code"`
	Claim        string     `json:"claim"`
	Organisation string     `json:"organisation"`
	Name         string     `json:"name"`              // of the organisation, as it was called that day
	NameEn       string     `json:"name_en,omitempty"` // the same, where it had one in English
	Units        int        `json:"units"`
	Answer       string     `json:"answer,omitempty"`
	Delivered    int        `json:"delivered,omitempty"`
	DeclinedBy   string     `json:"declined_by,omitempty"`
}

func (c claim) said(l listing) claimed {
	return claimed{Need: l.NeedID, Code: l.Code, Claim: c.ID, Organisation: c.Organisation, Name: c.Name, NameEn: c.NameEn, Units: c.Units}
}

// Claimed enters that an organisation asked to take units of a need.
func Claimed(ctx context.Context, tx pg.DB, ref string) error {
	c, l, err := claimOf(ctx, tx, ref)
	if err != nil {
		return err
	}
	return c.enter(ctx, tx, l)
}

func (c claim) enter(ctx context.Context, tx pg.DB, l listing) error {
	if c.State == "draft" {
		return nil
	}
	if err := l.publish(ctx, tx, c.CardID); err != nil {
		return err
	}
	fresh, err := first(ctx, tx, l, "claimed", c.ID, "")
	if err != nil || !fresh {
		return err
	}
	if _, err := move.Settle(ctx, tx, l.NeedID); err != nil {
		return err
	}
	return chain.Append(ctx, tx, l.HouseholdID, bridge, chain.Claimed, "", c.said(l))
}

// ended are the states of a claim from which nothing follows.
var ended = []string{"rejected", "completed", "failed", "cancelled", "entered-in-error"}

// Answered enters what became of a claim: that it was accepted, and how it
// ended. When it ended, so does what was introduced to its worker, and the
// need goes back to those that look for help unless another claim holds it.
func Answered(ctx context.Context, tx pg.DB, ref string) error {
	c, l, err := claimOf(ctx, tx, ref)
	if err != nil {
		return err
	}
	if err := c.enter(ctx, tx, l); err != nil {
		return err
	}
	if c.accepted() {
		if err := c.answer(ctx, tx, l, "accepted"); err != nil {
			return err
		}
	}
	if slices.Contains(ended, c.State) {
		if err := endIntroduction(ctx, tx, l, c.ID); err != nil {
			return err
		}
		if err := c.answer(ctx, tx, l, c.State); err != nil {
			return err
		}
	}
	_, err = move.Settle(ctx, tx, l.NeedID)
	return err
}

// accepted says whether a claim was accepted at some time, as far as its row
// tells: what is under way or was carried through has been.
func (c claim) accepted() bool {
	return slices.Contains([]string{"accepted", "on-hold", "in-progress", "completed", "failed"}, c.State)
}

func (c claim) answer(ctx context.Context, tx pg.DB, l listing, answer string) error {
	fresh, err := first(ctx, tx, l, "answered", c.ID, answer)
	if err != nil || !fresh {
		return err
	}
	said := c.said(l)
	said.Answer = answer
	if answer != "accepted" {
		said.Delivered, said.DeclinedBy = c.Delivered, c.DeclinedBy
	}
	return chain.Append(ctx, tx, l.HouseholdID, bridge, chain.ClaimAnswered, "", said)
}

type introductionEnded struct {
	Need  needs.ID `json:"need"`
	Claim string   `json:"claim"`
}

// endIntroduction destroys the contact that the worker could look at.
func endIntroduction(ctx context.Context, tx pg.DB, l listing, claim string) error {
	tag, err := tx.Exec(ctx, `
		update records.introductions
		   set ended_at = now(), contact_sealed = null
		 where claim_id = @claim and ended_at is null`, pg.Args{"claim": claim})
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	return chain.Append(ctx, tx, l.HouseholdID, bridge, chain.IntroductionEnded, "",
		introductionEnded{l.NeedID, claim})
}
