/**
 * An administrator's job: move a user to another server, with the database row, the home folder and the mail. The new
 * server (here a folder, like the old one) has no folder for mail yet, so the job fails half-way:
 *
 * ```sh
 * deno run -A examples/05_move_user.ts      # makes a small company in ./company, moves ana, fails at her mail
 * deno run -A jsr:@x/resumable-tx/cli inspect move-ana.json
 * mkdir company/new/mail
 * deno run -A jsr:@x/resumable-tx/cli resume move-ana.json      # prints: ana is at home on new, 2 files, 1 mail
 * ```
 *
 * @module
 */
import { Transaction } from "jsr:@x/resumable-tx";
import { lockUser, moveFile, moveFolder, reportUser, setServer, unlockUser } from "./steps/user_steps.ts";
import { foundCompany } from "./steps/company.ts";

/** Plans the move of one user. */
export async function moveUser(root: string, user: string, from: string, to: string): Promise<void> {
  await Transaction.run(import.meta, (t) => {
    const database = `${root}/users.db`;
    // These steps can safely run twice, so `resume` does not ask after a power failure.
    const repeatable = t.with({ interrupted: "retry" });
    const uid = repeatable.do(lockUser, database, user).with({ name: "uid" });
    t.do(moveFolder, `${root}/${from}/home/${user}`, `${root}/${to}/home/${user}`);
    t.do(moveFile, `${root}/${from}/mail/${user}`, `${root}/${to}/mail/${user}`);
    repeatable.do(setServer, database, uid, to);
    repeatable.do(unlockUser, database, uid);
    repeatable.do(reportUser, database, uid, root);
  }, { journal: `move-${user}.json` });
}

if (import.meta.main) {
  const root = `${Deno.cwd()}/company`;
  await foundCompany(root);
  await moveUser(root, "ana", "old", "new");
}
