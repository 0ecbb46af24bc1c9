-- +goose Up
-- When a volunteer's month last began: it begins once a month, however often somebody looks.
alter table exchange.volunteers add column renewed_on date not null default current_date;
