import { JournalUnwritable } from "../../errors/storage_errors.ts";
import type { Clock } from "../../run/session/clock.ts";
import type { Outlook } from "../../storage/work_store.ts";
import { quote, safeText } from "../../text/escape.ts";
import { attempt } from "../../values/shape.ts";
import { withoutUndefined } from "../../values/json.ts";
import { VERSION } from "../../version.ts";
import type { Report } from "../work_report.ts";
import { lagSeconds } from "./work_metrics.ts";

export interface HealthOptions {
  readonly path: string;
  /** The locator of the database, without a password, or the path of the folder. */
  readonly scope: string;
  /** The processes that run transactions. */
  readonly children: () => readonly number[];
  readonly clock: Clock;
  readonly report: Report;
  readonly stop: AbortSignal;
}

/** The pause between two writes. */
const WRITE_MS = 10_000;

/** Tells in a file that the worker lives, for a service manager or a person. The file is whole at any moment. */
export class HealthFile {
  readonly #options: HealthOptions;
  readonly #startedAt: string;
  #contact: { readonly at: string; readonly outlook: Outlook } | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#startedAt = this.#now();
  }

  #now(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }

  /** The store has answered, or has not. */
  note(outlook: Outlook | undefined): void {
    if (outlook !== undefined) this.#contact = { at: this.#now(), outlook };
  }

  /**
   * Writes the file from time to time, until the worker is stopped, and removes it then.
   *
   * @throws {JournalUnwritable} It could not be written for the first time: its path is wrong. Throws at once.
   */
  run(): Promise<void> {
    const { path } = this.#options;
    const problem = this.#write();
    if (problem !== undefined) {
      throw new JournalUnwritable(path, `Cannot write the health file ${quote(path)}: ${problem}`);
    }
    return this.#keep();
  }

  async #keep(): Promise<void> {
    const { stop, clock, path, report } = this.#options;
    for (let hasFailed = false;;) {
      await clock.delay(WRITE_MS, stop);
      if (stop.aborted) break;
      const problem = this.#write();
      // The work continues. A reader of the file notices that it is old.
      if (problem !== undefined && !hasFailed) {
        report({ kind: "notice", reason: `Cannot write the health file: ${problem}` });
      }
      hasFailed = problem !== undefined;
    }
    attempt(() => Deno.removeSync(path));
  }

  /** Returns why it could not be written. */
  #write(): string | undefined {
    const { path } = this.#options;
    // In the same folder, so that it can be renamed. Another worker with the same file has another name here.
    const temporary = `${path}.${Deno.pid}.new`;
    try {
      Deno.writeTextFileSync(temporary, this.#describe(), { mode: 0o644 });
      Deno.renameSync(temporary, path);
      return undefined;
    } catch (error) {
      attempt(() => Deno.removeSync(temporary));
      return safeText(error);
    }
  }

  #describe(): string {
    const { scope, children, clock } = this.#options;
    const { at: contactAt, outlook } = this.#contact ?? {};
    const health = withoutUndefined({
      version: 1,
      at: this.#now(),
      startedAt: this.#startedAt,
      library: VERSION,
      pid: Deno.pid,
      children: children(),
      store: scope,
      contactAt,
      due: outlook?.due,
      running: outlook?.running,
      waiting: outlook?.asking,
      aborted: outlook?.failed,
      untrusted: outlook?.untrusted,
      lagSeconds: outlook && lagSeconds(outlook.oldestDueAt, clock.now()),
    });
    return `${JSON.stringify(health, undefined, 2)}\n`;
  }
}
