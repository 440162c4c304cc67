/**
 * Breaks the library on purpose, one way after another, in a copy of the project, and runs the tests that should notice:
 * `deno task mutants [WORDS]`; only the mutants whose names have these words. Fails if one goes unnoticed.
 *
 * @module
 */
import { copy } from "@std/fs/copy";
import { fromFileUrl } from "@std/path/from-file-url";
import { applyMutant } from "./apply_mutant.ts";
import type { Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutant_list.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const COPIED = ["mod.ts", "cli.ts", "deno.json", "lib", "tests", "tools", "examples"];
/** A mutant in which a test never ends is noticed too. */
const PATIENCE_MS = 180_000;
const LANES = 2;

/** Where a mutant was noticed. */
interface Catch {
  readonly mutant: Mutant;
  /** The test file, or nothing. */
  readonly test: string | undefined;
  readonly seconds: number;
}

async function makeCopy(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "resumable_tx_mutants_" });
  // Some tests run programs as another user, who has to read them.
  await Deno.chmod(folder, 0o755);
  for (const name of COPIED) await copy(`${ROOT}${name}`, `${folder}/${name}`);
  return folder;
}

async function tryMutant(folder: string, mutant: Mutant): Promise<Catch> {
  const begin = performance.now();
  const originals = new Map<string, string>();
  for (const edit of mutant.edits) {
    const path = `${folder}/${edit.file}`;
    const text = await Deno.readTextFile(path);
    if (!originals.has(path)) originals.set(path, text);
    await Deno.writeTextFile(path, applyMutant(text, edit));
  }
  const test = await findCatcher(folder, mutant.tests);
  for (const [path, text] of originals) await Deno.writeTextFile(path, text);
  return { mutant, test, seconds: (performance.now() - begin) / 1000 };
}

async function findCatcher(folder: string, tests: readonly string[]): Promise<string | undefined> {
  for (const test of tests) {
    if (!await passes(folder, test)) return test;
  }
  return undefined;
}

async function passes(folder: string, test: string): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--fail-fast", test],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  const { success } = await child.status;
  clearTimeout(timer);
  return success;
}

/** A test that fails without a mutant would notice anything. */
async function requireGreen(folder: string, mutants: readonly Mutant[]): Promise<void> {
  for (const test of new Set(mutants.flatMap((mutant) => mutant.tests))) {
    if (!await passes(folder, test)) throw new Error(`${test} fails without any mutant`);
  }
}

async function main(words: readonly string[]): Promise<number> {
  const wanted = MUTANTS.filter(({ name }) => words.every((word) => name.includes(word)));
  const waiting = [...wanted];
  const catches: Catch[] = [];
  const folders = await Promise.all(Array.from({ length: LANES }, makeCopy));
  try {
    await requireGreen(folders[0] ?? "", wanted);
    await Promise.all(folders.map(async (folder) => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const found = await tryMutant(folder, mutant);
        catches.push(found);
        const seconds = found.seconds.toFixed(1).padStart(6);
        console.log(`${mutant.name.padEnd(58)} ${seconds} s  ${found.test ?? "NOT CAUGHT"}`);
      }
    }));
  } finally {
    for (const folder of folders) await Deno.remove(folder, { recursive: true });
  }
  const missed = catches.filter(({ test }) => test === undefined);
  console.log(`${catches.length - missed.length} of ${wanted.length} mutants caught`);
  return missed.length === 0 && wanted.length > 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
