-- How many invitations of an account are stored as pending: what every page of a list states, and what counting rows would cost
-- more for than the page itself. It is the sum of both tables. Triggers keep it, so that nothing that writes can forget it.
CREATE TABLE open_count (
    account_id  BIGINT PRIMARY KEY REFERENCES account (id),
    invitations BIGINT NOT NULL
);

-- What has changed since. Rows are only added, so that units in one account never wait for each other, nor fail for the sake of a
-- number; the worker moves them into open_count now and then.
CREATE TABLE open_change (
    account_id BIGINT NOT NULL,
    change     BIGINT NOT NULL
);
CREATE INDEX open_change_of_account ON open_change (account_id, change);

-- Once for each statement, however many rows it touched.
CREATE FUNCTION open_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_change (account_id, change)
    SELECT account_id, count(*) FROM added WHERE status = 'pending' GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION open_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_change (account_id, change)
    SELECT account_id, sum(change) FROM (
        SELECT account_id, 1 AS change FROM added WHERE status = 'pending'
        UNION ALL
        SELECT account_id, -1 FROM removed WHERE status = 'pending'
    ) AS changes GROUP BY account_id HAVING sum(change) <> 0;
    RETURN NULL;
END
$$;

CREATE FUNCTION open_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO open_change (account_id, change)
    SELECT account_id, -count(*) FROM removed WHERE status = 'pending' GROUP BY account_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER open_inserted AFTER INSERT ON invitation
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION open_inserted();
CREATE TRIGGER open_updated AFTER UPDATE ON invitation
    REFERENCING NEW TABLE AS added OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION open_updated();
CREATE TRIGGER open_deleted AFTER DELETE ON invitation
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION open_deleted();

-- After the triggers: making them has shut out whoever writes invitations, until this commits.
INSERT INTO open_count (account_id, invitations)
SELECT account_id, count(*) FROM invitation WHERE status = 'pending' GROUP BY account_id;
