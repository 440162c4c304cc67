/**
 * Preloaded into a command line that is to die at a place chosen beforehand: its n-th call that changes a file, or that lets the
 * thread of a database change something. `MOVE_KILL` holds `before|after NUMBER`. `count 0` prints, for each call, `f` for a
 * file and `d` for a database.
 *
 * @module
 */
const [mode = "count", at = "0"] = (Deno.env.get("MOVE_KILL") ?? "").split(" ");
/** What else is called only reads, or is about this process alone. */
const CHANGES = /"(?:take|takeExported|arrive|appendLines|depart|settle|leave|append|conclude)"/;
let calls = "";

function die(): never {
  Deno.kill(Deno.pid, "SIGKILL");
  // The signal may take a moment; nothing may happen in it.
  for (;;);
}

function perform(kind: "f" | "d", call: () => unknown): unknown {
  calls += kind;
  if (calls.length !== Number(at)) return call();
  if (mode === "after") call();
  return die();
}

function hook(target: object, name: string, kind: "f" | "d", changes: (args: readonly unknown[]) => boolean): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") throw new TypeError(`No ${name}`);
  Reflect.set(target, name, function (this: unknown, ...args: unknown[]): unknown {
    const call = () => Reflect.apply(original, this, args);
    return changes(args) ? perform(kind, call) : call();
  });
}

for (const name of ["writeSync", "syncSync", "sync", "truncateSync"]) {
  hook(Deno.FsFile.prototype, name, "f", () => true);
}
hook(Deno, "removeSync", "f", () => true);
hook(Deno, "openSync", "f", ([, options]) => typeof options === "object" && options !== null && "createNew" in options);
hook(Worker.prototype, "postMessage", "d", ([message]) => CHANGES.test(JSON.stringify(message)));

if (mode === "count") globalThis.addEventListener("unload", () => console.log(`calls ${calls}`));
