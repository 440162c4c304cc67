/**
 * What a statement returns, as far as it is used here.
 *
 * @example
 * ```ts
 * import type { PostgresRows } from "@x/resumable-tx/postgres";
 *
 * export function count({ rows }: Pick<PostgresRows, "rows">): number {
 *   return rows.length;
 * }
 * console.log(count({ rows: [{ id: 1 }] })); // 1
 * ```
 */
export interface PostgresRows {
  /** The rows of the result. */
  readonly rows: readonly object[];
  /** How many rows there are, or were changed. */
  readonly rowCount: number | null;
}

/**
 * A connection to a server: a `Client` or a `PoolClient` of `npm:pg`, as far as it is used here.
 *
 * @example
 * ```ts
 * import type { PostgresClient } from "@x/resumable-tx/postgres";
 *
 * export async function isAlive(client: PostgresClient): Promise<boolean> {
 *   return (await client.query("select 1")).rows.length === 1;
 * }
 * ```
 */
export interface PostgresClient {
  /** Runs a statement. */
  query(text: string, values?: unknown[]): Promise<PostgresRows>;
}

/**
 * Connections to a server: a `Pool` of `npm:pg`, as far as it is used here.
 *
 * @example
 * ```ts
 * import type { PostgresPool } from "@x/resumable-tx/postgres";
 *
 * export function isIdle(pool: Pick<PostgresPool, "totalCount">): boolean {
 *   return pool.totalCount === 0;
 * }
 * console.log(isIdle({ totalCount: 0 })); // true
 * ```
 */
export interface PostgresPool extends PostgresClient {
  /** How many connections it has. */
  readonly totalCount: number;
  /** Gives a connection, which goes back when it is released. */
  connect(): Promise<PostgresClient & { release(isBroken?: boolean): void }>;
}

export function isPool(sql: PostgresPool | PostgresClient): sql is PostgresPool {
  return typeof Reflect.get(sql, "totalCount") === "number";
}

/** A connection of a pool is released in any case; one that may be in the middle of something is closed. */
export async function withClient<T>(
  sql: PostgresPool | PostgresClient,
  run: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  if (!isPool(sql)) return await run(sql);
  const client = await sql.connect();
  // The pool listens only to those that it has. Without a listener, a lost connection would end the process.
  listen(client, "on", "error", ignore);
  try {
    const result = await run(client);
    listen(client, "off", "error", ignore);
    client.release();
    return result;
  } catch (error) {
    const isBroken = !isIdle(client);
    if (!isBroken) listen(client, "off", "error", ignore);
    client.release(isBroken);
    throw error;
  }
}

function ignore(): void {}

export function listen(client: object, how: "on" | "off", event: string, listener: (notice: unknown) => void): void {
  const method: unknown = Reflect.get(client, how);
  if (typeof method === "function") method.call(client, event, listener);
}

/** As the server has said last, if the driver tells that; idle otherwise. */
export function isIdle(client: object): boolean {
  const method: unknown = Reflect.get(client, "getTransactionStatus");
  return typeof method !== "function" || [null, "I"].includes(method.call(client));
}
