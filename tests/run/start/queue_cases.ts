import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  JournalExists,
  JournalGone,
  JournalLocked,
  JournalNotFound,
  ModuleUnavailable,
  PlanDiffers,
  type QueuedTransaction,
  steps as stepsOf,
  Transaction,
  TransactionAborted,
  TransactionCancelled,
  TransactionPaused,
  TransactionUndone,
} from "../../../mod.ts";
import { runMain } from "../../cli/fake_io.ts";
import { runCli, runDeno } from "../../support/run_deno.ts";

/** Where transactions are enqueued. */
export interface QueuePlaces {
  /** The locator of a transaction by a name. */
  readonly at: (name: string) => string;
  /** The locator of all of them. */
  readonly scope: string;
  /** What is removed at its end has lost its value for those who wait. */
  readonly losesValues: boolean;
  /** At which moments of recording a large plan a process is killed, of 0 to 6. */
  readonly moments: readonly number[];
  /** Sees to it that what a killed process owned is soon free. Ends with the object. */
  readonly hurry?: () => Promise<AsyncDisposable>;
}

export interface QueueCase {
  readonly name: string;
  readonly run: (places: QueuePlaces) => Promise<void>;
}

const PROGRAM = import.meta.resolve("../../support/programs/queue_program.ts");
const PARTS = ["JournalIncomplete", "JournalIncomplete", "JournalIncomplete"];
const LATER = "9999-12-31T23:59:59.999Z";

let mood: "bad" | "good" = "good";

export function pack(word: string): Map<string, bigint> {
  return new Map([[word, 2n ** 70n]]);
}
export function moody(word: string): string {
  if (mood === "bad") throw new RangeError(`no ${word}`);
  return word;
}
export function unpack(value: string, _word: string): void {
  if (value === "") throw new TypeError("nothing to undo");
}
export function takeAny(value: unknown): unknown {
  return value;
}

function enqueue(journal: string, options = {}): Promise<QueuedTransaction<Map<string, bigint>>> {
  return Transaction.enqueue(import.meta, (t) => t.do(pack, "many"), { journal, ...options });
}

function enqueueMoody(journal: string): Promise<QueuedTransaction<string>> {
  const build = (t: { readonly do: Transaction["do"] }) => {
    t.do(moody, "first").with({ undo: unpack });
    return t.do(moody, "second");
  };
  return Transaction.enqueue(import.meta, build, { journal });
}

async function list(scope: string): Promise<readonly Record<string, unknown>[]> {
  return JSON.parse((await runMain(["list", scope, "--json"])).out);
}

