import { describeFolderRest } from "../../messages/next_commands.ts";
import { EXIT } from "../frame/exit_code.ts";

/** What each exit code means for one of several journals, from the least to the most severe; then what it means in a dry run. */
const OUTCOMES: readonly (readonly [code: number, words: string, dryRunWords?: string])[] = [
  [EXIT.finished, "finished", "would finish"],
  [EXIT.locked, "is being run"],
  [EXIT.notFound, "is gone"],
  [EXIT.paused, "waits", "would wait"],
  [EXIT.usage, "cannot be resumed this way"],
  [EXIT.failed, "failed", "would fail"],
  [EXIT.refused, "was refused", "would be refused"],
  [EXIT.damaged, "cannot be read"],
  [EXIT.ioError, "could not be written"],
  [EXIT.hungUp, "was stopped"],
  [EXIT.interrupted, "was stopped"],
  [EXIT.terminated, "was stopped"],
];

interface FolderSummaryOptions {
  /** The folder, as it was typed. */
  readonly folder: string;
  /** The options that continue in the same way. */
  readonly flags: readonly string[];
  readonly isDryRun: boolean;
}

/** What happens to the journals of a folder. It can be printed at any time, since a signal may end the process. */
export class FolderSummary {
  readonly #options: FolderSummaryOptions;
  /** The exit code of each journal; undefined if it was not tried, or is running. */
  readonly #codes: Map<string, number | undefined>;
  /** The journal that is being resumed. */
  running: string | undefined;
  /** The person at the terminal is being asked about the running journal. */
  isAsking = false;

  constructor(journals: readonly string[], options: FolderSummaryOptions) {
    this.#codes = new Map(journals.map((journal) => [journal, undefined]));
    this.#options = options;
  }

  /** The worst of the exit codes. */
  get code(): number {
    const codes = [...this.#codes.values()].filter((code) => code !== undefined);
    return codes.reduce((worst, code) => (severity(code) > severity(worst) ? code : worst), EXIT.finished as number);
  }

  end(journal: string, code: number): void {
    this.#codes.set(journal, code);
    this.running = undefined;
  }

  /** Says how many finished, what happened to each, and how to continue with those that were not tried. */
  lines(): readonly string[] {
    const { folder, flags, isDryRun } = this.#options;
    const well = [...this.#codes.values()].filter((code) => code === EXIT.finished).length;
    const noun = this.#codes.size === 1 ? "journal" : "journals";
    const rows = Array.from(this.#codes, ([journal, code]) => `  ${journal}  ${this.#describe(journal, code)}`);
    const isLeft = (journal: string) => journal !== this.running || this.isAsking;
    const isCut = [...this.#codes].some(([journal, code]) => code === undefined && isLeft(journal));
    return [
      `${well} of ${this.#codes.size} ${noun} ${isDryRun ? "would finish" : "finished"}`,
      ...rows,
      ...(isCut ? describeFolderRest(folder, flags) : []),
    ];
  }

  #describe(journal: string, code: number | undefined): string {
    if (journal === this.running) return this.isAsking ? "waits for an answer" : "was running: inspect it";
    if (code === undefined) return "was not tried";
    const [, words = `ended with code ${code}`, dryRunWords = words] = OUTCOMES[severity(code)] ?? [];
    return this.#options.isDryRun ? dryRunWords : words;
  }
}

/** Codes that no run ends with are the most severe. */
function severity(code: number): number {
  const place = OUTCOMES.findIndex(([other]) => other === code);
  return place === -1 ? OUTCOMES.length : place;
}
