import { assertEquals } from "@std/assert";
import { fullOrBrief, testSetting } from "../../support/test_setting.ts";
import { SimulatedDatabase } from "./simulated_database.ts";
import { simulateHistory } from "./simulate_history.ts";

const HISTORIES = testSetting("RESUMABLE_TX_HISTORIES", fullOrBrief(150, 10));

Deno.test("whatever is delayed, lost, stopped or killed, the store keeps its promises", async () => {
  const first = testSetting("TEST_SEED", Math.floor(Math.random() * 1_000_000));
  using database = new SimulatedDatabase();
  for (let seed = first; seed < first + HISTORIES; seed += 1) {
    const { violations } = await simulateHistory(database, seed);
    // Repeat it with its events: deno run -A tools/simulate.ts --seed SEED
    assertEquals([`seed ${seed}`, violations], [`seed ${seed}`, []]);
  }
});

Deno.test("a seed repeats its history", async () => {
  using database = new SimulatedDatabase();
  const seed = testSetting("TEST_SEED", Math.floor(Math.random() * 1_000_000));
  const logs: string[][] = [[], []];
  for (const log of logs) {
    const ids = new Map<string, string>();
    const nameOf = (id: string) => ids.get(id) ?? (ids.set(id, `worker ${ids.size}`), ids.get(id) ?? "");
    await simulateHistory(database, seed, (what) => {
      log.push(what.replace(/[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}/g, nameOf));
    });
  }
  assertEquals([seed, logs[0]], [seed, logs[1]]);
});
