/**
 * Preloaded into a process that is to die at a place chosen beforehand: its n-th call that changes a file, or promises that a
 * change is durable. `KILL_AT` holds `before|after|torn|mark NUMBER PERCENT`; `mark` only says on standard output that the
 * place is reached, and another process kills.
 *
 * The steps' effects are such calls too, so the numbers cover every place where a crash can happen.
 *
 * @module
 */

const SECTOR = 512;
const FILE_CALLS = ["writeSync", "syncDataSync", "syncSync", "truncateSync", "syncData"] as const;
const PATH_CALLS = ["writeTextFileSync", "writeFileSync", "removeSync", "mkdirSync", "renameSync"] as const;

const [mode = "", at = "0", percent = "0"] = (Deno.env.get("KILL_AT") ?? "").split(" ");
let count = 0;

function die(): never {
  Deno.kill(Deno.pid, "SIGKILL");
  // The signal may take a moment; nothing may happen in it.
  for (;;);
}

/** Does what a write does that is cut short: whole sectors from its beginning. */
function writeTorn(file: Deno.FsFile, bytes: Uint8Array, write: (part: Uint8Array) => number): void {
  const offset = file.seekSync(0, Deno.SeekMode.Current);
  const end = Math.floor((offset + bytes.length * Number(percent) / 100) / SECTOR) * SECTOR;
  if (end > offset) write(bytes.subarray(0, end - offset));
}

/** Cutting short waits for the next call that writes; all else happens at the very call. */
function perform(call: () => unknown, tear?: () => void): unknown {
  count += 1;
  if (mode === "torn" ? count < Number(at) || tear === undefined : count !== Number(at)) return call();
  if (mode === "mark") {
    console.log("mark");
    return call();
  }
  if (mode === "torn") tear?.();
  if (mode === "after") call();
  return die();
}

for (const name of FILE_CALLS) {
  const original = Deno.FsFile.prototype[name];
  Reflect.set(Deno.FsFile.prototype, name, function (this: Deno.FsFile, ...args: unknown[]): unknown {
    const call = (...given: unknown[]): unknown => Reflect.apply(original, this, given);
    const [bytes] = args;
    if (!(bytes instanceof Uint8Array)) return perform(() => call(...args));
    return perform(() => call(...args), () => writeTorn(this, bytes, (part) => Number(call(part))));
  });
}
for (const name of PATH_CALLS) {
  const original = Deno[name];
  Reflect.set(Deno, name, (...args: unknown[]): unknown => perform(() => Reflect.apply(original, Deno, args)));
}
