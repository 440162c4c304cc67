import { assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import { Fenced, JournalUnwritable, StorageFull } from "../../../lib/errors/storage_errors.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { MemoryStore } from "../../support/memory_store.ts";
import type { AppendOptions, OpenJournal } from "../../../lib/storage/open_journal.ts";
import type { Store } from "../../../lib/storage/store.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { failUnless, note, takeEffects } from "../../support/programs/sample_steps.ts";
import { historyOf, resumeSample, runSample } from "../../support/programs/sample_transaction.ts";

type Refusal = (events: readonly Event[], options: AppendOptions | undefined) => Error | undefined;

/** A store in memory whose appends are refused as a disk would refuse them. */
class RefusingStore extends MemoryStore {
  readonly #refuse: Refusal;

  constructor(refuse: Refusal) {
    super();
    this.#refuse = refuse;
  }

  override async create(...args: Parameters<Store["create"]>): Promise<OpenJournal> {
    const journal = await super.create(...args);
    const append: OpenJournal["append"] = (events, options) => {
      const refusal = this.#refuse(events, options);
      if (refusal !== undefined) throw refusal;
      return journal.append(events, options);
    };
    return { ...journal, append };
  }
}

const starts = (events: readonly Event[], step: string) =>
  events.some((event) => event.type === "started" && event.step === step);

function threeNotes(t: Parameters<Parameters<typeof runSample>[2]>[0]): void {
  for (const text of ["a", "b", "c"]) t.do(note, text);
}

permittedTest("a full disk ends the run with the last step's end recorded", ["read"], async () => {
  const store = new RefusingStore((events, options) =>
    starts(events, "2") && options?.last !== true ? new StorageFull("j", "full") : undefined
  );
  await assertRejects(() => runSample(store, "j", threeNotes), StorageFull);
  assertEquals(await historyOf(store, "j"), ["opened, planned, ready", "started 1", "finished 1, aborted 2"]);
  await resumeSample(store, "j");
  assertEquals(takeEffects(), ["a", "b", "c"]);
});

permittedTest("a value that no longer fits is dropped rather than the end of its step", ["read"], async () => {
  const isLarge = (events: readonly Event[]) =>
    events.some((event) => event.type === "finished" && event.value === "a");
  const store = new RefusingStore((events) => (isLarge(events) ? new StorageFull("j", "full") : undefined));
  await assertRejects(() => runSample(store, "j", threeNotes), StorageFull);
  assertEquals((await historyOf(store, "j")).at(-1), "finished 1, aborted 2");
  await resumeSample(store, "j");
  assertEquals(takeEffects(), ["a", "b", "c"]);
});

permittedTest("a full disk at the very end changes nothing about how the transaction ended", ["read"], async () => {
  const refuse: Refusal = (events, options) => {
    const isEnd = events.some((event) => event.type === "aborted" || event.type === "ended");
    return isEnd && options?.last !== true ? new StorageFull("j", "full") : undefined;
  };
  const failed = new RefusingStore(refuse);
  await assertRejects(() => runSample(failed, "j", (t) => void t.do(failUnless, "cure")), TransactionAborted);
  assertEquals((await historyOf(failed, "j")).at(-1), "failed 1, aborted 1");
  const ended = new RefusingStore(refuse);
  assertEquals(await runSample(ended, "j", (t) => t.do(note, "a"), { keep: true }), "a");
  assertEquals((await historyOf(ended, "j")).at(-1), "finished 1, ended");
  takeEffects();
});

permittedTest(
  "a journal that was moved away takes the end of the running step, and starts none",
  ["read"],
  async () => {
    const store = new RefusingStore((events, options) =>
      starts(events, "2") && options?.last !== true ? new Fenced("j", "moved") : undefined
    );
    await assertRejects(() => runSample(store, "j", threeNotes), Fenced);
    assertEquals((await historyOf(store, "j")).at(-1), "finished 1, aborted 2");
    assertEquals(takeEffects(), ["a"]);
  },
);

permittedTest(
  "a disk that fails ends the run, and the error names the step whose end is not recorded",
  ["read"],
  async () => {
    const store = new RefusingStore((
      events,
    ) => (starts(events, "2") ? new JournalUnwritable("j", "no disk") : undefined));
    await assertRejects(
      () => runSample(store, "j", threeNotes),
      JournalUnwritable,
      "no disk. Step 1 ",
    );
    assertEquals(takeEffects(), ["a"]);
  },
);
