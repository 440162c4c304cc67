import type { Benchmark } from "./benchmark.ts";
import { commandStart } from "./command_start.ts";
import { concurrentTransactions } from "./concurrent_transactions.ts";
import { costGrowth } from "./cost_growth.ts";
import { inspectJournals } from "./inspect_journals.ts";
import { journalSize } from "./journal_size.ts";
import { memoryStoreSteps } from "./memory_store_steps.ts";
import { parallelGroup } from "./parallel_group.ts";
import { planning } from "./planning.ts";
import { resumeJournals } from "./resume_journals.ts";
import { sequentialSteps } from "./sequential_steps.ts";

/** All benchmarks. What leaves the most garbage behind comes last. */
export const benchmarks: readonly Benchmark[] = [
  sequentialSteps,
  concurrentTransactions,
  parallelGroup,
  memoryStoreSteps,
  planning,
  journalSize,
  commandStart,
  resumeJournals,
  inspectJournals,
  costGrowth,
];
