-- The catalogue. Lists are read by keyset: WHERE id > ? ORDER BY id, with or without a category.
CREATE TABLE products (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- Cents, and never beyond what a JavaScript number holds exactly.
  price INTEGER NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),
  category TEXT NOT NULL CHECK (length(category) BETWEEN 1 AND 128 AND category NOT GLOB '*[^A-Za-z0-9._~:@-]*'),
  -- ISO 8601, UTC, with milliseconds: what Date.prototype.toISOString writes. (D1 takes patterns of at most 50 bytes.)
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

-- Each entry ends in the row's id, so a category's page comes out in order without a sort.
CREATE INDEX products_by_category ON products (category);

-- Ids are allotted before the row is written, and never twice, not even after a delete:
-- UPDATE sequences SET next = next + 1 WHERE name = 'products' RETURNING next - 1
CREATE TABLE sequences (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL CHECK (next BETWEEN 1 AND 9007199254740991)
) STRICT, WITHOUT ROWID;

INSERT INTO sequences (name, next) VALUES ('products', 1);
