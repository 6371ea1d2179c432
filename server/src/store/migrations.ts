// SPDX-License-Identifier: Apache-2.0

/**
 * The schema, one step a version: entry n takes a database from version n to n + 1 (PRAGMA user_version). A step that has
 * shipped is never edited.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    order_hash TEXT NOT NULL,
    nonce TEXT NOT NULL UNIQUE,
    request TEXT NOT NULL,
    jws TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted')),
    attempts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (partner, idempotency_key)
  ) STRICT;
  CREATE INDEX requests_by_expiry ON requests (expires_at);

  CREATE TABLE verdicts (
    request TEXT PRIMARY KEY REFERENCES requests (id) ON DELETE CASCADE,
    result TEXT NOT NULL CHECK (result IN ('accepted', 'rejected')),
    jws TEXT NOT NULL,
    made_at INTEGER NOT NULL
  ) STRICT;

  -- Outlives its request, so that a person cannot answer again after it was forgotten: hence no foreign key.
  CREATE TABLE nullifiers (
    scope TEXT NOT NULL,
    nullifier TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (scope, nullifier)
  ) STRICT, WITHOUT ROWID;
  `,
  // What an accepted proof was answered with, and whose it was, so that the same person is told again when the answer was lost.
  `
  ALTER TABLE verdicts ADD COLUMN nullifier TEXT;
  ALTER TABLE verdicts ADD COLUMN return_code TEXT;
  `,
  // Append-only registries: leaves for those who compute a path, the frontier for whoever appends, every root there ever was.
  `
  CREATE TABLE registries (
    id TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    peaks BLOB NOT NULL,
    root TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    issued TEXT
  ) STRICT;

  CREATE TABLE registry_leaves (
    registry TEXT NOT NULL REFERENCES registries (id),
    position INTEGER NOT NULL,
    leaf BLOB NOT NULL,
    PRIMARY KEY (registry, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE registry_roots (
    registry TEXT NOT NULL REFERENCES registries (id),
    size INTEGER NOT NULL,
    root TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (registry, size),
    UNIQUE (registry, root)
  ) STRICT, WITHOUT ROWID;
  `,
  // A scope counts people by the nullifiers of one proof system. All that was accepted before there were two was Groth16.
  `
  CREATE TABLE scopes (
    scope TEXT PRIMARY KEY,
    system TEXT NOT NULL CHECK (system IN ('groth16', 'transparent'))
  ) STRICT, WITHOUT ROWID;
  INSERT INTO scopes (scope, system) SELECT DISTINCT scope, 'groth16' FROM nullifiers;
  `,
  // Faces: what each enrolment is revoked with, and how often a family of registries was begun anew.
  `
  CREATE TABLE faces (
    family TEXT NOT NULL,
    commitment TEXT NOT NULL,
    revocation TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (family, commitment)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE face_generations (
    family TEXT PRIMARY KEY,
    generation INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // The nodes of full shelves, so that they are hashed once.
  `
  CREATE TABLE registry_nodes (
    registry TEXT NOT NULL REFERENCES registries (id),
    shelf INTEGER NOT NULL,
    node BLOB NOT NULL,
    PRIMARY KEY (registry, shelf)
  ) STRICT, WITHOUT ROWID;
  `,
  // One leaf holder a holder, and the reverse: else one credential's holder could enter several leaves and answer with each.
  `
  CREATE TABLE leaf_holders (
    registry TEXT NOT NULL,
    holder TEXT NOT NULL,
    leaf_holder TEXT NOT NULL,
    bound_at INTEGER NOT NULL,
    PRIMARY KEY (registry, holder),
    UNIQUE (registry, leaf_holder)
  ) STRICT, WITHOUT ROWID;
  `,
];
