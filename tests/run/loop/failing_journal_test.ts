import { assertEquals, assertRejects } from "@std/assert";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { OpenJournal } from "../../../lib/storage/open_journal.ts";
import type { Store } from "../../../lib/storage/store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { note, takeEffects, untilStopped } from "../../support/programs/sample_steps.ts";
import { runSample } from "../../support/programs/sample_transaction.ts";

/** A store whose journals fail for good after so many appends. */
function failingAfter(appends: number): Store {
  const store = new MemoryStore();
  let left = appends;
  const failing = (open: OpenJournal): OpenJournal => ({
    journal: open.journal,
    epoch: open.epoch,
    isAtRest: open.isAtRest,
    lost: open.lost,
    inbox: open.inbox,
    checkRemovable: () => open.checkRemovable(),
    recover: () => open.recover(),
    append: (events, options) => {
      left -= 1;
      if (left < 0) throw new JournalUnwritable(open.journal, "the disk is gone");
      return open.append(events, options);
    },
    close: (options) => open.close(options),
  });
  return {
    create: async (journal, events) => failing(await store.create(journal, events)),
    open: async (journal, apply) => failing(await store.open(journal, apply)),
    read: (journal, apply) => store.read(journal, apply),
    list: (folder) => store.list(folder),
    kindOf: (name) => store.kindOf(name),
    send: (name, request) => store.send(name, request),
    pending: (name) => store.pending(name),
  };
}

permittedTest("when the journal fails, what is at work is told, and waited for", ["read"], async () => {
  const run = runSample(failingAfter(1), "j", (t) => {
    t.parallel((p) => {
      p.do(untilStopped, "return");
      p.do(note, "a");
    });
    t.do(note, "b");
  });
  await assertRejects(() => run, JournalUnwritable, "Step 1.2 ");
  assertEquals(takeEffects(), ["a", "stopped"]);
});
