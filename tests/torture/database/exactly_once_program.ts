/**
 * A process that runs or resumes a transfer in a database, and kills itself when it has sent so much:
 * `exactly_once_program.ts LOCATOR NAME WRITES before|after`. It dies before or after that write to a server.
 *
 * @module
 */
import { Socket } from "node:net";
import pg from "pg";
import { once } from "../../../lib/storage/postgres/mod.ts";
import { context, Transaction } from "../../../mod.ts";

/** Moves money as a step of the database does, and counts that. */
export async function change(schema: string, account: string, amount: number): Promise<void> {
  const text = `update ${schema}.accounts set balance = balance + $2, changes = changes + 1 where name = $1`;
  await context().database().query(text, [account, amount]);
}

/** Does the same by `once`, in a database that need not be that of the journal. */
export async function changeOnce(url: string, schema: string, account: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}` });
  try {
    return await once(pool, async (tx) => {
      const text = "update accounts set changes = changes + 1 where name = $1 returning changes";
      return (await tx.query<{ changes: number }>(text, [account])).rows[0]?.changes ?? 0;
    });
  } finally {
    await pool.end();
  }
}

function killAt(writes: number, when: string): void {
  const write = Socket.prototype.write;
  let count = 0;
  const die = () => Deno.kill(Deno.pid, "SIGKILL");
  // The driver corks what belongs together: each of these is one message, or several.
  Reflect.set(Socket.prototype, "write", function (this: Socket, ...args: readonly unknown[]): unknown {
    count += 1;
    if (count === writes && when === "before") die();
    const result: unknown = Reflect.apply(write, this, args);
    if (count === writes) setTimeout(die);
    return result;
  });
}

if (import.meta.main) {
  const [locator = "", name = "", writes = "", when = ""] = Deno.args;
  killAt(Number(writes), when);
  const url = new URL(locator);
  const schema = url.searchParams.get("schema") ?? "";
  url.search = "";
  await Transaction.run(import.meta, (t) => {
    t.do(change, schema, "ana", -30).with({ database: true });
    t.do(change, schema, "ben", 30).with({ database: true });
    t.do(changeOnce, url.href, schema, "cid").with({ interrupted: "retry" });
  }, { journal: `${locator}#${name}`, ifExists: "resume", keep: true });
}
