import type { Engine } from './engine.ts'

export type Collection = { readonly db: string; readonly name: string; readonly id: string }

/** After which change to go on: the transaction that made it, and its place within. */
export type Position = readonly [xid: string, seq: string]

export type Change = {
  readonly xid: string
  readonly seq: string
  readonly ts: Date
  readonly before: Buffer | null
  readonly after: Buffer | null
}

const SETUP = `
CREATE SCHEMA IF NOT EXISTS mongo_gateway;
CREATE TABLE IF NOT EXISTS mongo_gateway.oplog (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(), seq bigserial,
  ts timestamptz NOT NULL DEFAULT clock_timestamp(),
  collection bigint NOT NULL, before bytea, after bytea, PRIMARY KEY (xid, seq));
CREATE OR REPLACE FUNCTION mongo_gateway.capture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO mongo_gateway.oplog (collection, before, after)
  VALUES (split_part(TG_TABLE_NAME, '_', 2)::bigint,
    CASE WHEN TG_OP <> 'INSERT' THEN OLD.document::bytea END,
    CASE WHEN TG_OP <> 'DELETE' THEN NEW.document::bytea END);
  RETURN NULL;
END $$`

// Several gateways may meet here for the first time.
const LOCK = 'SELECT pg_advisory_xact_lock(726354)'

/** The collection, made when it does not exist, with its changes kept from now on. */
export async function captured(engine: Engine, db: string, name: string): Promise<Collection> {
  await engine.query('SELECT documentdb_api.create_collection($1, $2)', [db, name])
  const [row] = await engine.query(
    `SELECT collection_id::text AS id FROM documentdb_api_catalog.collections
     WHERE database_name = $1 AND collection_name = $2`,
    [db, name],
  )
  const id = String(row?.['id'])
  const trigger = `CREATE TRIGGER mongo_gateway AFTER INSERT OR UPDATE OR DELETE
    ON documentdb_data.documents_${id} FOR EACH ROW EXECUTE FUNCTION mongo_gateway.capture()`
  const missing = `NOT EXISTS (SELECT FROM pg_trigger
    WHERE tgname = 'mongo_gateway' AND tgrelid = 'documentdb_data.documents_${id}'::regclass)`
  const [found] = await engine.query(
    `SELECT to_regclass('mongo_gateway.oplog') IS NULL OR ${missing} AS missing`,
  )
  // Making the trigger waits for all who write at this moment, so no change is lost between. Several statements
  // in one text are one transaction.
  const make = `${LOCK}; ${SETUP}; DO $do$ BEGIN IF ${missing} THEN ${trigger}; END IF; END $do$`
  // A connection that has just seen the schema missing may not know yet that another one made it while it waited.
  if (found?.['missing']) await engine.query(make).catch(() => engine.query(make))
  return { db, name, id }
}

/** Before all that is not yet done. */
export async function now(engine: Engine): Promise<Position> {
  const [row] = await engine.query('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin')
  return [String(row?.['xmin']), '0']
}

/** In an order that never changes afterwards: transactions still open hold back those that began after them. */
export async function changes(
  engine: Engine,
  collection: Collection,
  after: Position,
  limit: number,
): Promise<readonly Change[]> {
  const rows = await engine.query(
    `SELECT xid::text, seq::text, ts, before, after FROM mongo_gateway.oplog o
     WHERE (xid, seq) > ($1::xid8, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot()) AND collection = $3
     ORDER BY o.xid, o.seq LIMIT $4`,
    [...after, collection.id, limit],
  )
  return rows as unknown as readonly Change[]
}

/** Null while it is what it was; else what became of it. */
export async function fate(engine: Engine, { db, name, id }: Collection): Promise<'drop' | 'rename' | null> {
  const [row] = await engine.query(
    `SELECT database_name = $2 AND collection_name = $3 AS same FROM documentdb_api_catalog.collections
     WHERE collection_id = $1`,
    [id, db, name],
  )
  if (!row) return 'drop'
  return row['same'] ? null : 'rename'
}
