import { assertEquals } from "@std/assert";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { inspectionJson } from "../../../lib/inspect/data/view_journal.ts";
import { readState } from "../../../lib/inspect/data/read_state.ts";
import type { Event } from "../../../lib/journal/event.ts";
import { JOURNAL, planEvents, stepNode, storeOf } from "../sample_journal.ts";

async function pieces(records: readonly (readonly Event[])[]): Promise<readonly string[]> {
  return [...inspectionJson(await readState(await storeOf(records), JOURNAL), (encoded) => encoded)];
}

Deno.test("inspectionJson() writes what JSON.stringify() would", async () => {
  const plan = planEvents([stepNode("1", { name: '"steps": []\n', args: ['\n  "steps": []'] }), stepNode("2")]);
  for (
    const records of [[plan], [planEvents([])], [plan, [{ type: "started" as const, step: "1", attempt: 1, run: 1 }]]]
  ) {
    const expected = JSON.stringify(await inspectJournal(await storeOf(records), JOURNAL), null, 2);
    assertEquals((await pieces(records)).join(""), `${expected}\n`);
  }
});

Deno.test("inspectionJson() writes many steps in many pieces", async () => {
  const nodes = Array.from({ length: 2000 }, (_, index) => stepNode(String(index + 1)));
  const written = await pieces([planEvents(nodes)]);
  assertEquals(written.length > 5 && written.every((piece) => piece.length < 70_000), true);
  assertEquals(JSON.parse(written.join("")).steps.length, 2000);
});
