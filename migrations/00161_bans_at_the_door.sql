-- +goose Up
-- Nobody is introduced, and no contact is opened, while a safety ban lasts: the
-- records half asks itself who is meant, and learns no reason.
grant select (organisation_id, volunteer_id, until, lifted_at) on exchange.bans to shanqiao_records;
grant select (id, account_id) on exchange.volunteers to shanqiao_records;
