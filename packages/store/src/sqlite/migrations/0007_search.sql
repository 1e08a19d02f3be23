-- Finds parts of words without reading every delivery. The rowid is the number in the delivery's code: a rowid of SQLite's own
-- may change with VACUUM. The positions of the trigrams are not needed. Two line breaks end the text, so that every pair of
-- letters in it begins a trigram.
CREATE VIRTUAL TABLE delivery_search USING fts5 (
  search_text, tokenize = 'trigram case_sensitive 1', detail = none
);
-- The trigrams that there are.
CREATE VIRTUAL TABLE delivery_trigrams USING fts5vocab (delivery_search, 'row');
INSERT INTO delivery_search (rowid, search_text)
SELECT CAST(substr(code, 3) AS INTEGER), search_text || char(10, 10) FROM deliveries;

CREATE TRIGGER delivery_search_insert AFTER INSERT ON deliveries BEGIN
  INSERT INTO delivery_search (rowid, search_text)
  VALUES (CAST(substr(new.code, 3) AS INTEGER), new.search_text || char(10, 10));
END;
CREATE TRIGGER delivery_search_delete AFTER DELETE ON deliveries BEGIN
  DELETE FROM delivery_search WHERE rowid = CAST(substr(old.code, 3) AS INTEGER);
END;
-- Most changes are of the status and leave the text as it is.
CREATE TRIGGER delivery_search_update AFTER UPDATE ON deliveries
WHEN old.search_text IS NOT new.search_text BEGIN
  UPDATE delivery_search SET search_text = new.search_text || char(10, 10)
  WHERE rowid = CAST(substr(new.code, 3) AS INTEGER);
END;
