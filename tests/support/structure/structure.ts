import { hasReexport, listFunctions, listImports } from "./read_source.ts";

/** One file of the project. */
export interface ProjectFile {
  /** Path from the project's folder, with slashes. */
  readonly path: string;
  /** What it contains. */
  readonly text: string;
}

/** One breach of one rule. */
export interface Offence {
  /** The file. */
  readonly path: string;
  /** Short name of the rule. */
  readonly rule: string;
  /** What is wrong, in words. */
  readonly detail: string;
}

/** The layers, from the plan to what a person sees: a file imports from its own folder and from those before it. */
const LAYERS = [
  ...["plan", "journal", "state", "storage", "modules", "messages", "run", "inspect", "progress", "work"],
  "cli",
];
/** Rooms that every layer may use. */
const FOUNDATION = ["errors", "values", "text", "process"];
const ENTRY_POINTS = ["mod.ts", "cli.ts"];
/** What is published beside them, for those who import it. */
const ROOM_ENTRY_POINT = /^lib\/(?:\w+\/)+mod\.ts$/;
const FACE = "lib/transaction.ts";
/** Only the doors of the room know which stores there are. */
const STORES = "lib/storage/file/";
/** The last one has a file, too, which others may be able to write. */
const STORE_DOORS = [
  "lib/storage/locator.ts",
  "lib/storage/find_journals.ts",
  "lib/storage/open_work.ts",
  "lib/storage/moving_file.ts",
  "lib/storage/sqlite/sqlite_database.ts",
];
const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 70;
const MAX_ROOM_FILES = 25;
/** A file with fewer lines than this is small. */
const SMALL_FILE_LINES = 25;
/** At most this share of the library's files may be small. */
const MAX_SMALL_SHARE = 0.12;
const EMPTY_NAMES = new Set(["utils.ts", "util.ts", "types.ts", "helpers.ts", "index.ts", "common.ts", "misc.ts"]);
const TEST_ONLY = /^(?:jsr:|npm:)?(?:@std\/assert|fast-check|playwright-core)(?:[@/]|$)/;
/** Written in parts, so that this file doesn't break its own rule. */
const DEVELOPMENT_PLACES = [
  new RegExp(`(?<![\\w.~-])/${"work"}/`),
  new RegExp(`\\b${"registry"}\\.[a-z0-9-]+\\.[a-z]+`),
];

/** Checks all rules and returns all offences, in the order of the files. */
export function checkStructure(files: readonly ProjectFile[]): Offence[] {
  const modules = files.filter((file) => file.path.endsWith(".ts"));
  const imports = new Map(modules.map((file) => [file.path, resolveImports(file)]));
  const offences = [
    ...files.flatMap(checkPlaces),
    ...modules.flatMap((file) => [...checkLengths(file), ...checkNames(file), ...checkLayers(file, imports)]),
    ...checkRooms(modules),
    ...checkSmallFiles(modules),
    ...findUnused(imports),
    ...findCycles(imports),
  ];
  return offences.sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** Relative specifiers become paths; the others stay as they are. */
function resolveImports(file: ProjectFile): string[] {
  return listImports(file.text).map((specifier) =>
    specifier.startsWith(".") ? new URL(specifier, `file:///${file.path}`).pathname.slice(1) : specifier
  );
}

function checkPlaces({ path, text }: ProjectFile): Offence[] {
  return DEVELOPMENT_PLACES.flatMap((pattern) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [{ path, rule: "places", detail: `names ${JSON.stringify(found)}` }];
  });
}

function checkLengths({ path, text }: ProjectFile): Offence[] {
  const offences: Offence[] = [];
  const lines = countLines(text);
  if (lines > MAX_FILE_LINES) {
    offences.push({ path, rule: "file length", detail: `has ${lines} lines, ${MAX_FILE_LINES} are allowed` });
  }
  for (const place of listFunctions(text)) {
    if (place.lines <= MAX_FUNCTION_LINES) continue;
    const detail = `the function at line ${place.line} has ${place.lines} lines, ${MAX_FUNCTION_LINES} are allowed`;
    offences.push({ path, rule: "function length", detail });
  }
  return offences;
}

