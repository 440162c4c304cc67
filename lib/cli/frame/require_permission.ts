import { dirname } from "@std/path/dirname";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { toFlags } from "../../modules/module_permissions.ts";

/**
 * Refuses when Deno may not read, or read and write, a journal. Asked before the file is touched: so no prompt comes up,
 * and the message names the flags.
 *
 * @param journal The journal, or a folder of journals.
 * @param access What will be done.
 * @param folder Where files will be put or removed.
 * @throws {JournalRefused} A permission is missing.
 */
export function requirePermission(journal: string, access: "read" | "write", folder: string = dirname(journal)): void {
  const needed = access === "read" ? ["read"] as const : ["read", "write"] as const;
  const missing = needed.filter((name) => Deno.permissions.querySync({ name, path: journal }).state !== "granted");
  if (missing.length === 0) return;
  // Whoever runs may have to put a file beside the journal.
  const value = access === "read" ? journal : folder;
  const flags = toFlags(missing.map((name) => ({ name, value })));
  throw new JournalRefused(journal, `Deno has no permission to ${missing.join(" and ")} it. Add ${flags}`);
}
