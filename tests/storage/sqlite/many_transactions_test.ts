import { assertEquals } from "@std/assert";
import { Transaction } from "@x/resumable-tx";
import { fromFileUrl } from "@std/path/from-file-url";
import { DatabaseSync } from "node:sqlite";
import { permittedTest } from "../../support/permitted_test.ts";
import { runDeno } from "../../support/run_deno.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

const THIS = fromFileUrl(import.meta.url);

/** Counts what runs, in the file that it is given: one byte for each call. */
export async function count(path: string): Promise<void> {
  await Deno.writeFile(path, new Uint8Array([46]), { append: true });
}

async function runMany(folder: string, prefix: string, transactions: number): Promise<void> {
  const runs = Array.from({ length: transactions }, (_, index) =>
    Transaction.run(import.meta, (t) => {
      for (let step = 0; step < 10; step += 1) t.do(count, `${folder}/count`);
    }, { journal: `sqlite:${folder}/tx.db#${prefix}-${index}`, keep: true }));
  await Promise.all(runs);
}

if (import.meta.main && Deno.args[0] === "run") await runMany(Deno.args[1] ?? "", Deno.args[2] ?? "", 50);

permittedTest("200 transactions of 10 steps run at once in one database", ["read", "write", "env"], async () => {
  await using folder = await makeTempFolder();
  await runMany(folder.path, "a", 200);
  assertEquals(look(folder.path), { transactions: 200, finished: 2000, owned: 0, gaps: 0 });
});

permittedTest("several processes share a database", ["read", "write", "env", "run"], async () => {
  await using folder = await makeTempFolder();
  const processes = ["a", "b", "c"].map((prefix) => runDeno(THIS, ["run", folder.path, prefix], { flags: ["-A"] }));
  for (const { code, stderr } of await Promise.all(processes)) assertEquals([code, stderr], [0, ""]);
  assertEquals(look(folder.path), { transactions: 150, finished: 1500, owned: 0, gaps: 0 });
});

/** What the tables say. `gaps`: records without the one before. */
function look(folder: string): Record<string, unknown> {
  using database = new DatabaseSync(`${folder}/tx.db`);
  const row = database.prepare(`select count(*) as transactions, sum(finished) as finished, count(owner) as owned,
    (select count(*) from records r where r.seq > 0
      and not exists (select 1 from records p where p.tx = r.tx and p.seq = r.seq - 1)) as gaps from transactions`)
    .get();
  assertEquals(Deno.statSync(`${folder}/count`).size, row?.["finished"]);
  return { ...row };
}
