DROP TRIGGER open_inserted ON invitation;
DROP TRIGGER open_updated ON invitation;
DROP TRIGGER open_deleted ON invitation;
DROP FUNCTION open_inserted();
DROP FUNCTION open_updated();
DROP FUNCTION open_deleted();
DROP TABLE open_change;
DROP TABLE open_count;
