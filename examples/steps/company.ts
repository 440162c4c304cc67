import { DatabaseSync } from "node:sqlite";

/** Makes the company for `05_move_user.ts`: two servers, a database of users, and the user ana on the old server. */
export async function foundCompany(root: string): Promise<void> {
  for (const folder of ["old/home/ana", "old/mail", "new/home"]) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
  }
  await Deno.writeTextFile(`${root}/old/home/ana/plan.txt`, "Move to the new server");
  await Deno.writeTextFile(`${root}/old/home/ana/notes.txt`, "Mail must come along");
  await Deno.writeTextFile(`${root}/old/mail/ana`, "From ben: welcome\n");
  using users = new DatabaseSync(`${root}/users.db`);
  users.exec("CREATE TABLE IF NOT EXISTS users (uid INTEGER PRIMARY KEY, name TEXT, server TEXT, locked INTEGER)");
  users.exec("INSERT OR REPLACE INTO users VALUES (1001, 'ana', 'old', 0), (1002, 'ben', 'new', 0)");
}
