import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { inFolder } from "../support/in_folder.ts";
import type { HostileSetting } from "./hostile_case.ts";

/** Leaves a file wherever anything of it is executed. */
const CANARY = `
Deno.writeTextFileSync(new URL("./imported", import.meta.url), "");
export function run() {
  Deno.writeTextFileSync(new URL("./called", import.meta.url), "");
}
export function then(resolve) {
  Deno.writeTextFileSync(new URL("./awaited", import.meta.url), "");
  resolve({});
}
`;

/** A folder with a canary in it, and a server that must not be asked for anything. */
export interface HostileFolder extends HostileSetting {
  /** Path of the journal to try. */
  readonly journal: string;
}

/** Runs a test in such a folder. */
export function inHostileFolder(test: (folder: HostileFolder) => Promise<void>): Promise<void> {
  return inFolder({ "canary.js": CANARY }, async (folder) => {
    const requests: string[] = [];
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
      requests.push(url);
      return new Response(CANARY, { headers: { "content-type": "text/javascript" } });
    });
    // By this name it is not on the loopback, and yet it would be found.
    const remote = `http://0.0.0.0:${server.addr.port}/canary.js`;
    await test({ folder, journal: `${folder}/j.json`, canary: toFileUrl(`${folder}/canary.js`).href, remote });
    assertEquals(requests, [], "something was fetched");
  });
}

/** What is in a folder: names, kinds, modes, times, and contents. */
export async function lookInto(folder: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    const info = await Deno.lstat(path);
    const hash = info.isFile ? await hashFile(path) : info.isSymlink ? await Deno.readLink(path) : "";
    lines.push([name, info.mode, info.nlink, info.mtime?.getTime(), hash].join(" "));
  }
  return lines.sort();
}

/** Checks that nothing which a terminal acts on was printed, and no line that is not ours. */
export function checkPrinted(text: string): void {
  const [raw] = /[\p{C}\p{Zl}\p{Zp}]/v.exec(text.replaceAll("\n", "")) ?? [];
  assertEquals(raw?.codePointAt(0), undefined, `printed raw: ${JSON.stringify(text.slice(0, 2000))}`);
  assertEquals(/^\s*SPOOF/m.test(text), false, text);
}

async function hashFile(path: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}
