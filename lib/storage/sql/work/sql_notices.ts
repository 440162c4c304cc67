import {
  ENDINGS,
  type NoticedStatus,
  type NoticeRequest,
  type Notices,
  type SkipsOf,
  type Untold,
} from "../../notices.ts";
import type { SqlDatabase } from "../database.ts";
import { statusNumber, type TransactionStatus } from "../schema.ts";

/** What notices use of their store. */
interface NoticingStore {
  readonly database: SqlDatabase;
  readonly journalOf: (name: string) => string;
  /** Tries again while the database is away, and makes tables where there are none. Throws as the members of a store. */
  readonly persist: <T>(journal: string, call: () => Promise<T>) => Promise<T>;
}

/** In which statuses of the column a transaction is that is listed as one of these. One that sleeps may wait for a signal too. */
const IN_COLUMN: Readonly<Record<NoticedStatus, readonly TransactionStatus[]>> = {
  waiting: ["sleeping", "asking"],
  aborted: ["aborted"],
  finished: ["finished"],
  cancelled: ["cancelled"],
  undone: ["undone"],
};

/** See `Notices`. */
export class SqlNotices implements Notices {
  readonly #store: NoticingStore;
  /** The endings of which the table says that a notifier asks for them. */
  readonly #added = new Set<NoticedStatus>();

  constructor(store: NoticingStore) {
    this.#store = store;
  }

  async claim({ scope, statuses, limit, forMs }: NoticeRequest): Promise<readonly Untold[]> {
    const { database, persist, journalOf } = this.#store;
    await this.#addEndings(scope, statuses);
    const claim = { statuses: numbersOf(statuses), limit, forMs };
    const found = await persist(scope, () => database.claimUntold(claim));
    return found.map(({ id, name, rest, reason }) => {
      const journal = journalOf(name ?? id);
      return { journal, id, shown: journal, mark: rest, reason };
    });
  }

  async #addEndings(scope: string, statuses: ReadonlySet<NoticedStatus>): Promise<void> {
    const added = [...statuses].filter((status) => ENDINGS.has(status) && !this.#added.has(status));
    if (added.length === 0) return;
    const { database, persist } = this.#store;
    await persist(scope, () => database.addNotified(numbersOf(added)));
    for (const status of added) this.#added.add(status);
  }

  async noteTold({ journal, id, mark }: Untold): Promise<void> {
    const { database, persist } = this.#store;
    await persist(journal, () => database.noteTold(id, mark));
  }

  async postpone({ journal, id, mark }: Untold, ms: number): Promise<void> {
    const { database, persist } = this.#store;
    await persist(journal, () => database.postponeTold(id, mark, ms));
  }

  claimSkips({ scope, schedule, mark }: SkipsOf, ms: number): Promise<string | undefined> {
    const { database, persist } = this.#store;
    return persist(scope, () => database.claimSkips(schedule, mark, ms));
  }

  noteSkipsTold({ scope, schedule, mark }: SkipsOf): Promise<void> {
    const { database, persist } = this.#store;
    return persist(scope, () => database.noteSkipsTold(schedule, mark));
  }

  postponeSkips({ scope, schedule }: SkipsOf, ms: number): Promise<void> {
    const { database, persist } = this.#store;
    return persist(scope, () => database.postponeSkips(schedule, ms));
  }
}

function numbersOf(statuses: Iterable<NoticedStatus>): readonly number[] {
  return Array.from(statuses, (status) => IN_COLUMN[status]).flat().map(statusNumber).toSorted();
}
