import { assertEquals, assertStringIncludes } from "@std/assert";
import { encodeEvents } from "../../lib/journal/encode_record.ts";
import type { Event } from "../../lib/journal/event.ts";
import { JournalUnwritable } from "../../lib/errors/storage_errors.ts";
import { writeJson } from "../../lib/values/json.ts";
import { escapeJsonText } from "../../lib/text/escape.ts";
import { inFolder } from "../support/in_folder.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { runDeno } from "../support/run_deno.ts";

const PROGRAM = import.meta.resolve("../support/programs/builtins_program.ts");

interface Result {
  readonly name: string;
  readonly end: string;
  /** The error says that the step has finished. */
  readonly isTold: boolean;
  readonly calls: number;
  readonly status: string;
  readonly steps: readonly string[];
  /** The indexes of steps that have finished without their value. */
  readonly dropped: readonly number[];
}

permittedTest("a journal stays readable whatever a step does to JavaScript, and no step runs that cannot be recorded", [
  "read",
  "write",
  "run",
], async () => {
  await inFolder({}, async (folder) => {
    const { stdout, stderr } = await runDeno(PROGRAM, [folder]);
    assertStringIncludes(stdout, "[", stderr);
    const all: readonly Result[] = JSON.parse(stdout);
    // What breaks values alone ends no journal: it has no values that would be wrong.
    const results = all.filter(({ name }) => name !== "Object.getOwnPropertyNames, broken");
    const valueless = all.find((result) => !results.includes(result));
    assertEquals([valueless?.end, valueless?.status, valueless?.dropped], ["TransactionAborted", "aborted", [0, 2, 3]]);
    const lost = results.filter(({ end }) => end !== "finished");
    assertEquals(lost.map(({ name }) => name), [
      "Array.prototype.map, broken",
      "Array.prototype.join, broken",
      "Object.keys, broken",
      "TextEncoder, broken",
      "Array.prototype.push, broken",
      "Array.prototype.push, throws",
      "Map.prototype.get, broken",
      "Promise.prototype.then, broken",
      "Promise, broken",
      "Object.getPrototypeOf, broken",
      "Math.max, broken",
      "RegExp.prototype.test, broken",
      "setTimeout, broken",
      "Object.prototype.value, new",
    ]);
    // Without these, no more than the reason can be put into words.
    assertEquals(lost.filter(({ isTold }) => !isTold).map(({ name }) => name), [
      "Array.prototype.map, broken",
      "Array.prototype.join, broken",
      "Math.max, broken",
    ]);
    for (const { name, end, calls, status, steps } of results) {
      const isLost = lost.some((result) => result.name === name);
      assertEquals([name, end, calls], [name, isLost ? JournalUnwritable.name : "finished", isLost ? 1 : 4]);
      assertEquals([name, status], [name, isLost ? "interrupted" : "finished"]);
      if (isLost) assertEquals([name, steps[0]], [name, "unknown"]);
    }
    for (const [index] of all.entries()) JSON.parse(await Deno.readTextFile(`${folder}/${index}.json`));
  });
});

Deno.test("writeJson() writes the same JSON when a prototype has a toJSON", () => {
  const data = { a: [1, -0, NaN, 1e21, null, undefined, true], 'é"\n\v\\': { b: undefined, c: "\u202e\u{1F600}\x7f" } };
  const expected = JSON.parse(escapeJsonText(JSON.stringify(data)));
  for (const prototype of [Array.prototype, Object.prototype]) {
    Object.defineProperty(prototype, "toJSON", { value: () => "lost", configurable: true });
    let text: string;
    try {
      text = writeJson(data) + encodeEvents([{ type: "ended" } satisfies Event]);
    } finally {
      Reflect.deleteProperty(prototype, "toJSON");
    }
    assertEquals(text.endsWith('[{"type":"ended"}]'), true);
    assertEquals(JSON.parse(text.slice(0, -'[{"type":"ended"}]'.length)), expected);
  }
});
