import { JournalError } from "../../../lib/errors/journal_error.ts";
import { JournalIncomplete } from "../../../lib/errors/opening_errors.ts";
import { checkJournal } from "../../../lib/inspect/data/check_journal.ts";
import { inspectJournal } from "../../../lib/inspect/data/inspect_state.ts";
import { dryRunJournal } from "../../../lib/inspect/dry_run/dry_run.ts";
import { redactSecrets } from "../../../lib/inspect/redact/redact_secrets.ts";
import { paintFor } from "../../../lib/inspect/text/paint.ts";
import { renderInspection } from "../../../lib/inspect/text/render_inspection.ts";
import { foldRecords } from "../../../lib/state/apply_event.ts";
import { State } from "../../../lib/state/state.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { scanError } from "../../../lib/storage/file/read_journal_file.ts";
import { scanJournal } from "../../../lib/storage/file/scan_journal.ts";
import { MemoryDisk } from "../../support/disk/memory_disk.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";
import { makeMutantBase } from "./mutant_base.ts";
import { type JournalMutant, mutateJournal } from "./mutate_journal.ts";
import type { TortureReport } from "../torture_report.ts";

/** How many mutants are made. */
export interface RecordMutantsOptions {
  /** What all choices follow from. */
  readonly seed: number;
  /** Where to count. */
  readonly report: TortureReport;
  /** How many journals. */
  readonly count: number;
}

/** One of this number goes through a file and through everything that reads one. */
const ONE_FILE_OF = 20;
const BUILT_IN: readonly object[] = [Object.prototype, Array.prototype, Function.prototype, Map.prototype];

/**
 * Reads journals that were changed, half of them with valid checksums. Each is read as what it says, or refused
 * in words; nothing is made up, and no object of the language gets a new property.
 */
export async function tryRecordMutants({ seed, report, count }: RecordMutantsOptions): Promise<void> {
  const chance = new SeededRandom(seed);
  const base = makeMutantBase();
  const original = readEvents(base);
  const properties = countProperties();
  await using folder = await makeTempFolder();
  for (let index = 0; index < count; index += 1) {
    const mutant = mutateJournal(base, chance);
    const name = `seed ${seed}, mutant ${index} (${mutant.how})`;
    try {
      const events = readMutant(mutant.bytes, report);
      if (events !== undefined) checkEvents(events, original, mutant);
      if (index % ONE_FILE_OF === 0) await lookAtFile(`${folder.path}/journal.json`, mutant.bytes, report);
    } catch (error) {
      report.breach("other promises broken", `${name}: ${error instanceof Error ? error.stack : error}`);
    }
    if (countProperties() !== properties) report.breach("other promises broken", `${name}: polluted a prototype`);
    report.count("record mutants");
  }
}

/** The events that are found, record by record; nothing if the journal is refused. */
function readMutant(bytes: Uint8Array, report: TortureReport): readonly string[] | undefined {
  const events: string[] = [];
  const fold = foldRecords("/journal.json", new State({ keepsValues: true }));
  try {
    const scan = scanJournal(new MemoryDisk(bytes.slice()), (record) => {
      fold(record);
      events.push(...record.events.map((event) => JSON.stringify(event)));
    });
    const error = scanError("/journal.json", scan);
    if (error !== undefined) throw error;
    // A bracket alone is a journal whose creation was cut short.
    if (scan.records === 0) throw new JournalIncomplete("/journal.json");
    report.count(scan.unknown === undefined ? "record mutants read" : "record mutants taken for newer ones");
    return events;
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    report.count("record mutants refused");
    return undefined;
  }
}

/**
 * Who cannot compute sums cannot change a thing, but for taking the last line away; what others write is read as it stands
 * there.
 */
function checkEvents(events: readonly string[], original: readonly string[], mutant: JournalMutant): void {
  if (!mutant.hasSums) {
    const expected = original.slice(0, lacksLastLines(mutant.bytes) ? events.length : undefined);
    if (events.join("\n") !== expected.join("\n")) throw new Error("Read other events than were written");
    return;
  }
  const there = new Set(readEvents(mutant.bytes));
  const invented = events.find((event) => !there.has(event));
  if (invented !== undefined) throw new Error(`Made up ${invented.slice(0, 200)}`);
}

/** Of the last line, no sum of a later one tells that it was there: a journal without it is a journal. */
function lacksLastLines(bytes: Uint8Array): boolean {
  const text = textOf(bytes);
  return text.endsWith("\n]") && new TextDecoder().decode(makeMutantBase()).startsWith(text.slice(0, -1));
}

function readEvents(bytes: Uint8Array): readonly string[] {
  const records: readonly { readonly events: readonly unknown[] }[] = JSON.parse(textOf(bytes));
  return records.flatMap(({ events }) => events.map((event) => JSON.stringify(event)));
}

/** After the bracket there may be white space, and NUL, which is taken for filler. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/[\0\s]+$/, "");
}

async function lookAtFile(path: string, bytes: Uint8Array, report: TortureReport): Promise<void> {
  Deno.writeFileSync(path, bytes, { mode: 0o600 });
  const store = new FileStore();
  const looks = [
    async () => checkText(renderInspection(await inspectJournal(store, path))),
    async () => checkText(renderInspection(await inspectJournal(store, path), { paint: paintFor(true), all: true })),
    () => checkJournal(store, path),
    () => dryRunJournal(store, path, { redact: redactSecrets }),
  ];
  for (const look of looks) {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
    }
    report.count("looks at record mutants in files");
  }
  const after = Deno.readFileSync(path);
  if (after.length !== bytes.length || after.some((byte, index) => byte !== bytes[index])) {
    throw new Error("A look has changed the file");
  }
}

/** Nothing that a terminal acts on is shown, but for our own colours. */
function checkText(text: string): void {
  // deno-lint-ignore no-control-regex -- that is what is looked for
  const found = /[^\n\P{C}]/u.exec(text.replace(/\x1b\[[0-9;]*m/g, ""))?.[0];
  if (found !== undefined) throw new Error(`Shows U+${found.codePointAt(0)?.toString(16)} as it is`);
}

function countProperties(): number {
  return BUILT_IN.reduce<number>((count, prototype) => count + Reflect.ownKeys(prototype).length, 0);
}
