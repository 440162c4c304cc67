import { assertEquals, assertRejects } from "@std/assert";
import { ModuleUnavailable } from "../../lib/errors/planning_errors.ts";
import { hashModule, readSource } from "../../lib/modules/module_source.ts";
import { lookAtModules } from "../../lib/run/start/check_modules.ts";
import { State } from "../../lib/state/state.ts";
import { permittedTest } from "../support/permitted_test.ts";
import { writeProgram } from "./run_program.ts";

permittedTest("hashModule() gives the SHA-256 of the source, and runs nothing", ["read", "write"], async () => {
  await using folder = await writeProgram({ "throws.ts": `throw new Error("was run") as unknown; // grüß\n` });

  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${folder.path}/throws.ts`));

  assertEquals(await hashModule(folder.url("throws.ts")), new Uint8Array(digest).toHex());
  assertEquals(await readSource(folder.url("throws.ts")), `throw new Error("was run") as unknown; // grüß\n`);
});

Deno.test("hashModule() leaves npm packages to their version", async () => {
  assertEquals(await hashModule("npm:superjson@2.2.6"), undefined);
});

permittedTest("readSource() refuses a module that is not there", ["read", "write"], async () => {
  await using folder = await writeProgram({});

  const error = await assertRejects(() => readSource(folder.url("gone.ts")), ModuleUnavailable, "Cannot read");

  assertEquals([error.module, error.export], [folder.url("gone.ts"), undefined]);
});

const CODE = 'export function step() { return "caf\u00e9"; }';
const ASCII = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const WASM = [...ASCII("\0asm"), 1, 0, 0, 0, 0, 3, 1, 120];

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

permittedTest("hashModule() is of the bytes of a local module, in every character set", ["read", "write"], async () => {
  await using folder = await writeProgram({});
  const utf8 = new TextEncoder().encode(CODE);
  const files: Readonly<Record<string, readonly number[]>> = {
    "utf8.js": [...utf8],
    "latin1.js": ASCII(CODE),
    "utf16.js": [0xff, 0xfe, ...ASCII(CODE).flatMap((byte) => [byte, 0])],
    "utf16be.js": [0xfe, 0xff, ...ASCII(CODE).flatMap((byte) => [0, byte])],
    "replaced.js": [...new TextEncoder().encode(CODE.replace("\u00e9", "\ufffd"))],
    "binary.wasm": [...WASM, 0xff],
    "other.wasm": [...WASM, 0xfe],
  };

  const hashes: (string | undefined)[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${folder.path}/${name}`, new Uint8Array(bytes));
    hashes.push(await hashModule(folder.url(name)));
  }

  assertEquals(hashes, await Promise.all(Object.values(files).map((bytes) => sha256Of(new Uint8Array(bytes)))));
  // The mark at the start of a UTF-8 file has never been a part of the pin.
  await Deno.writeFile(`${folder.path}/marked.js`, new Uint8Array([0xef, 0xbb, 0xbf, ...utf8]));
  assertEquals(await hashModule(folder.url("marked.js")), await sha256Of(utf8));
});

permittedTest("lookAtModules() notices one changed byte of a local binary, and knows older pins", [
  "read",
  "write",
], async () => {
  await using folder = await writeProgram({});
  const bytes = new Uint8Array([...WASM, 0xff]);
  const pins = {
    "same.wasm": await sha256Of(bytes),
    "changed.wasm": await sha256Of(new Uint8Array([...WASM, 0xfe])),
    // As text: what is no UTF-8 is U+FFFD there.
    "older.wasm": await sha256Of(new TextEncoder().encode(new TextDecoder().decode(bytes))),
  };
  for (const name of Object.keys(pins)) await Deno.writeFile(`${folder.path}/${name}`, bytes);
  const modules = Object.entries(pins).map(([name, sha256]) => ({ url: folder.url(name), sha256 }));
  const state = { ...new State({ keepsValues: false }), modules };

  const wanted = modules.map(({ url }) => ({ module: url, export: "step" }));
  const looks = await lookAtModules(state, wanted, { acceptsChanges: false });

  assertEquals(looks.map(({ source }) => source), ["unchanged", "changed", "unchanged"]);
});

/** Gives all files one time of their last change, while `work` runs. */
async function withFileTime(time: number, work: () => Promise<void>): Promise<void> {
  const original = Deno.statSync;
  const date = new Date(time);
  Reflect.set(Deno, "statSync", (path: string | URL) => ({ ...original(path), mtime: date, ctime: date }));
  try {
    await work();
  } finally {
    Reflect.set(Deno, "statSync", original);
  }
}

permittedTest("hashModule() trusts no file that was changed right now", ["read", "write"], async () => {
  await using folder = await writeProgram({});
  for (const [name, age, isTrusted] of [["new", 0, false], ["old", 10_000, true]] as const) {
    const write = (last: number) => Deno.writeFile(`${folder.path}/${name}.wasm`, new Uint8Array([...WASM, 255, last]));
    await withFileTime(Date.now() - age, async () => {
      await write(1);
      const first = await hashModule(folder.url(`${name}.wasm`));
      await write(2);
      assertEquals([name, await hashModule(folder.url(`${name}.wasm`)) === first], [name, isTrusted]);
    });
  }
});
