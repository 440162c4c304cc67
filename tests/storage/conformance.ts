import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { JournalDamaged, JournalLocked, JournalNotFound } from "../../lib/errors/opening_errors.ts";
import { JournalExists } from "../../lib/errors/planning_errors.ts";
import { Fenced } from "../../lib/errors/storage_errors.ts";
import type { JournalRecord } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import type { FaultyLine, OpenJournal, ReadJournal, Store } from "../../lib/storage/store.ts";
import { testEvents } from "../support/test_record.ts";

/** A store under test and what it takes to be its user. */
export interface ConformingStore {
  /** The store. */
  readonly store: Store;
  /** A folder for journals, empty at first. */
  readonly folder: string;
  /** The name of a journal in that folder. */
  readonly nameOf: (name: string) => string;
  /** Takes a journal away from its owner, as an administrator or another machine may. */
  readonly takeAway: (journal: string) => void | Promise<void>;
  /** Damages the second record of a journal at rest; absent where nothing but the store can reach the records. */
  readonly damage?: (journal: string) => Promise<void>;
  /** Leaves the end of a journal at rest as a crash in an append leaves it; absent where a crash leaves nothing. */
  readonly tear?: (journal: string) => Promise<void>;
}

/** One thing that every store must do. */
export interface ConformanceTest {
  /** What, as the name of a test. */
  readonly name: string;
  /** Does it, with a store of its own. */
  readonly run: (subject: ConformingStore) => Promise<void>;
}

const FIRST = testEvents(0);
const ENDED: readonly Event[] = [{ type: "ended" }];

async function readEvents(store: Store, journal: string): Promise<readonly (readonly Event[])[]> {
  const records: JournalRecord[] = [];
  await store.read(journal, (record) => records.push(record));
  assertEquals(records.map((record) => record.seq), records.map((_, index) => index));
  return records.map((record) => record.events);
}

async function openAgain(store: Store, journal: string): Promise<OpenJournal> {
  const open = await store.open(journal, () => {});
  await open.recover();
  return open;
}

async function look(store: Store, journal: string): Promise<Omit<ReadJournal, "tornBytes">> {
  const { tornBytes, ...read } = await store.read(journal, () => {});
  assertEquals(tornBytes ?? 0, 0);
  return read;
}

