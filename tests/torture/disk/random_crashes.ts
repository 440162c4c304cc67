/**
 * Explores the crashes of journals whose lives are drawn from a seed, beside those that `tests/storage/file/crash_explorer_test.ts`
 * lists: `random_crashes.ts SEED SECONDS`. Prints how many images there were as JSON.
 *
 * @module
 */
import { CrashExplorer } from "../../support/disk/crash_explorer.ts";
import { runCrashScript, type ScriptStep } from "../../support/disk/crash_script.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

/** What was explored. */
export interface RandomCrashes {
  /** Journals. */
  readonly scripts: number;
  /** Distinct images of each, together. */
  readonly images: number;
  /** Those of them that a crash in a recovery has left. */
  readonly imagesOfRecoveries: number;
}

/** Explores until there is enough. A broken promise is thrown, with the script that leads to it. */
export function exploreRandomCrashes(seed: number, isEnough: (images: number) => boolean): RandomCrashes {
  const chance = new SeededRandom(seed);
  let [scripts, images, imagesOfRecoveries] = [0, 0, 0];
  for (; !isEnough(images); scripts += 1) {
    const explorer = new CrashExplorer({ chance, exhaustive: 512, oneRecoveryOf: 30 });
    runCrashScript(explorer, chance.below(2) === 0 ? 512 : 4096, drawScript(chance));
    images += explorer.images;
    imagesOfRecoveries += explorer.imagesOfRecoveries;
  }
  return { scripts, images, imagesOfRecoveries };
}

function drawScript(chance: SeededRandom): readonly ScriptStep[] {
  // Without a first record there is nothing to reopen.
  const steps: ScriptStep[] = [{ kind: "append", sectors: 1, delta: chance.below(7) - 3 }];
  const length = 3 + chance.below(6);
  while (steps.length < length) steps.push(...drawSteps(chance));
  return steps;
}

function drawSteps(chance: SeededRandom): readonly ScriptStep[] {
  const sectors = chance.below(3) === 0 ? chance.below(30) : chance.below(5);
  const append = { kind: "append", sectors, delta: chance.below(513) - 256 } as const;
  switch (chance.below(8)) {
    case 0:
      return [{ ...append, sync: "fails" }, { kind: "reopen" }];
    case 1:
      return [{ ...append, sync: "killed" }, { kind: "reopen" }];
    case 2:
      return [append, { kind: "reopen" }];
    case 3:
      return [append, { kind: "finish" }];
    default:
      return [append];
  }
}

if (import.meta.main) {
  const [seed = "1", seconds = "10"] = Deno.args;
  const end = performance.now() + Number(seconds) * 1000;
  console.log(JSON.stringify(exploreRandomCrashes(Number(seed), () => performance.now() >= end)));
}
