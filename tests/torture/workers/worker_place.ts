import { openStore as openPostgres } from "../../../lib/storage/postgres/mod.ts";
import { openStore as openSqlite } from "../../../lib/storage/sqlite/mod.ts";
import { type OpenedPlace, openStore as openPlace } from "../../../lib/storage/locator.ts";
import { openWork } from "../../../lib/storage/open_work.ts";
import type { WorkStore } from "../../../lib/storage/work_store.ts";
import { folderTools } from "../../../lib/work/folder/summarize_due.ts";
import { startPostgres } from "../../support/postgres_server.ts";
import { makeTempFolder } from "../../support/temp_folder.ts";

/** Where workers find what is due. */
export const PLACES = ["folder", "sqlite", "postgres"] as const;

/** One of them. */
export type Place = typeof PLACES[number];

/** The queue with a limit, and how many of it may run at a time. */
export const LIMITED = { queue: "limited", maxRunning: 3 } as const;

/** A store of its own, as workers and those who give them work use it. */
export class WorkerPlace implements AsyncDisposable {
  readonly scope: string;
  readonly work: WorkStore;
  readonly #place: OpenedPlace;
  readonly #end: () => Promise<void>;

  constructor(place: OpenedPlace, end: () => Promise<void>) {
    this.scope = place.name;
    this.#place = place;
    this.#end = end;
    this.work = openWork(place, folderTools(place.store));
  }

  static async open(kind: Place, folder: string): Promise<WorkerPlace> {
    // Another user runs the server, who may not look into the other folder.
    const own = kind === "postgres" ? await makeTempFolder() : undefined;
    const server = own && await startPostgres(own.path);
    const path = `${folder}/journals`;
    if (kind === "folder") await Deno.mkdir(path);
    const scope = kind === "folder" ? path : server?.url ?? `sqlite:${folder}/tx.db`;
    // Makes the tables.
    if (kind === "sqlite") await (await openSqlite(scope))[Symbol.asyncDispose]();
    if (kind === "postgres") await (await openPostgres(scope))[Symbol.asyncDispose]();
    return new WorkerPlace(await openPlace(scope, { isScope: true }), async () => {
      await server?.stop();
      await own?.[Symbol.asyncDispose]();
    });
  }

  journal(name: string): string {
    return this.scope.includes(":") ? `${this.scope}#${name}` : `${this.scope}/${name}.json`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#place[Symbol.asyncDispose]();
    await this.#end();
  }
}
