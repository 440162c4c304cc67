import type { Release } from "../../../lib/storage/open_journal.ts";
import type { SqlDatabase } from "../../../lib/storage/sql/database.ts";
import type { NewTransaction, Owned, RecordRow } from "../../../lib/storage/sql/table_rows.ts";
import type { SeededRandom } from "../seeded_random.ts";
import { drawFilter, drawLimits } from "./random_filters.ts";

/** One call, for a database of any dialect. */
export interface RandomCall {
  /** The member and what it is called with, for people. */
  readonly text: string;
  readonly run: (database: SqlDatabase) => Promise<unknown>;
}

/** What is true of a transaction now. */
export interface Peeked {
  readonly owner: string | undefined;
  readonly epoch: number;
  readonly requests: number;
  readonly records: number;
}

const LEASE_MS = 3_600_000;
const PAST = 1_000_000;
const FUTURE = 4_000_000_000_000;
const STATUSES = ["ready", "sleeping", "asking", "aborted", "finished", "cancelled", "undone", undefined] as const;
const TEXTS = ["", "x", "%", "ü €", "a'b\"c\\", "two words", "\u{1f600}", "NULL", "{1,2}"];

export function uuid(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

/**
 * Draws calls of all members of `SqlDatabase`, with arguments from so few that most are near the mark: the right owner and
 * another one, the epoch before and the one after, sums that follow and sums that do not.
 */
export class RandomCalls {
  readonly #random: SeededRandom;
  readonly #peek: (tx: string) => Peeked | undefined;
  #requests = 0;
  #batches = 0;

  /** @param peek Looks at a transaction, so that some arguments are right. */
  constructor(random: SeededRandom, peek: (tx: string) => Peeked | undefined) {
    this.#random = random;
    this.#peek = peek;
  }

  #below(limit: number): number {
    return this.#random.below(limit);
  }

  readonly #one = <T>(values: readonly T[]): T => values[this.#below(values.length)] as T;

  #worker = () => uuid(0xa0 + this.#below(3));
  #tx = () => uuid(this.#below(5));
  #queue = () => this.#one(["default", "limited", "paused"]);
  #isRight = () => this.#below(4) > 0;

  #epoch(tx: string): number {
    const { epoch = 1 } = this.#peek(tx) ?? {};
    return this.#isRight() ? epoch : Math.max(0, epoch + this.#below(3) - 1);
  }

  /** Different transactions, as lists must have them. */
  #some<T>(make: (tx: string) => T): readonly T[] {
    const all = [0, 1, 2, 3, 4].filter(() => this.#below(3) === 0);
    return (all.length === 0 ? [this.#below(5)] : all).map((number) => make(uuid(number)));
  }

  #owned(tx = this.#tx()): Owned {
    const { owner = this.#worker() } = this.#peek(tx) ?? {};
    return { tx, worker: this.#isRight() ? owner : this.#worker(), epoch: this.#epoch(tx) };
  }

  #record(tx: string): RecordRow {
    const { records = 1 } = this.#peek(tx) ?? {};
    const seq = this.#isRight() ? records : this.#below(records + 2);
    const data = JSON.stringify({ seq, text: this.#one(TEXTS) });
    const before = seq === 0 ? "" : `s${this.#below(4) === 0 ? "x" : seq - 1}`;
    return { tx, seq, epoch: this.#epoch(tx), data, sum: `s${seq}`, before };
  }

  #release(): Release {
    const number = () => this.#one([undefined, 0, 7]);
    return {
      status: this.#one(STATUSES),
      dueAt: this.#one([undefined, PAST, FUTURE]),
      steps: number(),
      finished: number(),
      atStep: this.#one([undefined, "1.2"]),
      error: this.#one([undefined, ...TEXTS]),
    };
  }

  #newTransaction(id: string, worker: string): NewTransaction {
    const number = this.#below(5);
    return {
      id,
      name: this.#one([undefined, `name ${number}`, this.#one(TEXTS.slice(1))]),
      owner: this.#one([undefined, worker]),
      queue: this.#queue(),
      priority: this.#below(3) - 1,
      dueAt: this.#one([undefined, PAST + this.#below(1000), FUTURE]),
      library: "0.1.0",
      home: this.#one(TEXTS),
      record: { data: JSON.stringify({ home: this.#one(TEXTS) }), sum: "s0" },
    };
  }

  /** The next call. */
  next(): RandomCall {
    const make = this.#one([
      this.#create,
      this.#create,
      this.#take,
      this.#take,
      this.#ofOwner,
      this.#ofOwner,
      this.#write,
      this.#write,
      this.#write,
      this.#ofQueues,
      this.#ofRequests,
      this.#ofRequests,
      this.#ofWorkers,
      this.#read,
    ]);
    return make();
  }

  #call<Member extends keyof SqlDatabase>(
    member: Member,
    ...args: SqlDatabase[Member] extends (...args: infer Args) => unknown ? Args : never
  ): RandomCall {
    const run = async (database: SqlDatabase): Promise<unknown> => {
      const call: unknown = database[member];
      return typeof call === "function" ? await call.apply(database, args) : undefined;
    };
    return { text: `${String(member)} ${JSON.stringify(args)}`, run };
  }

  readonly #create = () => {
    const worker = this.#worker();
    // Some batches come again.
    const creation = { worker, batch: this.#batches += this.#below(4) === 0 ? 0 : 1 };
    return this.#call("create", this.#some((tx) => this.#newTransaction(tx, worker)), creation);
  };
  readonly #take = () => this.#call("take", this.#tx(), this.#worker());

  readonly #ofOwner = (): RandomCall => {
    switch (this.#below(5)) {
      case 0:
        return this.#begin();
      case 1:
        return this.#call("leave", this.#owned(), this.#release());
      case 2:
        return this.#call("remove", this.#some((tx) => this.#owned(tx)));
      case 3:
        return this.#call("listen", { ...this.#owned(), turn: 1 + 2 * this.#below(3) });
      default: {
        const seen = (tx: string) => this.#isRight() ? this.#peek(tx)?.requests ?? 0 : this.#below(3);
        return this.#call(
          "stopListening",
          this.#some((tx) => ({ ...this.#owned(tx), seen: seen(tx), turn: 2 * this.#below(4) })),
        );
      }
    }
  };

  #begin(): RandomCall {
    const rows = this.#some((tx) => ({ ...this.#owned(tx), isClaimed: this.#below(2) === 0 }));
    return this.#call("begin", rows[0]?.worker ?? "", rows);
  }

  readonly #write = (): RandomCall => {
    const rows = this.#some((tx) => this.#record(tx));
    const { owner = this.#worker() } = this.#peek(rows[0]?.tx ?? "") ?? {};
    const worker = this.#isRight() ? owner : this.#worker();
    switch (this.#below(4)) {
      case 0:
        return this.#call("look", worker, rows);
      case 1:
        return this.#call("conclude", worker, rows.map((record) => ({ record, release: this.#release() })));
      default:
        return this.#call("append", worker, rows);
    }
  };

  readonly #ofQueues = (): RandomCall => this.#one([this.#claim, this.#claim, this.#look, this.#change])();

  readonly #claim = (): RandomCall => {
    const queues = ["default", "limited", "paused"].filter(() => this.#below(2) === 0);
    return this.#call("claim", this.#worker(), { ...drawFilter(this.#one), queues, limit: this.#below(3) });
  };

  readonly #look = (): RandomCall => {
    switch (this.#below(4)) {
      case 0:
        return this.#call("findDue", drawFilter(this.#one));
      case 1:
        return this.#call("countDue", drawFilter(this.#one));
      case 2:
        return this.#call("listQueues");
      default:
        return this.#call("findProcesses", this.#below(3));
    }
  };

  readonly #change = (): RandomCall => {
    switch (this.#below(5)) {
      case 0:
        return this.#call("wake");
      case 1:
        return this.#call("block", this.#tx(), this.#one(TEXTS));
      case 2:
        return this.#call("pauseQueue", this.#one(["paused", "new"]), this.#below(2) === 0);
      case 3:
        return this.#call("setQueue", this.#one(["default", "limited", "new"]), drawLimits(this.#one));
      default:
        return this.#call("giveBack", this.#owned());
    }
  };

  readonly #ofRequests = (): RandomCall => {
    const id = () => uuid(0xf00 + this.#below(this.#requests += 1));
    switch (this.#below(5)) {
      case 0:
        return this.#call("findRequested", this.#worker());
      case 1:
        return this.#call("readRequests", this.#tx());
      case 2:
        return this.#call("removeRequests", [id(), id()]);
      default:
        return this.#call("addRequest", { id: id(), tx: this.#tx(), data: this.#one(TEXTS) });
    }
  };

  readonly #ofWorkers = (): RandomCall => {
    const worker = this.#worker();
    switch (this.#below(8)) {
      case 0:
        return this.#call("beat", worker, LEASE_MS);
      case 1:
        return this.#call("findOverdue", worker, this.#one([LEASE_MS * 2, 1000]));
      case 2:
        return this.#call("freeOrphans", 1 + this.#below(3));
      case 3:
        return this.#call("findOwned", worker);
      case 4:
        return this.#call("removeWorker", worker, this.#below(3) === 0);
      case 5:
        return this.#bury(worker, this.#below(2) === 0, this.#below(3) === 0);
      default:
        return this.#call("addWorker", {
          id: worker,
          leaseMs: LEASE_MS,
          host: this.#one([undefined, "h"]),
          pid: 1,
          library: "1",
        });
    }
  };

  /** How a lease is written is the dialect's own: it is taken from what it says. */
  #bury(worker: string, isGone: boolean, isStale: boolean): RandomCall {
    const run = async (database: SqlDatabase) => {
      // Each lease is longer than that, so each is overdue.
      const found = (await database.findOverdue(uuid(0xff), 1000)).filter(({ id }) => id === worker);
      const workers = found.map((overdue) => ({ ...overdue, isGone, ...(isStale ? { lease: "1" } : {}) }));
      if (workers.length > 0) await database.bury(workers);
      return found.map(({ id }) => id);
    };
    return { text: `bury ${worker}${isGone ? ", gone" : ""}${isStale ? ", with another lease" : ""}`, run };
  }

  readonly #read = (): RandomCall => {
    switch (this.#below(6)) {
      case 0:
        return this.#call("find", this.#one([this.#tx(), uuid(1).slice(0, 30), "name 1", "00000000", ...TEXTS]));
      case 1:
        return this.#call("readRecords", this.#tx(), this.#below(3), {
          maxRows: 1 + this.#below(3),
          maxBytes: this.#one([1, 30, 1e6]),
        });
      case 2:
        return this.#call("list", 1 + this.#below(3), this.#one([undefined, this.#tx()]));
      case 3:
        return this.#call("count");
      case 4:
        return this.#call("prune", this.#some((id) => ({ id, epoch: this.#epoch(id) })));
      default:
        return this.#call("find", this.#tx());
    }
  };
}
