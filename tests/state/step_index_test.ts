import { assertEquals } from "@std/assert";
import { StepIndex } from "../../lib/state/step_index.ts";
import type { StepState } from "../../lib/state/step_state.ts";
import { SeededRandom } from "../support/seeded_random.ts";

function makeStep(id: string): StepState {
  return { node: { kind: "sleep", id, ms: 1 }, status: "pending", attempts: 0 };
}

Deno.test("StepIndex finds what a Map would find, in the same order", () => {
  const seed = Date.now() % 1e9;
  const random = new SeededRandom(seed);
  for (let round = 0; round < 200; round += 1) {
    const index = new StepIndex();
    const map = new Map<string, StepState>();
    const ids: string[] = [];
    let next = 1;
    for (let turn = 0; turn < 60; turn += 1) {
      const kind = random.below(10);
      // Numbers go up; some are left out, and what is in a step has its number before its own.
      if (kind === 0) next += 1 + random.below(3);
      const id = kind < 7 ? `${next}` : `${1 + random.below(next)}.${1 + random.below(12)}`;
      if (!map.has(id)) {
        const step = makeStep(id);
        index.add(step);
        map.set(id, step);
        ids.push(id);
      }
      if (kind < 7) next += 1;
      const gone = ids[random.below(ids.length * 4)];
      if (gone === undefined) continue;
      index.delete(gone);
      map.delete(gone);
    }
    const asked = [...ids, "", "0", "01", "1.", ".1", "x", "-1", `${next}`, "99999999999999999999"];
    for (const id of asked) {
      assertEquals(index.get(id), map.get(id), `seed ${seed}: ${id}`);
      assertEquals(index.has(id), map.has(id), `seed ${seed}: ${id}`);
    }
    assertEquals(index.size, map.size, `seed ${seed}`);
    assertEquals([...index.values()], [...map.values()], `seed ${seed}`);
  }
});
