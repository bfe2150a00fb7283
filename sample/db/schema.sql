CREATE TABLE customers (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE
);

CREATE TABLE invoices (
  number text PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES customers (id),
  vat_rate numeric(4, 3) NOT NULL,
  due_at date NOT NULL,
  paid_at timestamptz
);

-- Unpaid invoices are looked for every night.
CREATE INDEX invoices_unpaid ON invoices (due_at) WHERE paid_at IS NULL;
