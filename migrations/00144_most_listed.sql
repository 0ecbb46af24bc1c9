-- +goose Up
-- How many of a hundred households that fit a place and people, as cards show
-- them, may be behind such cards. What was asked for before asks for no more than
-- what is shipped.
alter table gate.settings add column most_listed int not null default 50 check (most_listed between 1 and 50);
