-- +goose Up
-- A card may keep silent on how urgent its need is: every public one does, and
-- for organisations those that would otherwise have to say less of the place.
alter table exchange.cards drop constraint cards_urgency_check;
alter table exchange.cards add constraint cards_urgency_check check (urgency in ('now','urgent','soon','open','*'));
