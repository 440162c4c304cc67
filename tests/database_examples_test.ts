import { assertEquals } from "@std/assert";
import { postgresTests } from "./support/postgres_test.ts";
import { query } from "./support/query_postgres.ts";
import { denoCommand, toProcessEnd } from "./support/run_deno.ts";
import { makeTempFolder } from "./support/temp_folder.ts";

const postgresTest = postgresTests();

async function runExample(
  example: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly [number, string]> {
  await using folder = await makeTempFolder();
  const module = import.meta.resolve(`../examples/${example}.ts`);
  const { code, stdout, stderr } = toProcessEnd(await denoCommand(module, args, { cwd: folder.path, env }).output());
  return [code, (stdout + stderr).trim()];
}

postgresTest("21_bank_transfer.ts transfers, and undoes what cannot be completed", async ({ server, locator }) => {
  await query(server.url, "create table accounts (name text primary key, balance int not null check (balance >= 0))");
  try {
    await query(server.url, "insert into accounts values ('ana', 100), ('ben', 100)");
    const transfer = (to: string) => runExample("21_bank_transfer", ["ana", to, "30"], { BANK: locator });
    assertEquals(await transfer("ben"), [0, "Transferred 30 from ana to ben"]);
    assertEquals(await transfer("cid"), [0, "Nothing was transferred: there is no account cid"]);
    const balances = await query(server.url, "select balance from accounts order by name");
    assertEquals(balances, [{ balance: 70 }, { balance: 130 }]);
  } finally {
    await query(server.url, "drop table accounts");
  }
});

postgresTest("22_row_and_mail.ts adds a row, and sends a mail", async ({ server }) => {
  await query(server.url, "create table orders (id int generated always as identity, item text)");
  try {
    const end = await runExample("22_row_and_mail", ["tea"], { SHOP: server.url });
    assertEquals(end, [0, "Mail: order 1, tea, is on its way"]);
    assertEquals(await query(server.url, "select item from orders"), [{ item: "tea" }]);
  } finally {
    await query(server.url, "drop table orders, resumable_tx_once");
  }
});
