import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { fromFileUrl } from "@std/path/from-file-url";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { JournalNotFound, JournalRefused } from "../errors/opening_errors.ts";
import { adviseFlags, findMissingPermission } from "../process/permissions.ts";
import { processSlot } from "../process/process_slot.ts";
import { findSameName } from "../text/suggest_name.ts";
import { attempt } from "../values/shape.ts";
import { VERSION } from "../version.ts";
import { FileStore } from "./file/file_store.ts";
import { isPermitted } from "./file/open_file.ts";
import { DATABASES, isOfDatabase, SCHEME, schemeOf } from "./locator_scheme.ts";
import type { OpenedStore, Store, StoreConnection } from "./store.ts";
import { hidePassword, quote, safeText } from "../text/escape.ts";

/** A journal or a scope, and the store that keeps it. */
export interface Located {
  readonly store: Store;
  /** Its name in the store: for files the absolute path, for databases the locator without a password. */
  readonly name: string;
}

/** What a locator names. What was opened for it alone is closed when nobody uses it any more. */
export interface OpenedPlace extends Located, AsyncDisposable {
  /** The locator as a person would type it: as it is written, without a password. */
  readonly shown: string;
  /** The name or id of a transaction in a database, as its author or a person has given it. */
  readonly given?: string | undefined;
}

interface OpenOptions {
  /** The journal is new. */
  readonly created?: NewJournal;
  /** The store that has the name: then `locator` is no locator, but a name. */
  readonly store?: StoreConnection | undefined;
  /** The locator may be one of a whole database; that of a folder always may be. */
  readonly isScope?: boolean;
}

/** What the default name of a new journal is made of. `now` is the present time by default. */
interface NewJournal {
  readonly id: string;
  readonly now?: Date;
}

interface ConnectOptions {
  /** A database that is not there is not created. */
  readonly mustExist?: boolean;
}

type Connect = (locator: string, options?: ConnectOptions) => Promise<OpenedStore>;

/** A store that is open in this process, and how many use it. */
interface SharedStore {
  readonly opened: Promise<OpenedStore>;
  users: number;
}

interface UsedStore {
  readonly store: OpenedStore;
  /** Closes it if nobody else uses it. A second call does nothing. */
  readonly release: () => Promise<void>;
}

/** As long as names in journals may be. */
const MAX_NAME = 200;

/** It would separate where the URL does not. */
const ENCODED_SEPARATOR = Deno.build.os === "windows" ? /%(?:2f|5c)/i : /%2f/i;

/**
 * Finds what a locator names. The journal or scope need not exist. A new journal gets a default name if its locator is left
 * out, ends in "/", or names a database without "#NAME".
 */
export async function openStore(locator?: string | URL, options: OpenOptions = {}): Promise<OpenedPlace> {
  const { created, store } = options;
  if (store !== undefined) {
    // Before the store counts one user more, whom nothing would release.
    const name = checkName(locator);
    return placeIn(await useOpened(store), name, created);
  }
  if (isOfDatabase(locator)) return await openDatabase(String(locator), options);
  const path = toPath(locator ?? "./");
  const files = {
    store: new FileStore(),
    shown: String(locator ?? "."),
    // Not by `Promise`, which a step may have replaced: what the run throws would be lost.
    [Symbol.asyncDispose]: async () => {},
  };
  if (created === undefined) return { ...files, name: findWritten(path) };
  const isFolder = locator === undefined || /[/\\]$/.test(String(locator));
  return { ...files, name: isFolder ? join(path, defaultName(created)) : path };
}

/** The locator of a transaction in a database. What a URL cannot have, or a shell would act on, is encoded. */
export function locatorOf(database: string, name: string): string {
  // deno-lint-ignore no-control-regex -- these are what a terminal or a shell takes for something else
  return `${database}#${name.replace(/[%\s"'<>`$&|;*?!^~(){}[\]\\\x00-\x1f\x7f]/g, encode)}`;
}

/** `encodeURIComponent` leaves a few characters as they are. */
function encode(character: string): string {
  const encoded = encodeURIComponent(character);
  return encoded === character ? `%${character.charCodeAt(0).toString(16)}` : encoded;
}

/** The name in the locator of a transaction; nothing if it is that of a database. */
export function nameIn(locator: string): string | undefined {
  const at = locator.indexOf("#");
  if (at === -1) return undefined;
  const name = attempt(() => decodeURIComponent(locator.slice(at + 1)));
  if (name !== undefined && name !== "" && !name.includes("\0") && name.length <= MAX_NAME) return name;
  // What comes before it is not repeated: it may hold a password.
  const problem = locator.length === at + 1
    ? "its name is empty"
    : name !== undefined && name.length > MAX_NAME
    ? `its name is longer than ${MAX_NAME} characters`
    : `${quote(locator.slice(at))} is no encoded name`;
  throw new TypeError(`Cannot use a locator of a database: ${problem}. Write the transaction's name or id after "#"`);
}

async function openDatabase(locator: string, { created, isScope = false }: OpenOptions): Promise<OpenedPlace> {
  const name = nameIn(locator);
  if (name === undefined && created === undefined && !isScope) {
    throw new TypeError('The locator names a database and no transaction: add "#" and its name or id');
  }
  const mustExist = created === undefined;
  const open = (database: string) => connect(database, { mustExist });
  const used = await useStore(locator.replace(/#.*$/s, ""), open).catch((error) => {
    // Nothing is where the whole locator leads.
    if (!(error instanceof JournalNotFound) || name === undefined) throw error;
    throw new JournalNotFound(locatorOf(error.journal, name), { cause: error });
  });
  return placeIn(used, name, created);
}

