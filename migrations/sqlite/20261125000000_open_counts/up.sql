-- How many invitations of an account are stored as pending: what every page of a list states, and what counting rows would cost
-- more for than the page itself. Triggers keep it, so that nothing that writes can forget it.
CREATE TABLE open_count (
    account_id  INTEGER PRIMARY KEY NOT NULL REFERENCES account (id),
    invitations INTEGER NOT NULL
) STRICT;

-- Stays empty here, where one unit writes at a time and can change the number itself: see the one of PostgreSQL.
CREATE TABLE open_change (
    account_id INTEGER NOT NULL,
    change     INTEGER NOT NULL
) STRICT;
CREATE INDEX open_change_of_account ON open_change (account_id, change);

CREATE TRIGGER open_inserted AFTER INSERT ON invitation WHEN NEW.status = 'pending' BEGIN
    INSERT INTO open_count (account_id, invitations) VALUES (NEW.account_id, 1)
    ON CONFLICT (account_id) DO UPDATE SET invitations = invitations + 1;
END;

CREATE TRIGGER open_updated AFTER UPDATE OF status ON invitation
WHEN (NEW.status = 'pending') <> (OLD.status = 'pending') BEGIN
    INSERT INTO open_count (account_id, invitations)
    VALUES (NEW.account_id, CASE NEW.status WHEN 'pending' THEN 1 ELSE -1 END)
    ON CONFLICT (account_id) DO UPDATE SET invitations = invitations + excluded.invitations;
END;

CREATE TRIGGER open_deleted AFTER DELETE ON invitation WHEN OLD.status = 'pending' BEGIN
    UPDATE open_count SET invitations = invitations - 1 WHERE account_id = OLD.account_id;
END;

INSERT INTO open_count (account_id, invitations)
SELECT account_id, count(*) FROM invitation WHERE status = 'pending' GROUP BY account_id;
