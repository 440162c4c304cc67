import pg from "pg";
import { DatabaseError } from "../sql/database.ts";
import type { Row } from "../sql/read_row.ts";
import { toDatabaseError } from "./postgres_error.ts";
import type { PostgresPlace } from "./postgres_locator.ts";

/** A statement, in which `{name}` is a table of the store, and its values. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** As much of the driver as is used here. */
export interface Client {
  connect(): Promise<unknown>;
  query(query: ClientQuery): Promise<{ readonly rows: readonly Row[] }>;
  end(): Promise<void>;
  /** What the server has said that the process is that serves this connection. */
  readonly processID: number | null;
  on(event: "error" | "end", listener: () => void): unknown;
  on(event: "notice", listener: (notice: { readonly routine?: string }) => void): unknown;
  on(event: "notification", listener: (notification: { readonly payload?: string }) => void): unknown;
  readonly connection: { readonly stream: { destroy(): void } };
}

interface ClientQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name?: string | undefined;
}

interface ClientOptions {
  readonly connectionString: string;
  readonly pipeline: boolean;
  readonly keepAlive: boolean;
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number | undefined;
  readonly fallback_application_name: string;
}

const DRIVER: { readonly Client: new (options: ClientOptions) => Client } = pg;

/** A server that does not answer for so long is taken for one that is away. */
const ANSWER_LIMIT_MS = 15_000;
const CONNECT_LIMIT_MS = 10_000;
/** What a commit says that was not confirmed by a standby, although it should be. */
const UNCONFIRMED = "SyncRepWaitForLSN";

/** What a connection is told by others, and what it does then. */
interface Listen {
  readonly channel: string;
  readonly heard: (payload: string) => void;
}

interface ConnectionOptions {
  /** The same few statements are run all the time: the server keeps how, if it is not behind PgBouncer. */
  readonly keepsPlans?: boolean;
  /** How long the server may take for a statement. */
  readonly answerLimitMs?: number;
}

/** What the connections of a store know together. */
export interface Standby {
  /** A commit was answered that no standby has confirmed. Until one is confirmed after it, nothing is known to be safe. */
  isUnconfirmed: boolean;
}

export interface Session {
  readonly client: Client;
  /** It was not closed, and not lost. */
  readonly isOpen: () => boolean;
  /** What every transaction begins with, if the default of the server is not what the statements are made for. */
  readonly isReadCommitted: boolean;
  /** The server itself answers: no PgBouncer, behind which each statement may meet another session. */
  readonly isDirect: boolean;
  /** Whether an answer of this connection cannot be relied on. */
  readonly isUnconfirmed: () => boolean;
}

/**
 * One connection, made when it is needed, and made again when it was lost. Statements are sent without waiting for the
 * answers to those before, and are neither named nor rely on a session: PgBouncer may stand between.
 */
export class Connection implements AsyncDisposable {
  readonly #place: PostgresPlace;
  readonly #keepsPlans: boolean;
  readonly #answerLimitMs: number | undefined;
  readonly #texts = new Map<string, { readonly text: string; readonly name: string }>();
  readonly #standby: Standby;
  #listen: Listen | undefined;
  #session: Promise<Session> | undefined;
  #load = 0;

  constructor(place: PostgresPlace, standby: Standby, options: ConnectionOptions = {}) {
    const { keepsPlans = false, answerLimitMs = ANSWER_LIMIT_MS } = options;
    this.#answerLimitMs = answerLimitMs === Infinity ? undefined : answerLimitMs;
    this.#place = place;
    this.#standby = standby;
    this.#keepsPlans = keepsPlans;
  }

  /** How many calls wait for an answer. */
  get load(): number {
    return this.#load;
  }

  /** Listens from the next statement on, also when the connection was made again. Behind PgBouncer nothing is heard. */
  async listen(listen: Listen): Promise<void> {
    this.#listen = listen;
    // One that is open does not listen yet.
    await this[Symbol.asyncDispose]();
  }