/** What every store must do. */
export const CONFORMANCE: readonly ConformanceTest[] = [
  {
    name: "keeps records in order, across owners",
    async run({ store, nameOf }) {
      const journal = nameOf("a");
      const open = await store.create(journal, FIRST);
      assertEquals(open.journal, journal);
      await open.append(testEvents(1, 30));
      await open.close();
      const records: JournalRecord[] = [];
      const again = await store.open(journal, (record) => records.push(record));
      assertEquals(records.map(({ seq, events }) => ({ seq, events })), [
        { seq: 0, events: FIRST },
        { seq: 1, events: testEvents(1, 30) },
      ]);
      assert(records.every(({ at }) => !Number.isNaN(Date.parse(at))));
      assertEquals(await again.recover(), undefined);
      await again.append(ENDED, { last: true });
      await again.close();
      assertEquals(await readEvents(store, journal), [FIRST, testEvents(1, 30), ENDED]);
    },
  },
  {
    name: "refuses to create a journal that is there, and to use one that is not",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      await assertRejects(() => store.create(nameOf("a"), FIRST), JournalExists);
      await open.close();
      await assertRejects(() => store.create(nameOf("a"), FIRST), JournalExists);
      await assertRejects(() => store.open(nameOf("b"), () => {}), JournalNotFound);
      await assertRejects(() => store.read(nameOf("b"), () => {}), JournalNotFound);
      assertEquals(await readEvents(store, nameOf("a")), [FIRST]);
    },
  },
  {
    name: "gives a journal to one owner at a time, and lets all others read it",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      await assertRejects(() => store.open(nameOf("a"), () => {}), JournalLocked);
      assertEquals(await look(store, nameOf("a")), { journal: nameOf("a"), isHeld: true, isAtRest: false });
      await open.append(ENDED);
      await open.close();
      assertEquals(await look(store, nameOf("a")), { journal: nameOf("a"), isHeld: false, isAtRest: true });
      const again = await openAgain(store, nameOf("a"));
      assertEquals(again.isAtRest, true);
      assert(again.epoch > open.epoch || again.epoch === 0);
      await assertRejects(() => store.open(nameOf("a"), () => {}), JournalLocked);
      await again.close();
    },
  },
  {
    name: "accepts appends at the same time, answered at once or later, and keeps their order",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      const events = Array.from({ length: 40 }, (_, index) => testEvents(index + 1, index)).flat();
      await Promise.all(events.map((event) => open.append([event], { stepsInFlight: 40 })));
      await open.append(ENDED);
      await open.close();
      assertEquals((await readEvents(store, nameOf("a"))).flat(), [...FIRST, ...events, ...ENDED]);
    },
  },
  {
    name: "keeps what was appended when the caller changes the objects afterwards",
    async run({ store, nameOf }) {
      const list = ["a"];
      const open = await store.create(nameOf("a"), [{ type: "signalled", signal: "s", value: list }]);
      list.push("b");
      const appends = [0, 1].map(() =>
        open.append([{ type: "signalled", signal: "s", value: list }], { stepsInFlight: 9 })
      );
      list.push("c");
      await Promise.all(appends);
      await open.close();
      const values = (await readEvents(store, nameOf("a"))).flat().map((event) => "value" in event && event.value);
      assertEquals(values, [["a"], ["a", "b"], ["a", "b"]]);
      const reader: JournalRecord[] = [];
      await store.read(nameOf("a"), (record) => reader.push(record));
      Object.assign(reader[0]?.events[0] ?? {}, { value: 7 });
      assertEquals((await readEvents(store, nameOf("a")))[0], [{ type: "signalled", signal: "s", value: ["a"] }]);
    },
  },
  {
    name: "refuses events that no reader would accept, and goes on",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      assertThrows(() => open.append([]), TypeError);
      assertThrows(() => open.append([{ type: "undone", ms: NaN }]), TypeError);
      await open.append(ENDED);
      await open.close();
      assertEquals(await readEvents(store, nameOf("a")), [FIRST, ENDED]);
      await assertRejects(() => store.create(nameOf("b"), []), TypeError);
      await assertRejects(() => store.read(nameOf("b"), () => {}), JournalNotFound);
    },
  },
  {
    name: "refuses appends before recover() and after close()",
    async run({ store, nameOf }) {
      await (await store.create(nameOf("a"), FIRST)).close();
      const open = await store.open(nameOf("a"), () => {});
      assertThrows(() => open.append(ENDED), TypeError);
      await open.recover();
      await open.append(ENDED);
      await open.close();
      await open.close();
      assertThrows(() => open.append(ENDED), Fenced);
      assertEquals(await readEvents(store, nameOf("a")), [FIRST, ENDED]);
    },
  },
  {
    name: "notices that a journal was taken away",
    async run({ store, nameOf, takeAway }) {
      const open = await store.create(nameOf("a"), FIRST);
      await takeAway(nameOf("a"));
      assertEquals(open.lost.aborted, false);
      // The store may look only from time to time.
      const error = await appendUntilRefused(open);
      assertInstanceOf(error, Fenced);
      assertEquals(open.lost.aborted, true);
      await open.close({ remove: true });
    },
  },
  {
    name: "removes a journal when it is closed, if asked to",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      await open.close({ remove: true });
      await assertRejects(() => store.read(nameOf("a"), () => {}), JournalNotFound);
      await (await store.create(nameOf("a"), ENDED)).close();
      assertEquals(await readEvents(store, nameOf("a")), [ENDED]);
    },
  },
  {
    name: "says that a journal can be removed that is removed later, and is at rest when it was not",
    async run({ store, nameOf }) {
      const open = await store.create(nameOf("a"), FIRST);
      await open.checkRemovable();
      await open.close();
      const again = await store.open(nameOf("a"), () => {});
      await again.checkRemovable();
      // It was only looked at.
      await again.close();
      assertEquals((await look(store, nameOf("a"))).isAtRest, true);
      const last = await openAgain(store, nameOf("a"));
      await last.close({ remove: true });
      await assertRejects(() => store.read(nameOf("a"), () => {}), JournalNotFound);
    },
  },
  {
    name: "passes only a verified beginning to a reader that asks for that",
    async run({ store, nameOf, damage }) {
      const open = await store.create(nameOf("a"), FIRST);
      for (let seq = 1; seq < 4; seq += 1) await open.append(testEvents(seq));
      await open.close();
      const seen: number[] = [];
      const read = () => store.read(nameOf("a"), ({ seq }) => seen.push(seq), { verifiesFirst: true });
      await read();
      assertEquals(seen.splice(0), [0, 1, 2, 3]);
      if (damage === undefined) return;
      await damage(nameOf("a"));
      const error = await assertRejects(read, JournalDamaged);
      assertEquals([error.line, seen], [2, [0]]);
      await assertRejects(() => store.open(nameOf("a"), () => {}), JournalDamaged);
      const faults: FaultyLine[] = [];
      if (store.findFaults === undefined) return;
      assertEquals(await store.findFaults(nameOf("a"), (fault) => faults.push(fault)), 4);
      assertEquals(faults.map(({ line, isNew }) => ({ line, isNew })), [{ line: 2, isNew: false }]);
    },
  },
  {
    name: "lists the journals of a scope and of no other",
    async run({ store, nameOf, folder }) {
      for (const name of ["a", "b"]) await (await store.create(nameOf(name), FIRST)).close();
      await (await store.create(nameOf("c"), FIRST)).close({ remove: true });
      assertEquals((await Array.fromAsync(store.list(folder))).sort(), [nameOf("a"), nameOf("b")]);
      await assertRejects(() => Array.fromAsync(store.list(`${folder}/none`)), JournalNotFound);
      const kinds = await Promise.all([folder, nameOf("a"), nameOf("c")].map((name) => store.kindOf(name)));
      assertEquals(kinds, ["scope", "journal", undefined]);
    },
  },
  {
    name: "tells what it knows of how a journal is kept, if it knows anything",
    async run({ store, nameOf, folder }) {
      await (await store.create(nameOf("a"), FIRST)).close();
      await store.requireAccess?.(nameOf("a"), "write");
      await store.requireAccess?.(folder, "read", "scope");
      if (store.examine === undefined) return;
      const { isJournal, refusal, staying, changedAt = "" } = await store.examine(nameOf("a"));
      assertEquals({ isJournal, refusal, staying }, { isJournal: true, refusal: undefined, staying: undefined });
      assert(!Number.isNaN(Date.parse(changedAt)));
      assertEquals(await store.examine(nameOf("none")), {});
      assertEquals(await readEvents(store, nameOf("a")), [FIRST]);
    },
  },
  {
    name: "follows a journal until its owner has closed it, if it can",
    async run({ store, nameOf }) {
      if (store.follow === undefined) return;
      const open = await store.create(nameOf("a"), FIRST);
      const seen: (readonly Event[])[] = [];
      const looks: string[] = [];
      for await (const { isHeld, isGone } of store.follow(nameOf("a"), ({ events }) => seen.push(events))) {
        looks.push(`${seen.length}${isHeld ? " held" : ""}${isGone ? " gone" : ""}`);
        if (looks.length === 1) await open.append(ENDED);
        else if (isHeld && seen.length === 2) await open.close({ remove: true });
        if (isGone) break;
      }
      assertEquals([looks.at(0), looks.at(-1), seen], ["1 held", "2 gone", [FIRST, ENDED]]);
      const absent = store.follow(nameOf("a"), () => {});
      await assertRejects(() => Array.fromAsync(absent), JournalNotFound);
    },
  },
  {
    name: "cuts off what a crash left, and keeps a copy until it is removed, if a crash leaves anything",
    async run({ store, nameOf, folder, tear }) {
      if (tear === undefined) return;
      const open = await store.create(nameOf("a"), FIRST);
      await open.append(testEvents(1, 2000));
      await open.close();
      await tear(nameOf("a"));
      const { tornBytes = 0 } = await store.read(nameOf("a"), () => {});
      assert(tornBytes > 0);
      const again = await store.open(nameOf("a"), () => {});
      const { cutBytes, savedAs } = await again.recover() ?? {};
      assertEquals(cutBytes, tornBytes);
      await again.append(ENDED);
      await again.close();
      assertEquals(await readEvents(store, nameOf("a")), [FIRST, ENDED]);
      const copies = await store.tornCopies?.(folder);
      const names = copies?.of(nameOf("a")) ?? [];
      assertEquals([names.length, names[0]?.endsWith(savedAs ?? "?")], [1, true]);
      copies?.remove(nameOf("a"));
      assertEquals((await store.tornCopies?.(folder))?.of(nameOf("a")), []);
    },
  },
  {
    name: "passes on what the reader of a record throws, and is free afterwards",
    async run({ store, nameOf }) {
      await (await store.create(nameOf("a"), FIRST)).close();
      const fail = () => {
        throw new RangeError("enough");
      };
      await assertRejects(() => store.open(nameOf("a"), fail), RangeError, "enough");
      await assertRejects(() => store.read(nameOf("a"), fail), RangeError, "enough");
      await (await openAgain(store, nameOf("a"))).close();
    },
  },
];

async function appendUntilRefused(open: OpenJournal): Promise<unknown> {
  try {
    for (let count = 0; count < 100_000; count += 1) await open.append(ENDED);
  } catch (error) {
    return error;
  }
  return undefined;
}