function countLines(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

function checkNames({ path, text }: ProjectFile): Offence[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const offences: Offence[] = [];
  if (!/^_?[a-z0-9]+(?:_[a-z0-9]+)*\.ts$/.test(name)) {
    offences.push({ path, rule: "file name", detail: "is not in snake_case" });
  }
  if (EMPTY_NAMES.has(name)) offences.push({ path, rule: "file name", detail: "says nothing about what is in it" });
  if (!path.startsWith("lib/")) return offences;
  if (hasReexport(text) && !ROOM_ENTRY_POINT.test(path)) {
    offences.push({ path, rule: "re-export", detail: "only mod.ts re-exports" });
  }
  return offences;
}

/** A room that needs more files needs sub-rooms. */
function checkRooms(files: readonly ProjectFile[]): Offence[] {
  const rooms = new Map<string, number>();
  for (const { path } of files) {
    const room = path.slice(0, path.lastIndexOf("/"));
    if (path.startsWith("lib/")) rooms.set(room, (rooms.get(room) ?? 0) + 1);
  }
  return [...rooms].filter(([, count]) => count > MAX_ROOM_FILES).map(([path, count]) => (
    { path, rule: "room size", detail: `has ${count} files, ${MAX_ROOM_FILES} are allowed` }
  ));
}

function checkSmallFiles(files: readonly ProjectFile[]): Offence[] {
  const own = files.filter(({ path }) => path.startsWith("lib/"));
  if (own.length < MAX_ROOM_FILES) return [];
  const small = own.filter(({ text }) => countLines(text) < SMALL_FILE_LINES);
  if (small.length <= own.length * MAX_SMALL_SHARE) return [];
  const detail = `${small.length} of ${own.length} files have fewer than ${SMALL_FILE_LINES} lines`;
  return [{ path: "lib", rule: "small files", detail }];
}

function checkLayers({ path }: ProjectFile, imports: ReadonlyMap<string, readonly string[]>): Offence[] {
  const targets = imports.get(path) ?? [];
  return targets.flatMap((target) => {
    const detail = describeBreach(path, target);
    return detail === undefined ? [] : [{ path, rule: "layers", detail: `imports ${target}: ${detail}` }];
  });
}

function describeBreach(path: string, target: string): string | undefined {
  if (target === FACE && !ENTRY_POINTS.includes(path) && !/^(?:lib\/cli|tests|bench)\//.test(path)) {
    return "only mod.ts, lib/cli/ and tests use the face";
  }
  if (!path.startsWith("lib/") && !ENTRY_POINTS.includes(path)) return undefined;
  if (TEST_ONLY.test(target)) return "it is for tests only";
  if (!/\.ts$/.test(target) || target.includes(":")) return undefined;
  if (!target.startsWith("lib/")) return "it lies outside lib/";
  if (ENTRY_POINTS.includes(path)) return undefined;
  if (target.startsWith(STORES) && !path.startsWith(STORES) && !STORE_DOORS.includes(path)) {
    return "the library finds its stores through storage/locator.ts";
  }
  if (path === FACE) return undefined;
  return describeOrder(layerOf(path), layerOf(target), target === FACE);
}

function describeOrder(from: string, to: string, isFace: boolean): string | undefined {
  const isFoundation = (layer: string) => layer === "version.ts" || FOUNDATION.includes(layer);
  if (from === to || isFoundation(to) || isFace) return undefined;
  if (isFoundation(from)) return `${FOUNDATION.join("/, ")}/ and version.ts are below all layers`;
  const [own, other] = [LAYERS.indexOf(from), LAYERS.indexOf(to)];
  if (own === -1 || other === -1) return `${own === -1 ? from : to} is no layer`;
  return other < own ? undefined : `${from}/ comes before ${to}/`;
}

/** The folder in lib/, or the name of a file that lies in lib/ itself. */
function layerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function findUnused(imports: ReadonlyMap<string, readonly string[]>): Offence[] {
  const missing = ENTRY_POINTS.filter((path) => !imports.has(path));
  if (missing.length > 0) return missing.map((path) => ({ path, rule: "entry point", detail: "is missing" }));
  const used = new Set([...ENTRY_POINTS, ...imports.keys().filter((path) => ROOM_ENTRY_POINT.test(path))]);
  // A Set iterates over what is added on the way.
  for (const path of used) for (const target of imports.get(path) ?? []) used.add(target);
  const unused = [...imports.keys()].filter((path) => path.startsWith("lib/") && !used.has(path));
  return unused.map((path) => ({ path, rule: "unused", detail: "can be reached from no entry point" }));
}

function findCycles(imports: ReadonlyMap<string, readonly string[]>): Offence[] {
  const offences: Offence[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) {
      offences.push({ path, rule: "cycle", detail: [...trail.slice(start), path].join(" → ") });
      return;
    }
    if (done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return offences;
}
