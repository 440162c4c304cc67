// deno-lint-ignore-file require-await -- what one store does at once, others have to wait for
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { compareRequests, decodeRequest, encodeRequest } from "../../journal/request.ts";
import { MAX_REQUEST_BYTES, type Request } from "../../journal/request.ts";
import { safeText } from "../../text/escape.ts";
import { attempt, succeeds } from "../../values/shape.ts";
import type { Inbox } from "../open_journal.ts";
import type { PendingRequest } from "../store.ts";
import { isPermitted, openError, removeIfThere, TEMPORARY } from "./open_file.ts";

/*
 * Requests to a running transaction are files in a folder beside its journal:
 *
 *   order-7.json               the journal, locked by its owner
 *   order-7.json.requests/     made by the owner, mode 0700; while it is there, requests are let in
 *     <id>.request             one request, complete: it came here by a rename
 *     closed                   only if the folder cannot be removed because of files that are no requests
 *
 * The owner makes the folder, and removes it before the record that ends its run: that works only while the folder is empty,
 * and from then on no rename into it succeeds. A sender writes its file beside the folder first. What a crash leaves: a file
 * `.resumable_tx_<id>` that nobody reads; or the folder, with requests that the next owner reads.
 */

const REQUEST_FILE = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.request$/;
const ENDING = ".request";
const CLOSED = "closed";
/** Most runs are over before that, and need no folder. A sender waits longer. */
const OPENS_AFTER_MS = 2000;
/** Reading an empty folder takes some microseconds; a watcher would take a thread for each run. */
const LOOK_EVERY_MS = 200;

const OTHERS_MAY_WRITE = 0o022;

/** How the name of the folder ends; before it comes that of the journal. */
export const REQUESTS_ENDING = ".requests";

function folderOf(journal: string): string {
  return `${journal}${REQUESTS_ENDING}`;
}

/** See `Store.send`. */
export function sendRequest(journal: string, request: Request): boolean {
  const folder = folderOf(journal);
  const text = encodeRequest(request);
  const path = join(folder, `${request.id}${ENDING}`);
  const temporary = join(dirname(journal), `${TEMPORARY}${request.id}`);
  const owner = findFolder(journal);
  if (owner === undefined) return false;
  try {
    writeDurably(temporary, text, owner);
    Deno.renameSync(temporary, path);
  } catch (error) {
    attempt(() => removeIfThere(temporary));
    // The owner has removed the folder meanwhile.
    if (error instanceof Deno.errors.NotFound) return false;
    throw openError(journal, error, "write");
  }
  try {
    for (const each of [folder, dirname(folder)]) syncFolder(each);
  } catch (error) {
    // Its owner can remove the folder only while it is empty: after the answer to this request is durable.
    if (error instanceof Deno.errors.NotFound && !isThere(folder)) return true;
    attempt(() => removeIfThere(path));
    throw openError(journal, error, "write");
  }
  if (attempt(() => Deno.lstatSync(join(folder, CLOSED))) === undefined) return true;
  // If it cannot be removed, the owner has read it after it began to close.
  return !succeeds(() => Deno.removeSync(path));
}

/** Nothing if it is not there, or other users than the journal's owner could have put something into it. */
function findFolder(journal: string): Deno.FileInfo | undefined {
  const info = attempt(() => Deno.lstatSync(folderOf(journal)));
  if (info?.isDirectory !== true || ((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0) return undefined;
  const isOwn = info.uid === 0 || info.uid === attempt(() => Deno.statSync(journal))?.uid;
  return isOwn ? info : undefined;
}

function writeDurably(path: string, text: string, owner: Deno.FileInfo): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
  // An administrator sends it, and another user reads it.
  const { uid, gid } = file.statSync();
  if (owner.uid !== null && uid !== owner.uid) Deno.chownSync(path, owner.uid, owner.gid ?? gid);
  file.syncSync();
}

function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return;
  using folder = Deno.openSync(path, { read: true });
  folder.syncSync();
}

/** See `Store.pending`. */
export function pendingRequests(journal: string): readonly PendingRequest[] {
  const folder = folderOf(journal);
  if (!isThere(folder)) return [];
  const found = readNames(folder).filter((name) => name !== CLOSED).map((name) => readRequest(folder, name));
  const requests = found.filter((request) => "id" in request).sort(compareRequests);
  return [...requests, ...found.filter((request) => "fault" in request)];
}

function readNames(folder: string): readonly string[] {
  return attempt(() => Array.from(Deno.readDirSync(folder), ({ name }) => name)) ?? [];
}

function readRequest(folder: string, name: string): PendingRequest {
  const place = join(folder, name);
  const id = REQUEST_FILE.exec(name)?.[1];
  if (id === undefined) return { place, fault: "its name is not that of a request" };
  try {
    const { isFile, size } = Deno.lstatSync(place);
    if (!isFile || size > MAX_REQUEST_BYTES) return { place, fault: "it is no file of a request" };
    const request = decodeRequest(Deno.readTextFileSync(place));
    if (typeof request === "string") return { place, fault: request };
    return request.id === id ? request : { place, fault: "it is the request of another file" };
  } catch (error) {
    return { place, fault: `it cannot be read: ${safeText(error)}` };
  }
}

