import { resolve } from "@std/path/resolve";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { EventHistory } from "../../inspect/data/event_history.ts";
import { readState } from "../../inspect/data/read_state.ts";
import { renderPage } from "../../inspect/html/render_page.ts";
import { adviseFlags, missingPermission } from "../../process/permissions.ts";
import type { Located } from "../../storage/locator.ts";
import type { Store } from "../../storage/store.ts";
import { escapeForTerminal, safeText } from "../../text/escape.ts";
import { type CommandIo, UsageError, writeLines } from "../frame/command.ts";
import { readSourceLine } from "./read_source_line.ts";
import type { ShowOptions } from "./show_journal.ts";

const STANDARD_OUTPUT = "-";
/** A page shows one line of a longer value. */
const LONGEST_VALUE = 20_000;

/** `inspect --html`: writes a page about a transaction, into a new file that only its owner may read. */
export async function writePage({ store, name }: Located, io: CommandIo, options: ShowOptions): Promise<void> {
  const { value: file, force, all, redact } = options;
  const path = file === STANDARD_OUTPUT ? undefined : resolve(file);
  if (path !== undefined) requireWrite(path, force);
  const history = new EventHistory({ all });
  const cut = { longest: LONGEST_VALUE, redact };
  const read = await readState(store, name, { cut, observe: (event) => history.add(event) });
  const source = readSourceLine(read.state.modules);
  const page = renderPage(read, { all, redact, source, history: history.entries() });
  if (path === undefined) return io.writeOut(page);
  if (force) await removeOld(path, store);
  create(path, page);
  writeLines(io, [`wrote ${path}`]);
}

/** Called before the journal is read: no prompt comes up, and the message names the flags. */
function requireWrite(path: string, force: boolean): void {
  const names = force ? ["read", "write"] as const : ["write"] as const;
  const missing = names.filter((name) => Deno.permissions.querySync({ name, path }).state !== "granted");
  if (missing.length === 0) return;
  const advice = adviseFlags(missing.map((name) => missingPermission(name, path)));
  throw new JournalRefused(path, `Deno has no permission to ${missing.join(" and ")} it. ${advice}`);
}

/** Replaces only a plain file, and never a journal. */
async function removeOld(path: string, store: Store): Promise<void> {
  const name = JSON.stringify(path);
  try {
    if (!Deno.lstatSync(path).isFile) throw new UsageError(`${name} is no plain file, and not replaced`);
    if ((await store.examine?.(path))?.isJournal) {
      throw new UsageError(`${name} is a journal, and not replaced`);
    }
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw toUnwritable(path, error);
  }
}

function create(path: string, page: string): void {
  try {
    Deno.writeTextFileSync(path, page, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw toUnwritable(path, error);
    throw new UsageError(`${JSON.stringify(path)} exists already: --force replaces it`);
  }
}

function toUnwritable(path: string, error: unknown): unknown {
  if (error instanceof UsageError) return error;
  const reason = escapeForTerminal(safeText(error));
  return new JournalUnwritable(path, `Cannot write ${JSON.stringify(path)}: ${reason}`, { cause: error });
}
