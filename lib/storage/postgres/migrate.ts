import { DatabaseError } from "../sql/database.ts";
import { type ColumnTypes, MIGRATIONS, SCHEMA_VERSION } from "../sql/schema.ts";
import type { Connection, Statement } from "./connection.ts";
import type { PostgresPlace } from "./postgres_locator.ts";
import * as sql from "./statements.ts";

const TYPES: ColumnTypes = {
  id: "uuid",
  text: "text",
  time: "timestamptz",
  small: "smallint",
  int: "int",
  millis: "bigint",
  real: "float8",
  flag: "boolean",
  fill: (percent) => ` with (fillfactor = ${percent})`,
};

/** Finds the version of the tables, 0 if there are none. Refuses those of a newer version, and a schema of something else. */
export async function readVersion(connection: Connection, { schema, shown }: PostgresPlace): Promise<number> {
  const [found] = await connection.query(sql.READ_TABLES, schema);
  if (found?.["tables"] !== true) return 0;
  const [row] = found["records"] === true ? await connection.query(sql.READ_VERSION) : [];
  const version = row?.["version"];
  if (typeof version !== "number") {
    throw new DatabaseError("refused", `the schema ${JSON.stringify(schema)} of ${shown} has tables of something else`);
  }
  if (version <= SCHEMA_VERSION) return version;
  const what = `the schema ${JSON.stringify(schema)} has tables of version ${version}`;
  const known = `this version of resumable-tx knows ${SCHEMA_VERSION}`;
  throw new DatabaseError("refused", `${what}, and ${known}. Use a newer version of resumable-tx`);
}

/** Makes what is missing of the schema and its tables. Several processes may try at once: one does it, and the others wait. */
export async function migrate(connection: Connection, place: PostgresPlace): Promise<void> {
  for (let version = await readVersion(connection, place); version < SCHEMA_VERSION;) {
    const statements = migration(place.schema, version);
    try {
      await connection.transaction([{ text: sql.LOCK_MIGRATION, values: [place.schema] }, ...statements]);
    } catch (error) {
      // Another process was first, or nothing was changed.
      if (await readVersion(connection, place) === version) throw error;
    }
    version = await readVersion(connection, place);
  }
}

/** The statements that make the newest version of the tables out of another, with their values, for any program that runs SQL. */
export function migrationFrom(schema: string, version: number): readonly string[] {
  const steps = MIGRATIONS.slice(version).flatMap((_, index) => migration(schema, version + index));
  if (steps.length === 0) return [];
  const lock = { text: sql.LOCK_MIGRATION, values: [schema] };
  return ["begin", ...[lock, ...steps].map((statement) => withValues(statement, schema)), "commit"];
}

function withValues({ text, values = [] }: Statement, schema: string): string {
  return text.replace(/\{(\w+)\}/g, (_, table) => `"${schema}".${table}`).replace(/\$(\d)/g, (_, index) => {
    const value = values[Number(index) - 1];
    // The name of a schema has no quote in it.
    return typeof value === "number" ? String(value) : `'${String(value)}'`;
  });
}

/** The statements that lead from a version to the next. They fail, and change nothing, if another process has run them. */
function migration(schema: string, version: number): readonly Statement[] {
  const name = `"${schema}"`;
  return [
    // A role that may not create schemas may use one that is there.
    ...(version === 0 ? [{ text: createSchema(schema) }] : []),
    { text: `set local search_path = ${name}` },
    ...(MIGRATIONS[version]?.(TYPES) ?? []).map((text) => ({ text })),
    { text: sql.ADD_VERSION, values: [version + 1] },
  ];
}

function createSchema(schema: string): string {
  return `do $do$ begin if not exists (select from pg_namespace where nspname = '${schema}') then ` +
    `create schema "${schema}"; end if; end $do$`;
}
