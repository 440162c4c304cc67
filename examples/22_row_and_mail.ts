/**
 * A row and a mail. The row is added exactly once, whatever crashes; the journal is a file. The mail is a step of its own,
 * because no database can take part in sending it:
 *
 * ```sh
 * export SHOP=postgres://shop@localhost/shop
 * psql $SHOP -c 'create table orders (id int generated always as identity, item text)'
 * deno run -A examples/22_row_and_mail.ts tea
 * ```
 *
 * @module
 */
import { Transaction } from "jsr:@x/resumable-tx";
import { once } from "jsr:@x/resumable-tx/postgres";
import pg from "npm:pg@^8.23.1";

export async function addOrder(item: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: Deno.env.get("SHOP") });
  try {
    return await once(pool, async (tx) => {
      const text = "insert into orders (item) values ($1) returning id";
      const { rows: [row] } = await tx.query<{ id: number }>(text, [item]);
      return row?.id ?? 0;
    });
  } finally {
    await pool.end();
  }
}

export function sendMail(order: number, item: string): void {
  console.log(`Mail: order ${order}, ${item}, is on its way`);
}

if (import.meta.main) {
  const [item = "tea"] = Deno.args;
  await Transaction.run(import.meta, (t) => {
    const order = t.do(addOrder, item).with({ interrupted: "retry" });
    t.do(sendMail, order, item);
  }, { journal: "order.json" });
}
