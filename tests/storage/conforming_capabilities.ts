import { assert, assertEquals, assertRejects } from "@std/assert";
import { JournalDamaged, JournalNotFound } from "../../lib/errors/opening_errors.ts";
import type { Event } from "../../lib/journal/event.ts";
import type { FaultyLine } from "../../lib/storage/store.ts";
import { testEvents } from "../support/test_record.ts";
import { type ConformanceTest, ENDED, FIRST, readEvents } from "./conforming_store.ts";

/** What a store must do that has a capability. */
export const CAPABILITIES: readonly ConformanceTest[] = [
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
    name: "tells what it knows of how a journal is kept, if it knows anything",
    async run({ store, nameOf, folder }) {
      await (await store.create(nameOf("a"), FIRST)).close();
      await store.requireAccess?.(nameOf("a"), "write");
      await store.requireAccess?.(folder, "read", "scope");
      if (store.examine === undefined) return;
      const { isJournal, refusal, staying, changedAt } = await store.examine(nameOf("a"));
      assertEquals({ isJournal, refusal, staying }, { isJournal: true, refusal: undefined, staying: undefined });
      if (changedAt !== undefined) assert(!Number.isNaN(Date.parse(changedAt)));
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
];
