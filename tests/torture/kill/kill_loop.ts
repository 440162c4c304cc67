import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import type { TortureReport } from "../torture_report.ts";
import { KillLife } from "./kill_life.ts";

/** How long the loop runs. */
export interface KillLoopOptions {
  /** What all choices follow from. Where a process is when it is killed from outside does not. */
  readonly seed: number;
  /** Where to count. */
  readonly report: TortureReport;
  /** Tells whether there were enough; asked before each new transaction. */
  readonly isEnough: () => boolean;
  /** How many transactions live at the same time. */
  readonly lanes: number;
}

/** Runs whole programs, kills them, resumes them, and compares what they did with what their journals say. */
export async function runKillLoop(options: KillLoopOptions): Promise<void> {
  await using folder = await makeTempFolder();
  let index = 0;
  const lane = async () => {
    while (!options.isEnough()) {
      const own = index++;
      const path = `${folder.path}/${own}`;
      await Deno.mkdir(path);
      const chance = new SeededRandom(options.seed * 1_000_003 + own);
      const name = `seed ${options.seed}, life ${own}`;
      await new KillLife({ folder: path, chance, report: options.report, name }).run();
      await Deno.remove(path, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
}
