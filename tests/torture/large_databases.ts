import { missingPostgres, startPostgres } from "../support/postgres_server.ts";
import { makeMemoryFolder } from "./disk/memory_folder.ts";
import { tryManyStepsIn } from "./large_journals.ts";
import type { TortureReport } from "./torture_report.ts";

/** Runs, kills and resumes one transaction of a number of steps in each database. Returns what could not be tried, and why. */
export async function tryManyStepsInDatabases(report: TortureReport, steps: number): Promise<string | undefined> {
  await using folder = await makeMemoryFolder();
  await tryManyStepsIn(`sqlite:${folder.path}/tx.db#large`, report, steps);
  const missing = missingPostgres();
  if (missing !== undefined) return `PostgreSQL ${missing}`;
  await using data = await makeMemoryFolder();
  await using server = await startPostgres(data.path);
  await tryManyStepsIn(`${server.url}#large`, report, steps);
}
