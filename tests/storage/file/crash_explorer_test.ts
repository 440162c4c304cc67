/**
 * Enumerates what a power cut may leave of a journal at each operation of the disk, and recovers all of it.
 *
 * What these tests are worth was tried: each of these changes to the library, made alone, is noticed by the tests named
 * behind it (explorer: this file; faults: disk_fault_test; model: crash_model_test; damage: durable_damage_test; queue:
 * append_queue_test; foreign: foreign_file_test; journal: tests/journal).
 *
 * ```text
 * an append isn't synced                                  explorer, faults, model
 * only every second append is synced                      explorer, faults, model
 * filler isn't synced before a record is written into it  explorer, faults, model
 * a record grows the file instead of filler               explorer, faults, model
 * the empty journal isn't synced before its first record  explorer
 * appends go on after a sync has failed (not poisoned)    explorer, faults, queue
 * a recovery isn't synced                                 explorer, faults
 * a recovery doesn't write the last record again          explorer, faults
 * a recovery leaves torn bytes behind the bracket         explorer, faults, model
 * a wrong offset after a reopening                        explorer, faults, model, damage
 * the bracket isn't put back when there is no room        faults
 * a checksum doesn't cover the one before                 explorer, journal
 * a checksum isn't compared                               damage, journal
 * `seq` isn't compared                                    journal
 * LEAST_FILLER is 0: a file at rest may look torn         damage, foreign
 * a hole in a torn record isn't recognized                explorer, faults, model, damage
 * a record cut off at a sector border isn't recognized    explorer, faults, model, damage
 * a whole record isn't looked for in torn bytes           damage
 * a last record with the old marker isn't accepted        damage
 * any file may look like a torn first record              damage
 * ```
 *
 * @module
 */
import { assert } from "@std/assert";
import { CrashExplorer } from "../../support/disk/crash_explorer.ts";
import { runCrashScript, type ScriptStep } from "../../support/disk/crash_script.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { fullOrBrief, testSetting } from "../../support/test_setting.ts";

const SEED = testSetting("TEST_SEED", 1);
/** More than 1 for a longer run: records over more sectors, and more recoveries that are cut short. */
const EFFORT = testSetting("TEST_EFFORT", 1);
const DELTAS = fullOrBrief([-3, -2, -1, 0, 1, 2, 3], [0]);
const REAL_FILLER = { min: 16 * 1024, max: 80 * 1024 };

function newExplorer(filler?: { readonly min: number; readonly max: number }): CrashExplorer {
  return new CrashExplorer({
    chance: new SeededRandom(SEED),
    exhaustive: 1024 * EFFORT,
    oneRecoveryOf: Math.ceil(40 / EFFORT),
    ...(filler === undefined ? {} : { filler }),
  });
}

function append(sectors: number, delta: number, more: Partial<ScriptStep & { kind: "append" }> = {}): ScriptStep {
  return { kind: "append", sectors, delta, ...more };
}

/** Runs the scripts, and says in the name of a step how many images that were. */
async function explore(
  test: Deno.TestContext,
  explorer: CrashExplorer,
  scripts: Iterable<readonly [sectorBytes: number, script: readonly ScriptStep[]]>,
): Promise<number> {
  const begin = performance.now();
  for (const [sectorBytes, script] of scripts) runCrashScript(explorer, sectorBytes, script);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const counts = `${explorer.images} images, ${explorer.imagesOfRecoveries} of them left by recoveries`;
  await test.step(`${counts}, seed ${SEED}, ${seconds} s`, () => assert(explorer.images > 0));
  return explorer.images;
}

/** Every end of a record around a sector border, behind every other. */
function* borderScripts(): Iterable<readonly [number, readonly ScriptStep[]]> {
  for (const first of DELTAS) {
    for (const second of DELTAS) {
      yield [512, [append(1, first), append(2, second), append(8, first), append(8, second)]];
    }
  }
}

/** Processes that die or whose sync fails, and others that go on. */
function* reopenScripts(): Iterable<readonly [number, readonly ScriptStep[]]> {
  for (const sectorBytes of [512, 4096]) {
    for (const first of DELTAS) {
      for (const second of EFFORT > 1 ? DELTAS : fullOrBrief([-2, -1, 0, 1], [0])) {
        yield [sectorBytes, [
          append(1, first),
          append(3, second, { sync: "killed" }),
          { kind: "reopen" },
          append(2, first),
          append(4, second, { sync: "fails" }),
          { kind: "reopen" },
          append(1, second, { last: true }),
          { kind: "finish" },
          append(1, first),
          { kind: "reopen" },
          append(2, second, { last: true }),
        ]];
      }
    }
  }
}

/** Files that grow again and again, and records longer than all filler. */
function* growthScripts(): Iterable<readonly [number, readonly ScriptStep[]]> {
  for (const delta of EFFORT > 1 ? DELTAS : fullOrBrief([-1, 0, 1], [0])) {
    yield [512, [...Array(4).fill(append(3, delta)), append(20, delta), { kind: "finish" }, append(5, delta)]];
    yield [4096, [...Array(6).fill(append(3, delta)), append(30, delta), { kind: "finish" }, append(5, delta)]];
    yield [4096, [append(150, delta), append(200, -delta, { sync: "killed" }), { kind: "reopen" }]];
  }
}

Deno.test("JournalFile keeps what it acknowledged in every image that a crash may leave", async (test) => {
  const explorer = newExplorer();
  await explore(test, explorer, borderScripts());
  await explore(test, explorer, reopenScripts());
  const images = await explore(test, explorer, growthScripts());
  assert(images >= fullOrBrief(100_000, 1000), `only ${images} distinct images were made`);
});

Deno.test("JournalFile keeps what it acknowledged with as much filler as usual", async (test) => {
  await explore(test, newExplorer(REAL_FILLER), [
    [512, [append(1, -1), append(140, 0), append(3, 1, { sync: "fails" }), { kind: "reopen" }, append(2, 2)]],
    [4096, [append(1, 1), { kind: "finish" }, append(40, -1, { sync: "killed" }), { kind: "reopen" }, append(2, 2)]],
  ]);
});
