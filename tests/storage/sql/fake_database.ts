import type { SqlClock } from "../../../lib/storage/sql/patience.ts";
import type { SqlDatabase } from "../../../lib/storage/sql/database.ts";

const OPTIONAL: ReadonlySet<string> = new Set(["pulse", "beginTransaction", "onDue", "announceDue"]);

/** A database that can do what a test needs; anything else that is asked of it fails. */
export function fakeDatabase(members: Partial<SqlDatabase>): SqlDatabase {
  const base: Partial<SqlDatabase> = {
    locator: "sqlite:/fake.db",
    addWorker: () => Promise.resolve(),
    beat: () => Promise.resolve(true),
    findOverdue: () => Promise.resolve([]),
    freeOrphans: () => Promise.resolve(0),
    findOwned: () => Promise.resolve([]),
    removeWorker: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...members,
  };
  return new Proxy(base as SqlDatabase, {
    get(target, name) {
      if (name in target || OPTIONAL.has(String(name))) return Reflect.get(target, name);
      throw new TypeError(`The test did not expect ${String(name)}`);
    },
  });
}

/** A clock that the test sets, and whose pauses are over at once. */
export function fakeClock(): SqlClock & { now: number } {
  const clock = {
    now: 1000,
    wall: () => clock.now,
    elapsed: () => clock.now,
    delay: (ms: number) => {
      clock.now += ms;
      return Promise.resolve();
    },
    every: () => () => {},
    soon: (call: () => void) => void setImmediate(call),
  };
  return clock;
}
