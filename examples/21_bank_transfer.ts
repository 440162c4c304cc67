/**
 * Steps that happen exactly once in a database. The journal is in the same PostgreSQL database as the accounts, so that a
 * change of an account and the record of it are one commit:
 *
 * ```sh
 * export BANK=postgres://tx@localhost/bank
 * psql $BANK -c 'create table accounts (name text primary key, balance int not null check (balance >= 0))'
 * psql $BANK -c "insert into accounts values ('ana', 100), ('ben', 100)"
 * deno run -A examples/21_bank_transfer.ts ana ben 30      # transfers
 * deno run -A examples/21_bank_transfer.ts ana cid 30      # there is no cid: ana gets the money back
 * ```
 *
 * @module
 */
import { context, Transaction, TransactionUndone } from "jsr:@x/resumable-tx";

export async function change(account: string, amount: number): Promise<void> {
  const text = "update accounts set balance = balance + $2 where name = $1";
  const { rowCount } = await context().database().query(text, [account, amount]);
  if (rowCount !== 1) throw new Error(`There is no account ${account}`);
}

/** The undo: it works in the database, too. */
export async function changeBack(_value: void, account: string, amount: number): Promise<void> {
  await change(account, -amount);
}

if (import.meta.main) {
  const [from = "ana", to = "ben", amount = "30"] = Deno.args;
  const journal = `${Deno.env.get("BANK")}#${crypto.randomUUID()}`;
  try {
    await Transaction.run(import.meta, (t) => {
      t.do(change, from, -Number(amount)).with({ database: true, undo: changeBack });
      t.do(change, to, Number(amount)).with({ database: true });
    }, { journal, onFailure: "rollback" });
    console.log(`Transferred ${amount} from ${from} to ${to}`);
  } catch (error) {
    if (!(error instanceof TransactionUndone)) throw error;
    console.log(`Nothing was transferred: there is no account ${to}`);
  }
}
