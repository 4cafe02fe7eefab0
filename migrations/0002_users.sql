-- Who can sign in.
CREATE TABLE users (
  -- Random: it tells nothing of the others, and nobody can have asked for it before it was given.
  id TEXT NOT NULL PRIMARY KEY,
  -- As it is compared: without spaces around it, in lower case.
  email TEXT NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(trim(email))),
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- With its salt and parameters, in the PHC string format.
  password_hash TEXT NOT NULL CHECK (password_hash GLOB '$*'),
  -- ISO 8601, UTC, with milliseconds.
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;

-- Events that were written together with what they tell of, in the order of their ids. Read by the dispatcher.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  type TEXT,
  -- Events of one key are delivered in their order.
  key TEXT,
  data TEXT NOT NULL CHECK (json_valid(data)),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??.???Z')
) STRICT;
