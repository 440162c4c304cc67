import type { Benchmark } from "./benchmark.ts";
import { measureCommand } from "./measure_command.ts";

/** The command `inspect`. */
export const inspectJournals: Benchmark = {
  name: "inspect",
  summary: "a process that shows journals of up to 1,000,000 steps",
  run: (settings) =>
    measureCommand(settings, {
      name: "inspect",
      prepare: (journal) => ["inspect", journal],
      targets: {},
      sizeTarget: { atMost: 1000 },
    }),
};
