-- Fewer checks on the way of an order, each of which cost as much as writing a row.
--
-- A chain, its licence and its first order are written by one step of the code and never deleted; a renewal names the
-- term it follows (order_follows), and a first order bears its chain's number (order_first). So these two keys could only
-- be broken by deleting rows by hand, which nothing in the house does.
alter table chain drop constraint chain_license;
alter table orders drop constraint order_chain;

-- How often anything in the catalogue has changed, so that servers can keep editions in memory as long as none has.
alter table catalogue add column version integer not null default 0;
