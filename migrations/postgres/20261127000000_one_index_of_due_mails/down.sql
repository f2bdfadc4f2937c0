CREATE INDEX mail_due ON mail (due_at, id) WHERE state = 'queued';
CREATE INDEX mail_next ON mail ((COALESCE(lease_until, due_at))) WHERE state = 'queued';
DROP INDEX mail_claimable;
