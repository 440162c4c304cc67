import { commandLine } from "../../messages/command_line.ts";
import { escapeForTerminal } from "../../text/escape.ts";
import { VERSION } from "../../version.ts";
import { EXIT } from "../frame/exit_code.ts";

/** From the one that says least to the one that says most. */
const SEVERITY: readonly number[] = [
  EXIT.finished,
  EXIT.locked,
  EXIT.notFound,
  EXIT.paused,
  EXIT.usage,
  EXIT.failed,
  EXIT.refused,
  EXIT.damaged,
  EXIT.ioError,
  EXIT.hungUp,
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.internal,
];

/** What each exit code means for one journal among others. */
const WORDS: Readonly<Record<number, string>> = {
  [EXIT.finished]: "finished",
  [EXIT.failed]: "failed",
  [EXIT.usage]: "cannot go on as told",
  [EXIT.paused]: "waits",
  [EXIT.damaged]: "cannot be read",
  [EXIT.notFound]: "is gone",
  [EXIT.ioError]: "could not be written",
  [EXIT.locked]: "is being run",
  [EXIT.refused]: "was refused",
  [EXIT.hungUp]: "was stopped",
  [EXIT.interrupted]: "was stopped",
  [EXIT.terminated]: "was stopped",
};

/** The same for one of which it is only shown what would happen. */
const FORECASTS: Readonly<Record<number, string>> = {
  ...WORDS,
  [EXIT.finished]: "would finish",
  [EXIT.paused]: "would wait",
  [EXIT.refused]: "would be refused",
};

/** What is known of a folder before the first of its journals is resumed. */
interface FolderSummaryOptions {
  /** The folder, as it was typed. */
  readonly folder: string;
  /** The options that it takes to go on in the same way. */
  readonly flags: readonly string[];
  /** Nothing is run. */
  readonly isDryRun: boolean;
}

/** What becomes of the journals of a folder, for the lines that say so in the end: also where that comes too early. */
export class FolderSummary {
  readonly #options: FolderSummaryOptions;
  /** What each came to; nothing while it was not tried, or is at work. */
  readonly #codes: Map<string, number | undefined>;
  #atWork: string | undefined;
  /** Somebody is being asked about the journal that is at work. */
  isAsking = false;

  /** @param journals All that are to be resumed, in that order. */
  constructor(journals: readonly string[], options: FolderSummaryOptions) {
    this.#codes = new Map(journals.map((journal) => [journal, undefined]));
    this.#options = options;
  }

  /** The worst of the exit codes. */
  get code(): number {
    const codes = [...this.#codes.values()].filter((code) => code !== undefined);
    return codes.reduce((worst, code) => (severity(code) > severity(worst) ? code : worst), EXIT.finished as number);
  }

  /** A journal comes to its turn. */
  begin(journal: string): void {
    this.#atWork = journal;
  }

  /** What a journal has come to. */
  end(journal: string, code: number): void {
    this.#codes.set(journal, code);
    this.#atWork = undefined;
  }

  /** Says how many came to their end, what became of each, and how to go on with those that were not tried. */
  lines(): readonly string[] {
    const { folder, flags, isDryRun } = this.#options;
    const well = [...this.#codes.values()].filter((code) => code === EXIT.finished).length;
    const noun = this.#codes.size === 1 ? "journal" : "journals";
    const rows = Array.from(this.#codes, ([journal, code]) => `  ${journal}  ${this.#describe(journal, code)}`);
    const isLeft = (journal: string) => journal !== this.#atWork || this.isAsking;
    const isCut = [...this.#codes].some(([journal, code]) => code === undefined && isLeft(journal));
    return [
      `${well} of ${this.#codes.size} ${noun} ${isDryRun ? "would finish" : "finished"}`,
      ...rows,
      ...(isCut ? ["Go on with the folder", `  ${commandLine(VERSION, "resume", folder, ...flags)}`] : []),
    ].map(escapeForTerminal);
  }

  #describe(journal: string, code: number | undefined): string {
    if (journal === this.#atWork) return this.isAsking ? "waits for an answer" : "was at work: inspect it";
    if (code === undefined) return "was not tried";
    return (this.#options.isDryRun ? FORECASTS : WORDS)[code] ?? `ended with code ${code}`;
  }
}

function severity(code: number): number {
  return SEVERITY.indexOf(code) === -1 ? SEVERITY.length : SEVERITY.indexOf(code);
}
