/** Whatever is cut, at a limit or by a step that gives half of a character: strict readers of JSON take the journal. */
import { assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted } from "../../lib/errors/running_errors.ts";
import { FileStore } from "../../lib/storage/file/file_store.ts";
import { runMain } from "../cli/fake_io.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { runSample } from "../support/programs/sample_transaction.ts";
import { give, given } from "../support/programs/value_steps.ts";

const STEPS = import.meta.resolve("../support/programs/value_steps.ts");
const EMOJI = "\u{1F600}";

/** At every limit of the library's one of these two has an emoji that would be cut in the middle. */
const TEXTS = [EMOJI.repeat(5000), `a${EMOJI.repeat(5000)}`];

function named(error: Error, name: string, more: object = {}): Error {
  return Object.assign(error, { name, ...more });
}

/** What steps throw, each of it with a text of 10,000 characters. */
const THROWN: readonly ((text: string) => unknown)[] = [
  (text) => new Error(text),
  (text) => text,
  (text) => ({ text }),
  (text) => named(new Error("a"), text, { code: text }),
  (text) => new Error("a", { cause: new RangeError(text, { cause: text }) }),
  (text) => new AggregateError([new Error(text), text], "many"),
  (text) => named(new Error(text), text, { code: text, cause: new Error(text) }),
];

/** What steps throw that is half of a character, in place of a text. */
const HALVES: readonly (() => unknown)[] = [
  () => "\ud83d",
  () => named(new Error("half \ud83d"), "\ude00", { code: "\ud83d", cause: "\ud83d" }),
  () => Object.assign(new Error("a"), { stack: `Error\n    at \ud83d (file:///a.ts:1:1)` }),
];

/** All texts in parsed JSON, keys included. */
function* textsIn(json: unknown): Generator<string> {
  if (typeof json === "string") yield json;
  if (typeof json !== "object" || json === null) return;
  for (const [key, member] of Object.entries(json)) {
    yield key;
    yield* textsIn(member);
  }
}

/** jq 1.6 and other strict readers refuse an escape that is half of a pair. What was whole has no U+FFFD instead. */
async function checkStrictly(path: string, wasWhole: boolean): Promise<void> {
  const json: unknown = JSON.parse(await Deno.readTextFile(path));
  const isWrong = (text: string) => !text.isWellFormed() || (wasWhole && text.includes("\ufffd"));
  assertEquals([...textsIn(json)].filter(isWrong), [], path);
  try {
    const { code } = await new Deno.Command("jq", { args: ["-e", "length > 0", path], stdout: "null" }).output();
    assertEquals(code, 0, path);
  } catch (error) {
    // Not every machine has it.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

permittedTest("errors that are cut inside of a character leave a journal of whole characters", [
  "read",
  "write",
  "run",
], async () => {
  await inFolder({}, async (folder) => {
    for (const [number, thrown] of [...THROWN, ...HALVES].entries()) {
      for (const text of TEXTS) {
        given.set("it", () => {
          throw thrown(text);
        });
        const path = `${folder}/${number}-${text.length}.json`;
        await assertRejects(
          () => runSample(new FileStore(), path, (t) => void t.do(give, "it"), {}, STEPS),
          TransactionAborted,
        );
        await checkStrictly(path, number < THROWN.length);
      }
    }
  });
});

permittedTest("names and reasons that are cut, or halves, leave a journal of whole characters", [
  "read",
  "write",
  "run",
], async () => {
  await inFolder({}, async (folder) => {
    const path = `${folder}/j.json`;
    given.set("it", () => {
      throw new Error("no");
    });
    await assertRejects(
      () => runSample(new FileStore(), path, (t) => void t.do(give, "it"), {}, STEPS),
      TransactionAborted,
    );
    const users = [...TEXTS, `${"u".repeat(199)}${EMOJI}`, "\ud83d"];
    for (const user of users) {
      const readVariable = (name: string) => name === "USER" ? user : undefined;
      const { code, error } = await runMain(["skip", path, "1", "--why", "half \ud83d"], { readVariable });
      assertEquals([code, error.includes("skipped")], [0, true], error);
      assertEquals((await runMain(["undecide", path, "1"], { readVariable })).code, 0);
    }
    assertEquals((await runMain(["cancel", path, "--by", "\ud83d", "--why", "\ude00"])).code, 0);
    await checkStrictly(path, false);
    const records: readonly { events: readonly { by?: string }[] }[] = JSON.parse(await Deno.readTextFile(path));
    const names = records.flatMap(({ events }) => events.flatMap(({ by }) => by ?? []));
    assertEquals(names.filter((_, index) => index % 2 === 0), [
      EMOJI.repeat(100),
      `a${EMOJI.repeat(99)}`,
      "u".repeat(199),
      "\ufffd",
      "\ufffd",
    ]);
  });
});
