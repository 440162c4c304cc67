const CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** The same errors as numbers of the operating system: Deno gives only some of them a code. */
const LINUX = new Set([27, 28, 122]);
const MACOS = new Set([27, 28, 69]);
const WINDOWS = new Set([39, 112]);

/** Tells whether an error says that there is no room: on the disk, in the user's quota, or in what a file may grow to. */
export function isNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string") return CODES.has(error.code);
  const number = /\(os error (\d+)\)/.exec(error.message)?.[1];
  return number !== undefined && numbers().has(Number(number));
}

/** Says what there is no room in, and what to do about it, of an error that `isNoRoom` knows. */
export function describeNoRoom(error: unknown): string {
  // Deno gives the code of a write beyond `ulimit -f` no name of its own.
  const text = error instanceof Error ? `${"code" in error ? error.code : ""} ${error.message}` : "";
  const isLimit = Deno.build.os !== "windows" && /EFBIG|\(os error 27\)/.test(text);
  if (!isLimit) return "no space left on its disk. Make room";
  return "it would be longer than a file may be here. Raise the limit (ulimit -f), or take another file system";
}

function numbers(): ReadonlySet<number> {
  if (Deno.build.os === "windows") return WINDOWS;
  return Deno.build.os === "darwin" ? MACOS : LINUX;
}
