import { assertThrows } from "@std/assert";
import { JournalUnwritable } from "../../../lib/errors/storage_errors.ts";
import type { JournalFile } from "../../../lib/storage/file/journal_file.ts";
import { EMPTY_SCAN } from "../../../lib/storage/file/classify_tail.ts";
import { testEvents, testLineLength } from "../test_record.ts";
import { type CrashExplorer, openFile, scanPromised } from "./crash_explorer.ts";
import { SimulatedDisk } from "./simulated_disk.ts";

const SECTOR = 512;

/** One thing that is done to a journal. */
export type ScriptStep =
  /** A record that ends `delta` bytes after a sector border, `sectors` sectors further on. */
  | {
    readonly kind: "append";
    readonly sectors: number;
    readonly delta: number;
    /** It may use the room kept for the end. */
    readonly last?: boolean;
    /** Its sync fails, or the process dies before it. Only `reopen` may follow. */
    readonly sync?: "fails" | "killed";
  }
  /** The process ends without bringing the journal to rest, and another one continues. */
  | { readonly kind: "reopen" }
  /** The journal is brought to rest, and another process continues. */
  | { readonly kind: "finish" };

/** Runs a script over a new journal, and explores the crashes at each operation of the disk. */
export function runCrashScript(explorer: CrashExplorer, sectorBytes: number, script: readonly ScriptStep[]): void {
  try {
    new CrashScript(explorer, sectorBytes).run(script);
  } catch (error) {
    explorer.failure ??= error;
  }
  if (explorer.failure === undefined) return;
  throw new Error(`${sectorBytes} bytes a sector: ${JSON.stringify(script)}`, { cause: explorer.failure });
}

class CrashScript {
  readonly #explorer: CrashExplorer;
  readonly #disk: SimulatedDisk;
  #file: JournalFile;
  #submitted: string[] = [];
  #acknowledged = 0;
  /** Where the next record begins. */
  #end = 0;

  constructor(explorer: CrashExplorer, sectorBytes: number) {
    this.#explorer = explorer;
    this.#disk = new SimulatedDisk(sectorBytes);
    this.#disk.changed = () => this.#explore();
    this.#file = openFile(this.#disk, EMPTY_SCAN, explorer.options.filler);
  }

  run(script: readonly ScriptStep[]): void {
    this.#file.prepare();
    for (const step of script) {
      if (step.kind === "append") this.#append(step);
      else this.#goOn(step.kind === "finish");
      this.#explore();
    }
  }

  #append(step: ScriptStep & { readonly kind: "append" }): void {
    const seq = this.#submitted.length;
    const begin = Math.ceil(this.#end / SECTOR) + step.sectors;
    const length = testLineLength(seq);
    const padding = begin * SECTOR + step.delta - this.#end - length;
    const events = testEvents(seq, padding < 0 ? padding + SECTOR : padding);
    this.#submitted.push(JSON.stringify(events));
    if (step.sync !== undefined) return this.#appendInVain(step.sync, () => this.#file.append(events));
    this.#file.append(events, step.last === undefined ? {} : { last: step.last });
    this.#acknowledged = this.#submitted.length;
    this.#end += length + (padding < 0 ? padding + SECTOR : padding);
  }

  #appendInVain(how: "fails" | "killed", append: () => void): void {
    const error = how === "killed" ? { kind: how } as const : { kind: "error", code: "EIO", short: false } as const;
    this.#disk.fault = (call) => call === "write" ? undefined : error;
    assertThrows(append, JournalUnwritable);
    this.#disk.fault = undefined;
    // A writer that ignores the failure must not be able to continue.
    const { write } = this.#disk.calls;
    assertThrows(append, JournalUnwritable);
    if (this.#disk.calls.write !== write) throw new Error("Wrote after a failed sync");
  }

  #goOn(atRest: boolean): void {
    if (atRest) this.#file.finish();
    const scan = scanPromised(this.#disk, this.#submitted);
    this.#file = openFile(this.#disk, scan, this.#explorer.options.filler);
    this.#file.repair(scan);
    this.#submitted = this.#submitted.slice(0, scan.records);
    this.#acknowledged = scan.records;
    this.#end = scan.end;
  }

  #explore(): void {
    this.#explorer.explore(this.#disk.state(), { acknowledged: this.#acknowledged, submitted: this.#submitted });
  }
}
