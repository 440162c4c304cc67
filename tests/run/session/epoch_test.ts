import { assertEquals, assertRejects } from "@std/assert";
import { TransactionAborted } from "../../../lib/errors/running_errors.ts";
import type { Planner } from "../../../lib/plan/planner.ts";
import { Transaction } from "../../../lib/transaction.ts";
import { permittedTest } from "../../support/permitted_test.ts";
import { epochLater, epochNow, EPOCHS, failures } from "../../support/programs/epoch_steps.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

/** What two steps say that run one after the other, the second one in a run of its own. */
async function epochsIn(journal: string): Promise<unknown> {
  failures.left = 1;
  const build = (t: Planner) => [t.do(epochNow), t.do(epochLater)];
  await assertRejects(() => Transaction.run(EPOCHS, build, { journal }), TransactionAborted);
  return await Transaction.resume(journal);
}

permittedTest("context().epoch counts the owners of a journal in a database, and none of a file", [
  "read",
  "write",
  "sys",
], async () => {
  await using folder = await makeTempFolder();
  assertEquals(await epochsIn(`sqlite:${folder.path}/tx.db#a`), [1, 2]);
  assertEquals(await epochsIn(`${folder.path}/a.json`), [0, 0]);
});
