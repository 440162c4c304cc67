import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { JournalLocked, JournalNotFound } from "../../lib/errors/opening_errors.ts";
import { JournalExists } from "../../lib/errors/planning_errors.ts";
import { Fenced } from "../../lib/errors/storage_errors.ts";
import type { JournalRecord } from "../../lib/journal/encode_record.ts";
import type { OpenJournal } from "../../lib/storage/open_journal.ts";
import type { ReadJournal, Store } from "../../lib/storage/store.ts";
import { testEvents } from "../support/test_record.ts";
import { CAPABILITIES } from "./conforming_capabilities.ts";
import { REQUESTS } from "./conforming_requests.ts";
import { type ConformanceTest, ENDED, FIRST, readEvents } from "./conforming_store.ts";

async function openAgain(store: Store, journal: string): Promise<OpenJournal> {
  const open = await store.open(journal, () => {});
  await open.recover();
  return open;
}

async function look(store: Store, journal: string): Promise<Omit<ReadJournal, "tornBytes" | "holder">> {
  const { tornBytes, holder, ...read } = await store.read(journal, () => {});
  if (holder !== undefined) assertEquals([read.isHeld, holder.pid], [true, Deno.pid]);
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
    name: "refuses events that no reader would accept, and accepts others afterwards",
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
  ...REQUESTS,
  ...CAPABILITIES,
];

async function appendUntilRefused(open: OpenJournal): Promise<unknown> {
  try {
    for (let count = 0; count < 100_000; count += 1) await open.append(ENDED);
  } catch (error) {
    return error;
  }
  return undefined;
}
