-- A queued mail can be claimed from its due time on, or from the end of the lease on it: what workers claim, and when the next one can be
-- claimed, both begin with the first entry of one index. Made before the others go, because that takes a lock which keeps readers out.
CREATE INDEX mail_claimable ON mail (COALESCE(lease_until, due_at), id) WHERE state = 'queued';
DROP INDEX mail_due;
DROP INDEX mail_next;
