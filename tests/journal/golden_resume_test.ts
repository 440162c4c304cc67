/** Golden journals are resumed by the library of today: each in a folder of its own, with a module of its steps. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { JournalDamaged, JournalRefused } from "../../lib/errors/opening_errors.ts";
import { TransactionPaused, TransactionUndone } from "../../lib/errors/running_errors.ts";
import type { ResumeOptions } from "../../lib/run/options/transaction_options.ts";
import { Transaction } from "../../lib/transaction.ts";
import { unchanged } from "../cli/written_journal.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { sameValue } from "../values/same_value.ts";

const GOLDEN = new URL("./golden/", import.meta.url);

/** Where the journals name `file:///a.ts`. A step that must not run again, or with another value, throws. */
const MODULE = `
export function a(): never {
  throw new Error("it has happened already");
}
export function b(value: unknown): void {
  if (value !== "made") throw new Error("it undoes another value");
}
export const give = a;
export function take(...args: unknown[]): unknown[] {
  return args;
}
`;

interface Copy {
  readonly path: string;
  readonly resume: (options?: ResumeOptions) => Promise<unknown>;
  /** What happened since: the type and the step of each event. */
  readonly newEvents: () => Promise<readonly string[]>;
}

function goldenTest(name: string, what: string, test: (copy: Copy) => Promise<void>): void {
  permittedTest(`the golden journal ${name} ${what}`, ["read", "write", "env"], async () => {
    const text = await Deno.readTextFile(new URL(`${name}.json`, GOLDEN));
    await inFolder({ "j.json": text, "a.ts": MODULE }, async (folder) => {
      const path = `${folder}/j.json`;
      const before = text.slice(0, -1);
      const newEvents = async () => {
        const after = await Deno.readTextFile(path);
        assert(after.startsWith(before));
        const records = JSON.parse(`[${after.slice(before.length + 1)}`);
        return records.flatMap(({ events }: { events: { type: string; step?: string }[] }) =>
          events.map(({ type, step }) => step === undefined ? type : `${type} ${step}`)
        );
      };
      const resume = (options: ResumeOptions = {}) =>
        Transaction.resume(path, { home: toFileUrl(`${folder}/a.ts`), ...options });
      await test({ path, resume, newEvents });
    });
  });
}

function hidden(error: Error, name: string): Error {
  return Object.defineProperty(error, "name", { value: name, writable: true, configurable: true });
}

function shown(error: Error, fields: Readonly<Record<string, unknown>>): Error {
  for (const key of Object.keys(fields)) Reflect.deleteProperty(error, key);
  return Object.assign(error, fields);
}

/** Without what the line of the call would be. */
function withoutStack<E extends Error>(error: E): E {
  Reflect.deleteProperty(error, "stack");
  return error;
}

/** What step 1 of the journal of values has returned. */
function valuesOfJournal(): unknown {
  const usual = new Error("usual", { cause: 1 });
  usual.stack = "";
  return {
    records: [
      Object.assign(Object.create(null), { year: "2026" }),
      Object.assign(Object.create(null), { constructor: 1n, "a\n": undefined }),
      { prototype: { "\u202e": -0 } },
    ],
    errors: [
      usual,
      withoutStack(shown(new RangeError(), { message: "shown", cause: { code: 5n } })),
      withoutStack(hidden(new TypeError(), "Hidden")),
      withoutStack(Object.assign(new URIError(), { name: "Shown" })),
      withoutStack(new AggregateError([new Date(0)], "many")),
      withoutStack(new SuppressedError(withoutStack(new Error()), Infinity, "both")),
    ],
    others: [
      /a+/gi,
      new Map<unknown, unknown>([[new Set([NaN]), new Uint8Array([1, 2, 3])]]),
      new URL("https://a.example/b?c#d"),
      "\ud83d",
    ],
  };
}

goldenTest("format_1_values", "is resumed, and its step gets every value as it was", async ({ resume, newEvents }) => {
  Deno.env.set("GOLDEN_VARIABLE", "of today");
  try {
    // The second one returns the value that the first one has stored.
    for (const value of [await resume(), await resume()]) {
      assert(sameValue(value, [valuesOfJournal(), "2026", 5n, "https://a.example/b?c#d", "of today"]));
    }
  } finally {
    Deno.env.delete("GOLDEN_VARIABLE");
  }
  assertEquals(await newEvents(), ["resumed", "started 2", "finished 2", "ended"]);
});

goldenTest(
  "format_1_database",
  "is not resumed as a file: the rest works in a database",
  async ({ path, resume }) => {
    await unchanged(path, () => assertRejects(() => resume(), JournalRefused));
  },
);

goldenTest("format_1_rollback", "is resumed: it asks, and then undoes", async ({ resume, newEvents }) => {
  const paused = await assertRejects(() => resume(), TransactionPaused);
  assertEquals(paused.step, "1.2");
  const asked = ["resumed", "decided", "waiting 1.2"];
  assertEquals(await newEvents(), asked);
  await assertRejects(
    () => resume({ decisions: [{ step: "1.2", decision: "done", result: { value: "made" } }] }),
    TransactionUndone,
  );
  assertEquals(await newEvents(), [...asked, "resumed", "decided 1.2", "undoing 1.2", "undone 1.2", "undone"]);
});

goldenTest("format_1_retried", "is resumed by a person", async ({ resume, newEvents }) => {
  assertEquals(await resume(), undefined);
  assertEquals(await newEvents(), ["resumed", "started 1", "finished 1", "ended"]);
});

goldenTest("format_1_minimal", "has finished: a resume changes nothing", async ({ path, resume }) => {
  assertEquals(await unchanged(path, () => resume({ keep: true })), undefined);
});

goldenTest("format_1_full", "has every event, but no sense: a resume refuses it", async ({ path, resume }) => {
  await unchanged(path, () => assertRejects(() => resume(), JournalDamaged));
});
