import type { Event } from "../../../lib/journal/event.ts";
import { FolderWork } from "../../../lib/storage/file/folder_work.ts";
import type { ClaimRequest } from "../../../lib/storage/work_store.ts";
import { folderTools } from "../../../lib/work/folder/summarize_due.ts";
import { FileStore } from "../../../lib/storage/file/file_store.ts";
import { makeTempFolder, type TempFolder } from "../../support/temp_folder.ts";
import { planOf, writeJournal } from "../../cli/written_journal.ts";

/** When every journal of these tests is written. */
export const WRITTEN = "2026-11-23T02:15:00.000Z";

const HOME = "file:///srv/steps.ts";

/** A plan of one step that any process may run. */
export function queuedPlan(
  queued: Partial<Extract<Event, { readonly type: "opened" }>> = {},
  home: string = HOME,
): readonly Event[] {
  const [opened, ...plan] = planOf(home, [{ export: "run" }]);
  if (opened?.type !== "opened") throw new TypeError("a plan begins with its opening");
  return [{ ...opened, id: crypto.randomUUID(), queue: "default", ...queued }, ...plan];
}

/** A folder with a worker, whose clock is moved by hand. */
export class WorkedFolder implements AsyncDisposable {
  readonly path: string;
  readonly work: FolderWork;
  readonly troubles: string[] = [];
  now: number = Date.parse(WRITTEN);
  readonly #folder: TempFolder;

  constructor(folder: TempFolder) {
    this.#folder = folder;
    this.path = folder.path;
    this.work = this.another();
  }

  static async make(): Promise<WorkedFolder> {
    return new WorkedFolder(await makeTempFolder());
  }

  /** A worker that knows nothing yet. */
  another(): FolderWork {
    const { summarize } = folderTools(new FileStore());
    const report = (journal: string) => void this.troubles.push(this.nameOf(journal));
    return new FolderWork(this.path, { summarize, report, now: () => this.now });
  }

  write(name: string, ...records: readonly (readonly Event[])[]): Promise<void> {
    return writeJournal(`${this.path}/${name}.json`, records, WRITTEN);
  }

  nameOf(journal: string): string {
    return journal.slice(this.path.length + 1).replace(/\.json$/, "");
  }

  /** The names of what a worker claims. */
  async claim(request: Partial<ClaimRequest> = {}, work: FolderWork = this.work): Promise<readonly string[]> {
    const claimed = await work.due.claim({ scope: this.path, limit: 100, ...request });
    return claimed.map(({ journal }) => this.nameOf(journal));
  }

  /** What would be claimed, which is given back. */
  async due(request: Partial<ClaimRequest> = {}): Promise<readonly string[]> {
    const work = this.another();
    const names = await this.claim(request, work);
    for (const name of names) await work.due.giveBack(`${this.path}/${name}.json`);
    return names;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder[Symbol.asyncDispose]();
  }
}
