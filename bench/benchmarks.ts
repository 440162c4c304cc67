import type { Benchmark } from "./benchmark.ts";
import { commandStart } from "./command_start.ts";
import { concurrentTransactions } from "./concurrent_transactions.ts";
import { costGrowth } from "./cost_growth.ts";
import { freshFirst, freshResume } from "./fresh/fresh_start.ts";
import { freshConcurrent, freshProcesses, freshSequential } from "./fresh/fresh_throughput.ts";
import { programStarts } from "./fresh/program_starts.ts";
import { inspectJournals } from "./inspect_journals.ts";
import { journalSize } from "./journal_size.ts";
import { largeTables } from "./large_tables.ts";
import { memoryStoreSteps } from "./memory_store_steps.ts";
import { parallelGroup } from "./parallel_group.ts";
import { planning } from "./planning.ts";
import { postgresTransactions } from "./postgres_transactions.ts";
import { resumeJournals } from "./resume_journals.ts";
import { sequentialSteps } from "./sequential_steps.ts";
import { sqliteTransactions } from "./sqlite_transactions.ts";
import { workers } from "./workers/worker_benchmark.ts";

/**
 * All benchmarks. Of those that run in this process, what leaves the most garbage behind comes last. After them come those
 * whose servers then run until the end.
 */
export const benchmarks: readonly Benchmark[] = [
  sequentialSteps,
  concurrentTransactions,
  sqliteTransactions,
  postgresTransactions,
  largeTables,
  parallelGroup,
  memoryStoreSteps,
  planning,
  journalSize,
  commandStart,
  resumeJournals,
  inspectJournals,
  costGrowth,
  freshSequential,
  freshConcurrent,
  freshProcesses,
  freshFirst,
  freshResume,
  programStarts,
  workers,
];
