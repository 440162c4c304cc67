/** Steps that move a user. Each does one thing, so that each can be inspected, repeated or declared done on its own. */
import { DatabaseSync } from "node:sqlite";

/** Locks an account, and returns the user's number. */
export function lockUser(database: string, name: string): number {
  using users = new DatabaseSync(database);
  const row = users.prepare("UPDATE users SET locked = 1 WHERE name = ? RETURNING uid").get(name);
  if (typeof row?.uid !== "number") throw new Error(`There is no user ${name}`);
  return row.uid;
}

/** Moves a home folder. */
export async function moveFolder(from: string, to: string): Promise<void> {
  await Deno.rename(from, to);
}

/** Moves a mail file. */
export async function moveFile(from: string, to: string): Promise<void> {
  await Deno.rename(from, to);
}

/** Records the server of a user. */
export function setServer(database: string, uid: number, server: string): void {
  using users = new DatabaseSync(database);
  users.prepare("UPDATE users SET server = ? WHERE uid = ?").run(server, uid);
}

/** Unlocks an account. */
export function unlockUser(database: string, uid: number): void {
  using users = new DatabaseSync(database);
  users.prepare("UPDATE users SET locked = 0 WHERE uid = ?").run(uid);
}

/** Prints the server of a user. */
export function reportUser(database: string, uid: number, root: string): void {
  using users = new DatabaseSync(database);
  const row = users.prepare("SELECT name, server FROM users WHERE uid = ? AND locked = 0").get(uid);
  if (row === undefined) throw new Error(`User ${uid} is still locked`);
  const files = [...Deno.readDirSync(`${root}/${row.server}/home/${row.name}`)].length;
  const mails = Deno.readTextFileSync(`${root}/${row.server}/mail/${row.name}`).trim().split("\n").length;
  console.log(`${row.name} is at home on ${row.server}, ${files} files, ${mails} mail`);
}