/** What every place does with a queue. */
export const QUEUE_CASES: readonly QueueCase[] = [
  {
    name: "one process enqueues, another resumes and a third waits",
    async run({ at, scope }) {
      const options = JSON.stringify({ queue: "letters", priority: -3, dueAt: "2026-11-23T10:00:00+01:00" });
      const queued = await runDeno(PROGRAM, ["enqueue", at("a"), options]);
      assertEquals(queued.code, 0, queued.stderr);
      const { id, isNew, journal } = JSON.parse(queued.stdout);
      assertEquals([isNew, journal], [true, at("a")]);
      const found = await Transaction.inspect(at("a"));
      const place = { queue: "letters", priority: -3, dueAt: "2026-11-23T09:00:00.000Z" };
      assertEquals(
        [found.id, found.status, found.isHeld, found.queued, found.options, found.steps[0]?.status],
        [id, "pending", false, place, { keep: true }, "pending"],
      );
      assertEquals((await list(scope)).map(({ status, queued }) => ({ status, queued })), [
        { status: "pending", queued: place },
      ]);
      const [waiting, resumed] = await Promise.all([runDeno(PROGRAM, ["wait", at("a")]), runCli(["resume", at("a")])]);
      assertEquals([resumed.code, waiting.code], [0, 0], resumed.stderr + waiting.stderr);
      assertEquals(JSON.parse(waiting.stdout), [["a b", "1970-01-01T00:00:00.000Z"]]);
      assertEquals((await runCli(["check", at("a")])).code, 0);
      assertEquals((await Transaction.inspect(at("a"))).status, "finished");
      assertEquals((await runMain(["prune", scope, "--finished"])).code, 0);
      await assertRejects(() => Transaction.wait(at("a")), JournalNotFound);
    },
  },
  {
    name: "what waits gets the value as a run would return it, before and after the end, however many wait",
    async run({ at }) {
      const queued = await enqueue(at("a"));
      const before = [queued.wait(), queued.wait(), Transaction.wait(at("a"))];
      const value = await Transaction.resume(at("a"));
      assertEquals(value, pack("many"));
      for (const found of [...await Promise.all(before), await queued.wait()]) assertEquals(found, value);
    },
  },
  {
    name: "what is due later is run only if a person says so",
    async run({ at, scope }) {
      await enqueue(at("a"), { dueAt: LATER });
      const before = await Transaction.inspect(at("a"));
      for (let tries = 0; tries < 2; tries += 1) {
        const early = await assertRejects(() => Transaction.resume(at("a")), TransactionPaused);
        assertEquals([early.waitsFor, early.step, early.question], ["time", "", undefined]);
        assert(early.next.at(-1)?.command.endsWith("--now"));
      }
      const run = () =>
        Transaction.run(import.meta, (t) => t.do(pack, "many"), { journal: at("a"), ifExists: "resume" });
      await assertRejects(run, TransactionPaused);
      const dry = await runMain(["resume", at("a"), "--dry-run", "--json"]);
      const { finishes, dueAt } = JSON.parse(dry.out);
      assertEquals([dry.code, finishes, dueAt], [3, false, LATER]);
      assertEquals(await Transaction.inspect(at("a")), before);
      assertEquals((await list(scope)).map(({ queued }) => queued), [{ queue: "default", priority: 0, dueAt: LATER }]);
      assertEquals((await runMain(["resume", at("a"), "--now", "--dry-run"])).code, 0);
      assertEquals(await Transaction.resume(at("a"), { now: true }), pack("many"));
    },
  },
  {
    name: "the commands that change a plan work before it is due, and it stays due later",
    async run({ at }) {
      await enqueueMoody(at("a"));
      await Transaction.enqueue(import.meta, (t) => {
        t.do(moody, "first").with({ name: "one" });
        t.do(moody, "second");
        return t.do(takeAny, 7);
      }, { journal: at("b"), dueAt: LATER });
      for (
        const words of [
          ["edit", at("b"), "one", "--args", '["other"]'],
          ["remove", at("b"), "2"],
          ["skip", at("b"), "one"],
          ["insert", at("b"), import.meta.url, "takeAny", "--after", "3", "--args", '["x"]'],
        ]
      ) {
        const { code, error } = await runMain(words);
        assertEquals(code, 0, `${words.join(" ")}: ${error}`);
      }
      await assertRejects(() => Transaction.resume(at("b")), TransactionPaused);
      assertEquals(await Transaction.resume(at("b"), { now: true }), 7);
      const { steps } = await Transaction.inspect(at("b"));
      const settled = ["1 skipped", "2 skipped", "3 finished", "4 finished"];
      assertEquals(steps.map(({ id, status }) => `${id} ${status}`), settled);
      assertEquals(await Transaction.cancel(at("a"), { why: "not wanted" }), "applied");
      assertEquals((await Transaction.inspect(at("a"))).status, "cancelled");
    },
  },
  {
    name: "a name that is taken is refused, or stands for the transaction that has it",
    async run({ at }) {
      const first = await enqueue(at("a"));
      await assertRejects(() => enqueue(at("a")), JournalExists);
      const same = { ifExists: "return" } as const;
      const again = await enqueue(at("a"), same);
      assertEquals([again.id, again.isNew], [first.id, false]);
      const other = () =>
        Transaction.enqueue(import.meta, (t) => t.do(moody, "x"), { journal: at("a"), ifExists: "return" });
      await assertRejects(other, PlanDiffers);
      await Transaction.resume(at("a"));
      assertEquals((await enqueue(at("a"), same)).id, first.id);
      assertEquals(await again.wait(), pack("many"));
      const many = await Promise.all(Array.from({ length: 12 }, () => enqueue(at("b"), same)));
      assertEquals(many.filter(({ isNew }) => isNew).length, 1);
      assertEquals(new Set(many.map(({ id }) => id)).size, 1);
    },
  },
  {
    name: "a wait ends when a transaction is cancelled or needs a person, or waits until the person is done",
    async run({ at }) {
      const [stuck, undone, cancelled] = await Promise.all(["a", "b", "c"].map((name) => enqueueMoody(at(name))));
      mood = "bad";
      await assertRejects(() => Transaction.resume(at("a")), TransactionAborted);
      mood = "good";
      const patient = stuck?.wait({ ifStuck: "wait" });
      const error = await assertRejects(async () => await stuck?.wait(), TransactionAborted);
      assertEquals([error.step, error.message.includes("no first")], ["1", true]);
      await Transaction.resume(at("a"));
      assertEquals(await patient, "second");
      const waits = [undone?.wait({ ifStuck: "wait" }), cancelled?.wait()].map((wait) => wait?.catch((error) => error));
      await Transaction.cancel(at("c"), { by: "ana", why: "not wanted" });
      assert(await waits[1] instanceof TransactionCancelled);
      await assertRejects(async () => await cancelled?.wait(), TransactionCancelled);
      const only = await runMain(["resume", at("b"), "--until", "1"]);
      assertEquals(only.code, 3);
      await Transaction.rollback(at("b"));
      assert(await waits[0] instanceof TransactionUndone);
    },
  },
  {
    name: "a wait waits for a signal that somebody sends, and its own signal ends it",
    async run({ at }) {
      const queued = await Transaction.enqueue(import.meta, (t) => t.do(takeAny, t.waitFor("go")), {
        journal: at("a"),
      });
      await assertRejects(() => Transaction.resume(at("a")), TransactionPaused);
      const stop = new AbortController();
      const [stopped, value] = [queued.wait({ signal: stop.signal }), queued.wait()];
      stop.abort(new RangeError("enough"));
      await assertRejects(() => stopped, RangeError);
      await assertRejects(() => queued.wait({ signal: stop.signal }), RangeError);
      await Transaction.signal(at("a"), "go", "went");
      assertEquals(await Transaction.resume(at("a")), "went");
      assertEquals(await value, "went");
    },
  },
  {
    name: "of a transaction whose journal is removed at its end, a wait has the value or says that it is gone",
    async run({ at, losesValues }) {
      mood = "bad";
      const run = () => Transaction.run(import.meta, (t) => t.do(moody, "only"), { journal: at("a") });
      await assertRejects(run, TransactionAborted);
      mood = "good";
      const waiting = Transaction.wait(at("a"), { ifStuck: "wait" }).catch((error) => error);
      // It has found the transaction when another wait has read it.
      await assertRejects(() => Transaction.wait(at("a")), TransactionAborted);
      await Transaction.resume(at("a"));
      const end = await waiting;
      assertEquals(losesValues ? end instanceof JournalGone : end, losesValues ? true : "only");
    },
  },
  {
    name: "what is wrong is refused before anything is recorded",
    async run({ at, scope }) {
      const wrong: readonly (readonly [options: object, error: typeof TypeError | typeof RangeError])[] = [
        [{ queue: 7 }, TypeError],
        [{ queue: "" }, TypeError],
        [{ queue: "q".repeat(201) }, TypeError],
        [{ priority: 1.5 }, RangeError],
        [{ priority: 32_768 }, RangeError],
        [{ priority: "high" }, RangeError],
        [{ dueAt: NaN }, RangeError],
        [{ dueAt: new Date(NaN) }, RangeError],
        [{ dueAt: "tomorrow" }, RangeError],
        [{ dueAt: "2026-12-24T18:00:00" }, RangeError],
        [{ dueAt: 8e15 }, RangeError],
        [{ ifExists: "resume" }, TypeError],
        [{ keep: false }, TypeError],
        [{ onFailure: "panic" }, TypeError],
      ];
      for (const [options, kind] of wrong) await assertRejects(() => enqueue(at("a"), options), kind);
      const journal = at("a");
      const unstorable = () => Transaction.enqueue(import.meta, (t) => t.do(takeAny, () => {}), { journal });
      await assertRejects(unstorable, TypeError);
      const nameless = () => Transaction.enqueue(import.meta, (t) => t.do(() => 1), { journal });
      await assertRejects(nameless, TypeError);
      const far = stepsOf<{ readonly send: () => void }>(import.meta.resolve("./no_such_module.ts"));
      await assertRejects(
        () => Transaction.enqueue(import.meta, (t) => t.do(far.send), { journal }),
        ModuleUnavailable,
      );
      await assertRejects(() => Transaction.wait(at("a")), JournalNotFound);
      const options = { ifStuck: "panic" };
      await assertRejects(() => Reflect.apply(Transaction.wait, Transaction, [at("a"), options]), TypeError);
      assertEquals(await list(scope), []);
    },
  },
  {
    name: "a process that is killed while it records a large plan leaves a whole plan, or nothing that can be run",
    async run({ at, hurry, moments }) {
      await using _hurried = await hurry?.();
      const ends: string[] = [];
      for (const moment of moments) {
        const journal = at(`m${moment}`);
        const { stdout } = await runDeno(PROGRAM, ["die", String(moment), journal]);
        const resume = () => Transaction.resume(journal).then(() => "whole", (error: Error) => error);
        let end = await resume();
        // Its owner counts as alive until its lease is over.
        while (end instanceof JournalLocked) end = await resume();
        ends.push(stdout.includes("recorded") ? "recorded" : end instanceof Error ? end.name : end);
        assertEquals(end === "whole", moment >= 4);
      }
      const all = ["JournalNotFound", ...PARTS, "whole", "whole", "recorded"];
      assertEquals(ends, moments.map((moment) => all[moment]));
    },
  },
];
