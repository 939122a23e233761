import { DatabaseSync } from 'node:sqlite';

/** Tables of the quarantine: an envelope once, with its bytes, and an item for each part of it that was set aside. */

/** What an item costs beside its bytes, about. */
export const itemBytes = 400;

const version = 2;

const tables = `
  CREATE TABLE envelope (
    seq INTEGER PRIMARY KEY, door TEXT NOT NULL, protocol TEXT NOT NULL, device TEXT NOT NULL, received_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX envelope_device ON envelope (device, received_at);
  CREATE INDEX envelope_received ON envelope (received_at);
  CREATE TABLE item (
    seq INTEGER NOT NULL, part INTEGER NOT NULL, device TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
    times INTEGER NOT NULL, last_seq INTEGER NOT NULL, last_at INTEGER NOT NULL, requeued_at INTEGER,
    PRIMARY KEY (seq, part)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX item_device ON item (device, reason, seq);
  CREATE INDEX item_last ON item (last_seq);
  CREATE TABLE total (name TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** The protocol was not kept before: sentences of NMEA begin with $ or !, registers came through the Modbus door, all else was JSON. */
const fromFirst = `
  INSERT INTO envelope
    SELECT seq, door, CASE WHEN door = 'modbus' THEN 'modbus' WHEN hex(substr(bytes, 1, 1)) IN ('24', '21') THEN 'nmea' ELSE 'mqtt-json' END,
      device, received_at, bytes
    FROM (SELECT DISTINCT seq, door, device, received_at FROM quarantine) JOIN first_envelope USING (seq);
  INSERT INTO item
    SELECT seq, part, device, reason, detail, 1, seq, received_at, NULL FROM quarantine JOIN first_envelope USING (seq);
  INSERT INTO total SELECT 'given', count(*) FROM item;
  DROP TABLE quarantine;
  DROP TABLE first_envelope;
`;

export function openQuarantineFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 5000;
  `);
  const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (found >= version) return database;
  const isFirst = database
    .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'quarantine' AND type = 'table'")
    .get();
  const steps = isFirst
    ? ['ALTER TABLE envelope RENAME TO first_envelope', tables, fromFirst]
    : [tables];
  database.exec(`BEGIN IMMEDIATE; ${steps.join(';')}; PRAGMA user_version = ${version}; COMMIT`);
  return database;
}
