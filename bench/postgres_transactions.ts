import { openStore } from "@x/resumable-tx/postgres";
import { startPostgres } from "../tests/support/postgres_server.ts";
import { query } from "../tests/support/query_postgres.ts";
import type { Benchmark, BenchRow, BenchSettings } from "./benchmark.ts";
import { compareWithRaw } from "./compare_with_raw.ts";
import { describeFailure } from "./fresh/describe_failure.ts";
import { runTrivialTransaction } from "./trivial_transaction.ts";

const STEPS = 10;

/** Transactions in a PostgreSQL server that runs on this machine and shares its processors. */
export const postgresTransactions: Benchmark = {
  name: "postgres",
  summary: "200 transactions of 10 steps at once in PostgreSQL, and 2,000 steps in a row, their journals kept",
  run: async (settings) => {
    // The server may run as another user, who must be able to reach its data.
    Deno.chmodSync(settings.folder, 0o711);
    const data = Deno.makeTempDirSync({ dir: settings.folder });
    try {
      const server = await startPostgres(data, (command, options) => settings.processes.spawn(command, options));
      const rows = await measure(settings, `${server.url}?schema=bench`);
      await server.stop();
      return rows;
    } catch (error) {
      if (settings.processes.isOver) throw error;
      return [{ name: "PostgreSQL", unavailable: describeFailure(error) }];
    } finally {
      Deno.removeSync(data, { recursive: true });
    }
  },
};

async function measure(settings: BenchSettings, locator: string): Promise<readonly BenchRow[]> {
  await using store = await openStore(locator);
  const [transactions, steps] = settings.isQuick ? [10, 50] : [200, 2000];
  let round = 0;
  const countBytes = async () => {
    const [row] = await query(
      locator,
      "select sum(octet_length(data))::int as bytes from records where tx in " +
        "(select id from transactions where name like $1)",
      `${round}-%`,
    );
    return Number(row?.["bytes"]);
  };
  let bytes: number | undefined;
  const many = await compareWithRaw(settings, transactions * STEPS, async () => {
    round += 1;
    const names = Array.from({ length: transactions }, (_, index) => `${round}-${index}`);
    await Promise.all(names.map((journal) => runTrivialTransaction(STEPS, { store, journal, keep: true })));
    return bytes ??= await countBytes();
  });
  bytes = undefined;
  const one = await compareWithRaw(settings, steps, async () => {
    round += 1;
    await runTrivialTransaction(steps, { store, journal: `${round}-`, keep: true });
    return bytes ??= await countBytes();
  });
  return [
    {
      name: `${transactions} transactions of ${STEPS} steps at once, PostgreSQL`,
      unit: "×",
      target: { atLeast: 4.5 },
      ...many,
    },
    { name: `${steps.toLocaleString("en")} steps in a row, PostgreSQL`, unit: "×", target: { atLeast: 0.4 }, ...one },
  ];
}
