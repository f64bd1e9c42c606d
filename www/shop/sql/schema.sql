-- The shop's own data. Instants are seconds since 1970 UTC; money is euro cents.

CREATE TABLE IF NOT EXISTS customer (
  id            TEXT PRIMARY KEY,
  email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
  name          TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  click_id      TEXT,                    -- the referral that brought them, when there was one
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS session (
  digest      TEXT PRIMARY KEY,          -- SHA-256 of the cookie; the cookie itself is not stored
  customer_id TEXT REFERENCES customer (id),
  click_id    TEXT,
  expires_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS cart_line (
  session  TEXT NOT NULL REFERENCES session (digest) ON DELETE CASCADE ON UPDATE CASCADE,
  product  TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 20),
  PRIMARY KEY (session, product)
) STRICT;

CREATE TABLE IF NOT EXISTS purchase (
  id          TEXT PRIMARY KEY,          -- FF-XXXX-XXXX; Goodword's order_id
  checkout    TEXT NOT NULL UNIQUE,      -- the form it came from: sent twice, it is one order
  customer_id TEXT NOT NULL REFERENCES customer (id),
  recipient   TEXT NOT NULL,
  address     TEXT NOT NULL,
  amount      INTEGER NOT NULL CHECK (amount > 0),
  placed_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS purchase_of_customer ON purchase (customer_id, placed_at);

CREATE TABLE IF NOT EXISTS purchase_line (
  purchase_id TEXT NOT NULL REFERENCES purchase (id),
  name        TEXT NOT NULL,             -- as sold, whatever the catalogue says later
  unit_price  INTEGER NOT NULL,
  quantity    INTEGER NOT NULL,
  PRIMARY KEY (purchase_id, name)
) STRICT;

CREATE TABLE IF NOT EXISTS refund (
  id           TEXT PRIMARY KEY,         -- {order}-R{n}: the same form sent twice is one refund
  purchase_id  TEXT NOT NULL REFERENCES purchase (id),
  amount       INTEGER NOT NULL CHECK (amount > 0),
  requested_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refund_of_purchase ON refund (purchase_id);

-- What Goodword is to be told. Written in the same transaction as what it tells of.
CREATE TABLE IF NOT EXISTS outbox (
  id              INTEGER PRIMARY KEY,
  idempotency_key TEXT NOT NULL UNIQUE,
  customer_id     TEXT NOT NULL REFERENCES customer (id),
  path            TEXT NOT NULL,
  body            TEXT NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  due_at          INTEGER NOT NULL,      -- when to try next
  trouble         TEXT,                  -- why the last attempt failed
  status          INTEGER,               -- Goodword's final answer: null while waiting
  answer          TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (customer_id, id) WHERE status IS NULL;
