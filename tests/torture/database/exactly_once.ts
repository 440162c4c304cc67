import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import { missingPostgres, startPostgres } from "../../support/postgres_server.ts";
import { query } from "../../support/query_postgres.ts";
import { denoCommand } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { KILLED } from "../kill/kill_process.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import type { TortureReport } from "../torture_report.ts";

const PROGRAM = fromFileUrl(import.meta.resolve("./exactly_once_program.ts"));
/** A little more than such a process writes. */
const MOST_WRITES = 45;
/** Three attempts in a row that are interrupted make a step ask. */
const MOST_KILLS = 4;

interface Lives {
  /** Of a schema that does not exist yet. */
  readonly locator: string;
  readonly seed: number;
  readonly transfers: number;
}

/**
 * Transfers whose processes are killed before or after something that they send, and run again. Each database step, and each
 * `once`, must have one effect. Returns how many processes were killed.
 */
export async function tryExactlyOnce({ locator, seed, transfers }: Lives): Promise<number> {
  const chance = new SeededRandom(seed);
  await query(locator, `create schema ${new URL(locator).searchParams.get("schema")}`);
  await query(locator, "create table accounts (name text primary key, balance int not null, changes int not null)");
  await query(locator, "insert into accounts values ('ana', 0, 0), ('ben', 0, 0), ('cid', 0, 0)");
  let kills = 0;
  for (let index = 1; index <= transfers; index += 1) {
    let code = KILLED;
    for (let life = 0; code === KILLED; life += 1) {
      const writes = life < MOST_KILLS ? 1 + chance.below(MOST_WRITES) : 0;
      const when = chance.below(2) === 0 ? "before" : "after";
      const output = await denoCommand(PROGRAM, [locator, `t${index}`, String(writes), when]).output();
      code = output.code;
      const what = `seed ${seed}, transfer ${index}, life ${life}`;
      if (code !== KILLED) assertEquals([what, code, new TextDecoder().decode(output.stderr)], [what, 0, ""]);
      else kills += 1;
      // Nobody waits for the lease of a process that is known to be dead.
      await query(locator, "update workers set dead = true").catch(() => {});
    }
    const found = await query(locator, "select * from accounts order by name");
    assertEquals([`seed ${seed}, transfer ${index}`, found], [`seed ${seed}, transfer ${index}`, [
      { name: "ana", balance: -30 * index, changes: index },
      { name: "ben", balance: 30 * index, changes: index },
      { name: "cid", balance: 0, changes: index },
    ]]);
  }
  return kills;
}

/** The same with a server of its own, as a part of the torture. Returns why it could not be tried, if it could not. */
export async function breakExactlyOnce(
  { seed, report, transfers }: Pick<Lives, "seed" | "transfers"> & { readonly report: TortureReport },
): Promise<string | undefined> {
  const missing = missingPostgres();
  if (missing !== undefined) return missing;
  await using folder = await makeTempFolder();
  await using server = await startPostgres(folder.path);
  try {
    const kills = await tryExactlyOnce({ locator: `${server.url}?schema=bank`, seed, transfers });
    report.count("database steps and once(): transfers", transfers);
    report.count("database steps and once(): kills", kills);
  } catch (error) {
    report.breach("finished steps repeated", error instanceof Error ? error.message : String(error));
  }
  return undefined;
}
