-- A queued mail can be claimed from the later of two moments on, its due time or the end of a lease: what workers claim and when the
-- next one can be claimed are two ends of one index.
DROP INDEX mail_due;
DROP INDEX mail_next;
CREATE INDEX mail_claimable ON mail (COALESCE(lease_until, due_at), id) WHERE state = 'queued';