/**
 * Gives the open store of a locator, which all that use it at the same time in this process share, or opens it.
 *
 * @param database Without the name of a transaction; it may contain a password.
 */
export async function useStore(database: string, open: (locator: string) => Promise<OpenedStore>): Promise<UsedStore> {
  const stores = openStores();
  const shared = stores.get(database) ?? { opened: open(database), users: 0 };
  stores.set(database, shared);
  shared.users += 1;
  let isReleased = false;
  const release = async () => {
    if (isReleased) return;
    isReleased = true;
    shared.users -= 1;
    if (shared.users > 0) return;
    for (const [key, other] of stores) if (other === shared) stores.delete(key);
    await (await shared.opened.catch(() => undefined))?.[Symbol.asyncDispose]();
  };
  try {
    const store = await shared.opened;
    // Without its password, it is found by the locator that messages show.
    if (!stores.has(store.locator)) stores.set(store.locator, shared);
    return { store, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The store that a user has opened and passes on. */
async function useOpened({ locator }: StoreConnection): Promise<UsedStore> {
  if (!openStores().has(locator)) throw new TypeError(`The store ${quote(locator)} of the option store is not open`);
  return await useStore(locator, connect);
}

function openStores(): Map<string, SharedStore> {
  return processSlot(`stores/${VERSION}`, (value) => value instanceof Map, () => new Map());
}

async function connect(database: string, options?: ConnectOptions): Promise<OpenedStore> {
  const open: Connect = await loadFunction(database, "open");
  return await open(database, options);
}

/** Loads a function of a database's room, which was not loaded before. */
export async function loadFunction<F>(database: string, what: "open" | "migrate"): Promise<F> {
  const scheme = schemeOf(database) ?? "";
  const { specifier = "", [what]: name = "" } = DATABASES.get(scheme) ?? {};
  let room: Readonly<Record<string, F>>;
  try {
    room = await import(specifier);
  } catch (error) {
    const missing = await findMissingPermission(import.meta.resolve(specifier));
    if (missing !== undefined) {
      const what = `Deno has no permission to load what ${scheme} locators need`;
      throw new JournalRefused(hidePassword(database), `${what}. ${adviseFlags([missing])}`);
    }
    throw new TypeError(`Cannot load what ${scheme} locators need: ${safeText(error)}`, { cause: error });
  }
  const found = room[name];
  if (found === undefined) throw new TypeError(`Cannot load what ${scheme} locators need: ${name} is missing`);
  return found;
}

function placeIn(
  { store, release }: UsedStore,
  name: string | undefined,
  created: NewJournal | undefined,
): OpenedPlace {
  const known = name ?? created?.id;
  const locator = known === undefined ? store.locator : locatorOf(store.locator, known);
  return { store, name: locator, shown: locator, given: name, [Symbol.asyncDispose]: release };
}

function checkName(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name === "string" && name.length > MAX_NAME) {
    throw new TypeError(`The name of a transaction has at most ${MAX_NAME} characters`);
  }
  if (typeof name === "string" && name !== "" && !SCHEME.test(name)) return name;
  throw new TypeError("With the option store, the journal is a name in that store, and not a locator");
}

/** A file whose name is written with the same characters is meant, if there is none with the same bytes in its name. */
function findWritten(path: string): string {
  const [folder, name] = [dirname(path), basename(path)];
  const isPlain = !/[^ -~]/.test(name);
  if (isPlain || !isPermitted("read", folder)) return path;
  // If the folder cannot be read, the error of opening the journal will say why.
  const names = attempt(() => Array.from(Deno.readDirSync(folder), (entry) => entry.name)) ?? [];
  const found = names.includes(name) ? name : findSameName(name, names);
  return found === undefined ? path : join(folder, found);
}

function toPath(locator: unknown): string {
  if (typeof locator !== "string" && !(locator instanceof URL)) {
    const kind = typeof locator;
    throw new TypeError(`A journal is named by its path or its URL, and not by a value of type ${kind}`);
  }
  const scheme = schemeOf(locator);
  if (scheme === undefined) return resolve(String(locator));
  // The rest of the URL is not repeated: it may hold a password.
  const known = `file:, ${[...DATABASES.keys()].slice(0, 2).join(" or ")}`;
  if (scheme !== "file:") {
    throw new TypeError(`Cannot open a ${scheme} URL as a journal: use a path, or a URL with ${known}`);
  }
  try {
    const url = new URL(locator);
    decodeURIComponent(url.pathname);
    if (url.host !== "" && Deno.build.os !== "windows") throw new TypeError("it is on another machine");
    if (ENCODED_SEPARATOR.test(url.pathname)) throw new TypeError("a separator in it is encoded");
    if (url.pathname.includes("%00")) throw new TypeError("it contains a NUL");
    return fromFileUrl(url);
  } catch (error) {
    const message = `Cannot use ${quote(String(locator))}, which names no path: ${safeText(error)}`;
    throw new TypeError(message, { cause: error });
  }
}

/**
 * The id of a new transaction: a UUID of version 7. Its first twelve digits are the time in milliseconds, the others chance: ids
 * sort by time, and those made one after the other lie beside each other in an index, which halves what a database logs.
 */
export function newId(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(now / 2 ** 16));
  view.setUint16(4, now % 2 ** 16);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The end of an id is chance: what it begins with, the other journals of the same minute have too. */
function defaultName({ id, now = new Date() }: NewJournal): string {
  const [date = "", time = ""] = now.toISOString().split("T");
  return `transaction-${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}-${id.slice(-8)}.json`;
}

/** A journal of a scope, as the person who typed the scope's locator would type the journal's. */
export function shownName(scope: string, name: string): string {
  return SCHEME.test(scope) || isOfDatabase(name) ? name : join(scope, basename(name));
}
