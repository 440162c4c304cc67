import { Turns } from "../../process/process_slot.ts";
import type { StepDatabase } from "../../process/step_context.ts";
import { type CommitAnswer, DatabaseError, type SqlTransaction } from "../sql/database.ts";
import { textIn } from "../sql/read_row.ts";
import type { RecordRow } from "../sql/table_rows.ts";
import { Connection, type Session, type Standby } from "./connection.ts";
import { isAnswer, sqlStateOf, toDatabaseError } from "./postgres_error.ts";
import type { PostgresPlace } from "./postgres_locator.ts";
import * as sql from "./statements.ts";

/** The maximum number of transactions of steps that are open in a process. */
const MAX_OPEN = 8;
const ENDED = "Cannot use the database of a step that has ended";

interface StepConnectionsOptions {
  readonly place: PostgresPlace;
  readonly standby: Standby;
  /** A connection for what is asked about a transaction from outside. */
  readonly common: Connection;
}

interface BeginOptions {
  readonly idleMs: number;
  readonly lost: AbortSignal;
}

/** The connections on which steps work. Each has one at a time for itself. */
export class StepTransactions implements AsyncDisposable {
  readonly #options: StepConnectionsOptions;
  readonly #turns = new Turns(MAX_OPEN);
  readonly #free: Connection[] = [];
  readonly #all: Connection[] = [];

  constructor(options: StepConnectionsOptions) {
    this.#options = options;
  }

  /** @throws {DatabaseError} */
  async begin(options: BeginOptions): Promise<SqlTransaction> {
    const { place, common } = this.#options;
    const end = await this.#takeTurn();
    const connection = this.#free.pop() ?? this.#connect();
    const release = () => {
      this.#free.push(connection);
      end();
    };
    try {
      const session = await connection.session();
      const values = [String(options.idleMs)];
      const answers = connection.send(session, [{ text: sql.BEGIN_STEP }, { text: sql.LIMIT_STEP, values }]);
      const row = (await answers)[1]?.[0] ?? {};
      return new StepTransaction({ ...options, connection, session, common, release, tx: textIn(row, "tx") });
    } catch (error) {
      // What is open on it ends with it.
      await connection[Symbol.asyncDispose]();
      release();
      throw toDatabaseError(error, place.server);
    }
  }

  async #takeTurn(): Promise<() => void> {
    const { promise: turn, resolve: take } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    void this.#turns.take(() => {
      take();
      return ended;
    });
    await turn;
    return end;
  }

  #connect(): Connection {
    // What a step asks for may take long.
    const connection = new Connection(this.#options.place, this.#options.standby, { answerLimitMs: Infinity });
    this.#all.push(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((connection) => connection[Symbol.asyncDispose]()));
  }
}

interface StepTransactionOptions extends BeginOptions {
  readonly connection: Connection;
  readonly session: Session;
  readonly common: Connection;
  readonly release: () => void;
  /** Its id in the database. */
  readonly tx: string;
}

class StepTransaction implements SqlTransaction {
  readonly database: StepDatabase;
  readonly #options: StepTransactionOptions;
  readonly #cut: () => void;
  #isOver = false;
  /** Statements of the step that have no answer yet. */
  #pending = 0;

  constructor(options: StepTransactionOptions) {
    this.#options = options;
    const { session: { client }, lost } = options;
    // As the driver's own, with whatever that accepts.
    const query = (...args: readonly unknown[]): unknown =>
      this.#isOver ? Promise.reject(new TypeError(ENDED)) : this.#count(Reflect.apply(client.query, client, args));
    this.database = Object.freeze({ query }) as StepDatabase;
    this.#cut = () => client.connection.stream.destroy();
    lost.addEventListener("abort", this.#cut);
  }

  #count(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    this.#pending += 1;
    const end = () => void (this.#pending -= 1);
    answer.then(end, end);
    return answer;
  }

  get isLost(): boolean {
    return !this.#options.session.isOpen();
  }

  async commit(worker: string, { tx, seq, epoch, data, sum, before }: RecordRow): Promise<CommitAnswer> {
    const { connection, session } = this.#options;
    const values = [worker, tx, seq, epoch, data, sum, before, this.#options.tx];
    try {
      this.#isOver = true;
      await connection.send(session, [sql.RESET_ROLE, { text: sql.APPEND_STEP, values }, { text: "commit" }]);
      await this.#end();
      return { kind: "written" };
    } catch (error) {
      const state = sqlStateOf(error);
      const isAnswered = isAnswer(error) && session.isOpen();
      if (isAnswered) await this.#rollback();
      else await this.#close();
      if (!isAnswered) return { kind: "unknown" };
      if (state === sql.STEP_IS_FENCED) return { kind: "fenced" };
      return state === sql.STEP_HAS_ENDED ? { kind: "ended" } : { kind: "refused", error };
    }
  }

  async settle(): Promise<void> {
    const { common, tx } = this.#options;
    let status: unknown;
    try {
      status = (await common.query(sql.TX_STATUS, tx))[0]?.["status"];
    } catch (error) {
      // Another server, which has not come so far, knows nothing of it.
      if (error instanceof DatabaseError && error.trouble === "data") return;
      throw error;
    }
    if (status === "in progress") throw new DatabaseError("away", "the server is still ending a transaction");
  }

  async rollback({ isBusy = false }: { readonly isBusy?: boolean } = {}): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    // A step that has stopped need not have waited for what it asked last.
    if (isBusy || this.#pending > 0) await this.#interrupt();
    else await this.#rollback();
  }

  /** If this fails, the connection is lost, and the transaction with it. */
  async #rollback(): Promise<void> {
    const { connection, session } = this.#options;
    try {
      await connection.send(session, [{ text: "rollback" }]);
      await this.#end();
    } catch {
      await this.#close();
    }
  }

  /** What it runs on the server would otherwise go on until it notices that nobody waits. */
  async #interrupt(): Promise<void> {
    const { common, session: { client, isDirect } } = this.#options;
    if (isDirect) await common.query(sql.END_BACKEND, client.processID).catch(() => {});
    await this.#close();
  }

  /** What the step has set for the session does not last. */
  async #end(): Promise<void> {
    const { connection, session } = this.#options;
    await connection.send(session, sql.RESET_SESSION).catch(() => this.#cut());
    this.#release();
  }

  async #close(): Promise<void> {
    this.#cut();
    await this.#options.connection[Symbol.asyncDispose]();
    this.#release();
  }

  #release(): void {
    this.#options.lost.removeEventListener("abort", this.#cut);
    this.#options.release();
  }
}
