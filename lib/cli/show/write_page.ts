import { resolve } from "@std/path/resolve";
import { JournalRefused } from "../../errors/opening_errors.ts";
import { JournalUnwritable } from "../../errors/storage_errors.ts";
import { EventHistory } from "../../inspect/data/event_history.ts";
import { CutValues, readState } from "../../inspect/data/read_state.ts";
import { renderPage } from "../../inspect/html/render_page.ts";
import { toFlags } from "../../process/permissions.ts";
import type { Store } from "../../storage/store.ts";
import type { Encoded } from "../../values/json.ts";
import { type CommandIo, UsageError } from "../frame/command.ts";
import { readSourceLine } from "./read_source_line.ts";

/** What is written, and where to. */
interface WritePageOptions {
  /** The file; `-` is standard output. */
  readonly file: string;
  /** A file of that name is replaced, unless it is a journal. */
  readonly force: boolean;
  /** Every step and event, however many there are. */
  readonly all: boolean;
  /** Takes out of a value what is not to be shown. */
  readonly redact: (encoded: Encoded) => Encoded;
}

const STANDARD_OUTPUT = "-";
/** Of a longer value a page shows one line. */
const LONGEST_VALUE = 20_000;

/**
 * `inspect --html`: writes a page about a transaction. The file is new and its owner's alone.
 *
 * @throws {UsageError} There is such a file already.
 * @throws {JournalRefused} Deno does not permit to write it.
 * @throws {JournalUnwritable} It cannot be written.
 */
export async function writePage(
  store: Store,
  journal: string,
  io: CommandIo,
  options: WritePageOptions,
): Promise<void> {
  const { file, force, all, redact } = options;
  const path = file === STANDARD_OUTPUT ? undefined : resolve(file);
  if (path !== undefined) requireWrite(path, force);
  const history = new EventHistory({ all });
  const cut = new CutValues(LONGEST_VALUE, redact);
  const read = await readState(store, journal, { cut, observe: (_state, event) => history.add(event) });
  const source = readSourceLine(read.state.modules);
  const page = renderPage(read, { all, redact, source, history: history.entries() });
  if (path === undefined) return io.writeOut(page);
  if (force) await removeOld(path, store);
  create(path, page);
  io.writeError(`wrote ${path}\n`);
}

/** Asked before the journal is read: so no prompt comes up, and the message names the flags. */
function requireWrite(path: string, force: boolean): void {
  const names = force ? ["read", "write"] as const : ["write"] as const;
  const missing = names.filter((name) => Deno.permissions.querySync({ name, path }).state !== "granted");
  if (missing.length === 0) return;
  const flags = toFlags(missing.map((name) => ({ name, value: path })));
  throw new JournalRefused(path, `Deno has no permission to ${missing.join(" and ")} it. Add ${flags}`);
}

/** Only a plain file is replaced, and never one that holds a transaction. */
async function removeOld(path: string, store: Store): Promise<void> {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw unwritable(path, error);
  }
  if (!info.isFile) throw new UsageError(`${JSON.stringify(path)} is no plain file, and not replaced`, "inspect");
  if ((await store.examine?.(path))?.isJournal) {
    throw new UsageError(`${JSON.stringify(path)} is a journal, and not replaced`, "inspect");
  }
  try {
    Deno.removeSync(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function create(path: string, page: string): void {
  try {
    Deno.writeTextFileSync(path, page, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new UsageError(`There is a file ${JSON.stringify(path)} already: --force replaces it`, "inspect");
    }
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): JournalUnwritable {
  const reason = error instanceof Error ? error.message : String(error);
  return new JournalUnwritable(path, `Cannot write ${JSON.stringify(path)}: ${reason}`, { cause: error });
}