  /**
   * Runs one statement as a transaction of its own.
   *
   * @throws {DatabaseError}
   */
  async query(text: string, ...values: readonly unknown[]): Promise<readonly Row[]> {
    const [rows = []] = await this.#run((session) => {
      return session.isReadCommitted
        ? this.#send(session, [{ text, values }])
        : this.#transact(session, [{ text, values }]);
    });
    return rows;
  }

  /**
   * Runs statements as one transaction, all of them sent at once. Returns the rows of each.
   *
   * @throws {DatabaseError}
   */
  transaction(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    return this.#run((session) => this.#transact(session, statements));
  }

  /**
   * The session itself, for a caller that has this connection for itself. What it asks for is not repeated.
   *
   * @throws {DatabaseError}
   */
  session(): Promise<Session> {
    return this.#run((session) => Promise.resolve(session));
  }

  /** Sends statements at once, as they are. Throws what the driver throws. */
  send(session: Session, statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    return this.#send(session, statements);
  }

  async #run<T>(run: (session: Session) => Promise<T>): Promise<T> {
    this.#load += 1;
    try {
      const session = await this.#connect();
      if (this.#standby.isUnconfirmed) await this.#confirm(session);
      return await run(session);
    } catch (error) {
      throw toDatabaseError(error, this.#place.server);
    } finally {
      this.#load -= 1;
    }
  }

  /** A commit is confirmed together with all before it. */
  async #confirm(session: Session): Promise<void> {
    await this.#send(session, [{ text: "select pg_logical_emit_message(true, 'resumable-tx', '')" }]);
    this.#standby.isUnconfirmed = false;
  }

  async #transact(session: Session, statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const begin = { text: "begin isolation level read committed" };
    return (await this.#send(session, [begin, ...statements, { text: "commit" }])).slice(1, -1);
  }

  /** The first error counts. It is thrown when all are answered, so that what is sent next does not meet the rest of these. */
  async #send(
    { client, isUnconfirmed, isDirect }: Session,
    statements: readonly Statement[],
  ): Promise<readonly (readonly Row[])[]> {
    const answers = await Promise.allSettled(
      statements.map(({ text: statement, values = [] }) => {
        const { text, name } = this.#inSchema(statement);
        return client.query({ text, values, name: this.#keepsPlans && isDirect ? name : undefined });
      }),
    );
    if (isUnconfirmed()) throw new DatabaseError("away", "no standby has confirmed what was committed");
    return answers.map((answer) => {
      if (answer.status === "rejected") throw answer.reason;
      return answer.value.rows;
    });
  }

  #inSchema(statement: string): { readonly text: string; readonly name: string } {
    let found = this.#texts.get(statement);
    if (found === undefined) {
      const text = statement.replace(/\{(\w+)\}/g, (_, table) => `"${this.#place.schema}".${table}`);
      this.#texts.set(statement, found = { text, name: `resumable_tx_${this.#texts.size}` });
    }
    return found;
  }

  #connect(): Promise<Session> {
    if (this.#session !== undefined) return this.#session;
    const client = new DRIVER.Client({
      connectionString: this.#place.connectionString,
      pipeline: true,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      query_timeout: this.#answerLimitMs,
      fallback_application_name: "resumable-tx",
    });
    let isUnconfirmed = false;
    let isOpen = true;
    const session = this.#begin(client, { isUnconfirmed: () => isUnconfirmed, isOpen: () => isOpen });
    const forget = () => {
      isOpen = false;
      if (this.#session === session) this.#session = undefined;
    };
    client.on("error", forget);
    client.on("end", forget);
    client.on("notification", ({ payload }) => this.#listen?.heard(payload ?? ""));
    client.on("notice", ({ routine }) => {
      if (routine !== UNCONFIRMED) return;
      // The answer arrives right after this, and is not what it says.
      isUnconfirmed = true;
      this.#standby.isUnconfirmed = true;
      client.connection.stream.destroy();
    });
    session.catch(forget);
    return this.#session = session;
  }

  async #begin(client: Client, known: Pick<Session, "isUnconfirmed" | "isOpen">): Promise<Session> {
    await client.connect();
    const text = "select current_setting('default_transaction_isolation') as isolation, pg_backend_pid() as pid";
    const { rows: [row] } = await client.query({ text, values: [] });
    if (this.#listen !== undefined) await client.query({ text: `listen ${this.#listen.channel}`, values: [] });
    const isDirect = row?.["pid"] === client.processID;
    return { ...known, client, isDirect, isReadCommitted: row?.["isolation"] === "read committed" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    // One that could not be made has nothing to close.
    const open = await session?.catch(() => undefined);
    await open?.client.end().catch(() => {});
  }
}
