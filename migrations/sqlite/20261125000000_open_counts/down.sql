DROP TRIGGER open_inserted;
DROP TRIGGER open_updated;
DROP TRIGGER open_deleted;
DROP TABLE open_change;
DROP TABLE open_count;