/** The requests to a journal that this process has locked. */
export class FileInbox implements Inbox {
  readonly #journal: string;
  readonly #folder: string;
  readonly #announced = new Set<string>();
  readonly #forgotten = new Set<string>();
  /** Senders may write into the folder, so it must be read or removed. Only the owner makes one. */
  #isThere: boolean;
  #arrived: (() => void) | undefined;
  #firstLook: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #glanceAt = Infinity;

  constructor(journal: string) {
    this.#journal = journal;
    this.#folder = folderOf(journal);
    this.#isThere = isThere(this.#folder) && findFolder(journal) !== undefined;
  }

  listen(arrived: () => void): void {
    this.#arrived = arrived;
    if (this.#isThere) attempt(() => removeIfThere(join(this.#folder, CLOSED)));
    this.#lookFirst(this.#isThere ? 0 : OPENS_AFTER_MS);
  }

  hurry(): void {
    if (!this.#isThere && this.#arrived !== undefined) this.#look();
  }

  /** What was recorded before a step ended is seen before the next one begins, whenever the last look was. */
  glance(): void {
    if (this.#isThere && this.#arrived !== undefined) this.#announce();
    else if (performance.now() >= this.#glanceAt) this.#look();
  }

  async read(transaction: string): Promise<readonly Request[]> {
    return this.#read(transaction);
  }

  async forget(requests: readonly Request[]): Promise<void> {
    for (const { id } of requests) {
      this.#forgotten.add(id);
      attempt(() => removeIfThere(join(this.#folder, `${id}${ENDING}`)));
    }
  }

  async close(transaction: string): Promise<boolean> {
    if (this.#isThere && !this.#remove()) {
      if (this.#read(transaction).length > 0) return false;
      // What else is in it is left alone. A sender that does not see this mark has written before the next line reads.
      const mark = join(this.#folder, CLOSED);
      attempt(() => Deno.writeFileSync(mark, new Uint8Array(), { mode: 0o600 }));
      if (this.#read(transaction).length > 0) {
        attempt(() => removeIfThere(mark));
        return false;
      }
      this.#isThere = false;
    }
    this.stop();
    return true;
  }

  /** Removes the folder, if it is empty. Requests stay where they are, for the next owner. */
  leave(): void {
    if (this.#isThere) this.#remove();
  }

  stop(): void {
    this.#firstLook?.removeEventListener("abort", this.#look);
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#arrived = undefined;
    this.#glanceAt = Infinity;
  }

  readonly #look = (): void => {
    if (!this.#isThere) this.#make();
    this.#lookAfter(this.#isThere ? LOOK_EVERY_MS : OPENS_AFTER_MS);
    this.#announce();
  };

  #announce(): void {
    const names = this.#isThere ? readNames(this.#folder).filter((name) => REQUEST_FILE.test(name)) : [];
    const hasNew = names.some((name) => !this.#announced.has(name));
    for (const name of names) this.#announced.add(name);
    if (hasNew) this.#arrived?.();
  }

  /** To load timers takes as long as a short run, which ends before it looks. This one keeps the process alive that long. */
  #lookFirst(ms: number): void {
    this.#glanceAt = performance.now() + ms;
    this.#firstLook = AbortSignal.timeout(ms);
    this.#firstLook.addEventListener("abort", this.#look);
  }

  #lookAfter(ms: number): void {
    this.#firstLook?.removeEventListener("abort", this.#look);
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#glanceAt = performance.now() + ms;
    this.#timer = setTimeout(this.#look, ms);
    // A run that waits for nothing must not keep its process alive.
    Deno.unrefTimer(this.#timer);
  }

  /** Where it cannot be made, nobody can send anything: a sender says that the run takes no requests. */
  #make(): void {
    if (!isPermitted("write", this.#folder) || !isPermitted("read", this.#folder)) return;
    attempt(() => Deno.mkdirSync(this.#folder, { mode: 0o700 }));
    this.#isThere = findFolder(this.#journal) !== undefined;
    if (this.#isThere) attempt(() => removeIfThere(join(this.#folder, CLOSED)));
  }

  #remove(): boolean {
    attempt(() => removeIfThere(join(this.#folder, CLOSED)));
    try {
      Deno.removeSync(this.#folder);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) return false;
    }
    this.#isThere = false;
    return true;
  }

  #read(transaction: string): readonly Request[] {
    if (!this.#isThere) return [];
    const names = readNames(this.#folder).filter((name) => REQUEST_FILE.test(name));
    const requests = names.map((name) => readRequest(this.#folder, name)).filter((request) => "id" in request);
    const open = requests.filter(({ id, ...request }) =>
      request.transaction === transaction && !this.#forgotten.has(id)
    );
    return open.sort(compareRequests);
  }
}

/** Deno would ask on a terminal if it is not permitted. */
function isThere(path: string): boolean {
  return isPermitted("read", path) && attempt(() => Deno.lstatSync(path)) !== undefined;
}
